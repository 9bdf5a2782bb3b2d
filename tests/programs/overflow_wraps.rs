// With overflow checks off, arithmetic wraps silently.
// compile-flags: -C overflow-checks=off -C debug-assertions=off
use std::hint::black_box as bb;

fn main() {
    println!("{}", bb(250u8) + bb(10));
    println!("{}", bb(i32::MAX) + bb(1));
    println!("{}", bb(0usize) - bb(1));
    println!("{}", -bb(i64::MIN));
    println!("{}", bb(i16::MAX) * bb(3));
    println!("{}", 1u32 << bb(33));
    println!("{}", bb(-1i8) >> bb(9));
    println!("{}", (1..=20u32).product::<u32>());
}
