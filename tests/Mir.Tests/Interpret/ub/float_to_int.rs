// UndefinedBehavior: `float_to_int_unchecked` intrinsic called on a value which cannot be represented in target type
fn main() {
    let x: i8 = unsafe { std::hint::black_box(300.0f32).to_int_unchecked() };
    println!("{x}");
}
