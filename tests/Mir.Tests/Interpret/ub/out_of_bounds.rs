// UndefinedBehavior: memory access failed: attempting to access 1 byte, but got alloc+0x3 which is at or beyond the end of the allocation of size 3 bytes
fn main() {
    let v = [1u8, 2, 3];
    let p = v.as_ptr();
    let x = unsafe { *p.wrapping_add(3) };
    println!("{x}");
}
