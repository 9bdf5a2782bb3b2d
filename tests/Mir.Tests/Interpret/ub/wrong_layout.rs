// UndefinedBehavior: incorrect layout on deallocation: alloc has size 2 and alignment 2, but gave size 4 and alignment 4
fn main() {
    let p = Box::into_raw(Box::new(1u16));
    unsafe { std::alloc::dealloc(p.cast(), std::alloc::Layout::new::<u32>()) };
}
