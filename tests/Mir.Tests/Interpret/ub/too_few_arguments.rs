// UndefinedBehavior: calling a function with fewer arguments than it requires
fn f(x: u64, y: u64) { println!("{x} {y}"); }
fn main() {
    let g: fn(u64) = unsafe { std::mem::transmute(f as fn(u64, u64)) };
    g(1);
}
