// 128-bit integers: arithmetic, division, shifts, conversions, formatting, passing by value and in aggregates.
use std::hint::black_box as bb;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Wide {
    tag: u8,
    value: i128,
}

#[inline(never)]
fn mix(a: u128, b: u64, c: i128, d: u8, e: u128, f: u128) -> (u128, i128) {
    (a.wrapping_mul(e).wrapping_add(b as u128) ^ f, c.wrapping_mul(d as i128))
}

#[inline(never)]
fn bump(mut w: Wide) -> Wide {
    w.value = w.value.wrapping_mul(3);
    w.tag += 1;
    w
}

fn fib(n: u32) -> u128 {
    (0..n).fold((0u128, 1u128), |(a, b), _| (b, a.wrapping_add(b))).0
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn main() {
    let a: u128 = bb(0x0123_4567_89ab_cdef_fedc_ba98_7654_3210);
    let b: u128 = bb(0xffff_ffff_ffff);
    println!("{} {} {}", a / b, a % b, a.wrapping_mul(b));
    println!("{:x} {:#X} {:o} {:b}", a, a, b, b);
    for s in [0, 1, 31, 63, 64, 65, 100, 127] {
        println!("{s}: {:x} {:x} {:x} {:x}", a << bb(s), a >> bb(s), (a as i128 | i128::MIN) >> bb(s), a.rotate_left(bb(s)));
    }
    let c: i128 = bb(-170141183460469231731687303715884105728);
    println!("{} {} {:?} {:?}", c, c / 10, c.checked_neg(), c.checked_div(-1));
    println!("{} {}", c.div_euclid(1_000_000_007), c.rem_euclid(1_000_000_007));
    println!("{:?} {:?}", a.checked_mul(a), bb(1u128 << 60).checked_mul(1 << 60));
    println!("{:?} {:?}", i128::MAX.overflowing_add(bb(1)), i128::MIN.overflowing_mul(bb(3)));
    println!("{} {} {} {}", a.count_ones(), a.leading_zeros(), a.trailing_zeros(), a.swap_bytes());
    println!("{} {} {}", a as f64, c as f64, bb(1e30f64) as i128);
    println!("{} {} {}", bb(-5.7f64) as u128, bb(f32::MAX) as u128, bb(f64::NAN) as i128);
    println!("{:?}", mix(a, 77, c + 5, 9, b, 1));
    println!("{:?}", bump(Wide { tag: 1, value: i128::MAX / 2 }));
    println!("{} {}", fib(186), gcd(fib(180), fib(150)));
    println!(
        "{:?} {:?}",
        "340282366920938463463374607431768211455".parse::<u128>(),
        "340282366920938463463374607431768211456".parse::<u128>().is_err()
    );
    println!("{:?}", "-170141183460469231731687303715884105728".parse::<i128>());
    let mut v = vec![a, b, 7, u128::MAX, 0];
    v.sort();
    println!("{:?} {:?}", v, v.binary_search(&b));
    println!(
        "{:?}",
        match bb(u128::MAX) {
            0 => "zero",
            1..=1000 => "small",
            u128::MAX => "max",
            _ => "other",
        }
    );
    println!("{:?} {}", a.to_be_bytes(), u128::from_le_bytes(a.to_le_bytes()) == a);
    println!("{} {}", size_of::<Wide>(), align_of::<Wide>());
    println!("{}", a.cmp(&b) as i8);
}
