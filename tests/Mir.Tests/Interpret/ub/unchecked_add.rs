// UndefinedBehavior: arithmetic overflow in `unchecked_add`
fn main() {
    let x = unsafe { std::hint::black_box(i32::MAX).unchecked_add(1) };
    println!("{x}");
}
