// UndefinedBehavior: reading memory at alloc[0x0..0x4], but memory is uninitialized at [0x0..0x4], and this operation requires initialized memory
fn main() {
    let x: u32 = unsafe { std::mem::MaybeUninit::uninit().assume_init() };
    println!("{x}");
}
