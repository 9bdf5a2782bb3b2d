// UndefinedBehavior: constructing invalid value of type bool: encountered 0x03, but expected a boolean
fn main() {
    let b: bool = unsafe { std::mem::transmute(std::hint::black_box(3u8)) };
    println!("{b}");
}
