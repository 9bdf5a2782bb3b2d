// UndefinedBehavior: pointer not dereferenceable: alloc has been freed, so this pointer is dangling
fn main() {
    let p = Box::into_raw(Box::new(1u16));
    unsafe {
        drop(Box::from_raw(p));
        std::alloc::dealloc(p.cast(), std::alloc::Layout::new::<u16>());
    }
}
