// UndefinedBehavior: constructing invalid value of type (u8, core::option::Option<(bool, u8)>): at .1.<enum-tag>, encountered 0x09, but expected a valid enum tag
fn main() {
    let x: (u8, Option<(bool, u8)>) = unsafe { std::mem::transmute_copy(&std::hint::black_box([1u8, 9, 4])) };
    println!("{x:?}");
}
