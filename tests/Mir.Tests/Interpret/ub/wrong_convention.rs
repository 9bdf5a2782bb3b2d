// UndefinedBehavior: calling a function with calling convention "C" using calling convention "Rust"
extern "C" fn f(x: u32) { println!("{x}"); }
fn main() {
    let g: fn(u32) = unsafe { std::mem::transmute(f as extern "C" fn(u32)) };
    g(1);
}
