// UndefinedBehavior: constructing invalid value of type invalid_enum::E: at .<enum-tag>, encountered 0x07, but expected a valid enum tag
#[derive(Debug)]
#[repr(u8)]
#[allow(dead_code)]
enum E { A = 1, B = 2 }
fn main() {
    let e: E = unsafe { std::mem::transmute(std::hint::black_box(7u8)) };
    println!("{e:?}");
}
