// UndefinedBehavior: reading memory at alloc[0x4..0x8], but memory is uninitialized at [0x4..0x8], and this operation requires initialized memory
#[derive(Clone, Copy)]
#[repr(C)]
struct S(u8, u32);
fn main() {
    let mut s = std::mem::MaybeUninit::<S>::uninit();
    unsafe { (&raw mut (*s.as_mut_ptr()).0).write(1) };
    let s = unsafe { s.assume_init() };
    println!("{}", s.0);
}
