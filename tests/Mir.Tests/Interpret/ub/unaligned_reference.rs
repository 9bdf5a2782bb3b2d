// UndefinedBehavior: constructing invalid value of type &u32: encountered an unaligned reference (required 4 byte alignment but found 1)
fn main() {
    let v = [1u8; 8];
    let r = unsafe { &*(v.as_ptr() as *const u32) };
    println!("{}", std::ptr::from_ref(r).is_null());
}
