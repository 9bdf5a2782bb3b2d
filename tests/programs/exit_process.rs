// process::exit from a nested call: no destructors, buffered output is flushed, the code is passed on.
use std::io::Write;
struct D;
impl Drop for D {
    fn drop(&mut self) {
        println!("never printed");
    }
}
fn leave(n: i32) -> ! {
    let _d = D;
    print!("leaving without newline {n}");
    let _ = std::io::stderr().write_all(b"err\n");
    std::process::exit(n)
}
fn main() {
    let _d = D;
    let v: Vec<i32> = vec![3, 4];
    if v.len() == 2 {
        leave(v.iter().sum());
    }
    println!("no");
}
