// UndefinedBehavior: `assume` called with `false`
fn main() {
    let n = unsafe { std::num::NonZeroU8::new_unchecked(std::hint::black_box(0)) };
    println!("{n}");
}
