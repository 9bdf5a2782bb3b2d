// UndefinedBehavior: `assume` called with `false`
fn main() {
    let x = std::hint::black_box(1);
    unsafe { std::hint::assert_unchecked(x == 2) };
    println!("{x}");
}
