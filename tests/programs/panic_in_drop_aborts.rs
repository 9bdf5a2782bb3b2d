// A panic in a destructor during unwinding aborts the process (SIGABRT).
struct P;
impl Drop for P {
    fn drop(&mut self) {
        panic!("second");
    }
}
fn main() {
    println!("start");
    let _p = P;
    panic!("first");
}
