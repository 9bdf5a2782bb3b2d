// UndefinedBehavior: accessing memory based on pointer with alignment 1, but alignment 4 is required
fn main() {
    let v = [1u8; 8];
    let x = unsafe { *(v.as_ptr() as *const u32) };
    println!("{x}");
}
