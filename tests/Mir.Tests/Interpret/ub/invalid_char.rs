// UndefinedBehavior: constructing invalid value of type char: encountered 0x0000d800, but expected a valid unicode scalar value (in `0..=0x10FFFF` but not in `0xD800..=0xDFFF`)
fn main() {
    let c: char = unsafe { std::mem::transmute(std::hint::black_box(0xd800u32)) };
    println!("{c}");
}
