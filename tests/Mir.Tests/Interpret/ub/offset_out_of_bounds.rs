// UndefinedBehavior: in-bounds pointer arithmetic failed: attempting to offset pointer by 4 bytes, but got alloc which is only 3 bytes from the end of the allocation
fn main() {
    let v = [1u8, 2, 3];
    let p = unsafe { v.as_ptr().add(4) };
    println!("{}", p.is_null());
}
