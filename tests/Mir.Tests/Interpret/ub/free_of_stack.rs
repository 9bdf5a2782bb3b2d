// UndefinedBehavior: deallocating alloc, which is stack variable memory, using Rust heap memory deallocation operation
fn main() {
    let mut x = 1u16;
    unsafe { std::alloc::dealloc((&raw mut x).cast(), std::alloc::Layout::new::<u16>()) };
}
