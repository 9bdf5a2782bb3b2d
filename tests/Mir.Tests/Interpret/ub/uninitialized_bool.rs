// UndefinedBehavior: reading memory at alloc[0x0..0x1], but memory is uninitialized at [0x0..0x1], and this operation requires initialized memory
fn main() {
    let x: bool = unsafe { std::mem::MaybeUninit::uninit().assume_init() };
    println!("{x}");
}
