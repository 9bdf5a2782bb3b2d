// UndefinedBehavior: `ptr_offset_from` called on two different pointers that are not both derived from the same allocation
fn main() {
    let (a, b) = ([1u8; 4], [2u8; 4]);
    let d = unsafe { a.as_ptr().offset_from(b.as_ptr()) };
    println!("{d}");
}
