// UndefinedBehavior: arithmetic overflow in `unchecked_mul`
fn main() {
    let x = unsafe { std::hint::black_box(200u8).unchecked_mul(2) };
    println!("{x}");
}
