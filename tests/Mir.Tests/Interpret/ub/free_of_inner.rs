// UndefinedBehavior: deallocating alloc+0x2 which does not point to the beginning of an object
fn main() {
    let p = Box::into_raw(Box::new([1u16; 2]));
    unsafe { std::alloc::dealloc(p.cast::<u8>().add(2), std::alloc::Layout::new::<u16>()) };
}
