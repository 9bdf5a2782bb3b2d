// UndefinedBehavior: reading memory at alloc[0x0..0x8], but memory is uninitialized at [0x1..0x8], and this operation requires initialized memory
#[repr(C, align(8))]
struct S(u8, u32);
fn main() {
    let s = S(1, 2);
    let bytes = unsafe { *(&raw const s as *const u64) };
    println!("{bytes} {} {}", s.0, s.1);
}
