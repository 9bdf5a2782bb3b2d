// UndefinedBehavior: calling a function whose parameter #1 has type u64 passing argument of type u32
fn f(x: u64) { println!("{x}"); }
fn main() {
    let g: fn(u32) = unsafe { std::mem::transmute(f as fn(u64)) };
    g(1);
}
