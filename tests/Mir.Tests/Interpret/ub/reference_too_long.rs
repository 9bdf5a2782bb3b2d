// UndefinedBehavior: constructing invalid value of type &[u8]: encountered a dangling reference (going beyond the bounds of its allocation)
fn main() {
    let v = [1u8; 8];
    let r = unsafe { std::slice::from_raw_parts(v.as_ptr(), 9) };
    println!("{}", r.len());
}
