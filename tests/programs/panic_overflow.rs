// Arithmetic overflow panics with exit code 101 when overflow checks are on, at any optimization level.
// compile-flags: -C overflow-checks=on
use std::hint::black_box as bb;
use std::panic::catch_unwind;

fn main() {
    let r = catch_unwind(|| bb(i32::MAX) * bb(2));
    println!("{}", r.is_err());
    let r = catch_unwind(|| bb(0u64) - bb(1));
    println!("{}", r.is_err());
    let r = catch_unwind(|| -bb(i8::MIN));
    println!("{}", r.is_err());
    let r = catch_unwind(|| 1u16 << bb(16));
    println!("{}", r.is_err());
    let r = catch_unwind(|| bb(i64::MIN) / bb(-1));
    println!("{}", r.is_err());
    let r = catch_unwind(|| bb(1) % bb(0));
    println!("{}", r.is_err());
    let r = catch_unwind(|| [1u8, 255].iter().sum::<u8>());
    println!("{}", r.is_err());
    let r = catch_unwind(|| (1..=6u8).map(|x| x * 2).product::<u8>());
    println!("{}", r.is_err());
    let mut total: u8 = 250;
    for i in 0..bb(10) {
        total += i;
    }
    println!("unreachable {total}");
}
