// process::abort: killed by SIGABRT, unflushed line is lost only if buffered, no destructors.
struct D;
impl Drop for D {
    fn drop(&mut self) {
        println!("never printed");
    }
}
fn main() {
    let _d = D;
    println!("line");
    std::process::abort()
}
