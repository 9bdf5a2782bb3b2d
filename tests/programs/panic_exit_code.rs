// An unwinding panic in main: the message goes to stderr, drops run, the exit code is 101.
struct Loud(&'static str);
impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}
fn inner(v: &[i32], i: usize) -> i32 {
    let _guard = Loud("inner");
    v[i]
}
fn main() {
    let _a = Loud("a");
    let v = vec![1, 2, 3];
    println!("{}", inner(&v, 2));
    let _b = Loud("b");
    println!("{}", inner(&v, 3));
    println!("not reached");
}
