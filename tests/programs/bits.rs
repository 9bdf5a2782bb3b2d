// Bit manipulation: counts, rotations, byte swaps, reversal, powers of two, carrying and widening operations, u8/u16 loops and shifts, hashing and CRC loops.
use std::hint::black_box as bb;
macro_rules! bits { ($($t:ident)*) => {$(
    for x in [0 as $t, 1, $t::MAX, $t::MAX / 3, (0x5a as $t).rotate_right(4), 96] {
        let x = bb(x);
        println!("{} {x:#x}: {} {} {} {} {} {:#x} {:#x} {:#x} {:#x} {} {:?} {:?}", stringify!($t), x.count_ones(), x.leading_zeros(), x.trailing_zeros(), x.leading_ones(), x.trailing_ones(), x.rotate_left(bb(3)), x.swap_bytes(), x.reverse_bits(), !x, x.is_power_of_two(), x.checked_next_power_of_two(), x.checked_ilog2());
    }
)*}; }
fn adler(b: &[u8]) -> u32 {
    let (mut a, mut c) = (1u16 as u32, 0u32);
    for x in b {
        a = (a + *x as u32) % 65521;
        c = (c + a) % 65521;
    }
    (c << 16) | a
}
fn crc16(b: &[u8]) -> u16 {
    let mut c = 0xffffu16;
    for x in b {
        c ^= (*x as u16) << 8;
        for _ in 0..8 {
            c = if c & 0x8000 != 0 { (c << 1) ^ 0x1021 } else { c << 1 };
        }
    }
    c
}
fn gray(n: u8) -> u8 {
    n ^ (n >> 1)
}
fn ungray(mut g: u8) -> u8 {
    let mut n = 0;
    while g != 0 {
        n ^= g;
        g >>= 1;
    }
    n
}
fn morton(x: u16, y: u16) -> u32 {
    let s = |v: u16| {
        let mut v = v as u32;
        v = (v | v << 8) & 0x00ff00ff;
        v = (v | v << 4) & 0x0f0f0f0f;
        v = (v | v << 2) & 0x33333333;
        (v | v << 1) & 0x55555555
    };
    s(x) | s(y) << 1
}
fn subsets(mask: u8) -> Vec<u8> {
    let mut v = vec![];
    let mut s = mask;
    loop {
        v.push(s);
        if s == 0 {
            break;
        }
        s = (s - 1) & mask;
    }
    v
}
fn xorshift(mut s: u64, n: usize) -> Vec<u64> {
    (0..n)
        .map(|_| {
            s ^= s << 13;
            s ^= s >> 7;
            s ^= s << 17;
            s.wrapping_mul(0x2545f4914f6cdd1d)
        })
        .collect()
}
fn mul_wide(a: u64, b: u64) -> (u64, u64) {
    let p = a as u128 * b as u128;
    (p as u64, (p >> 64) as u64)
}
fn main() {
    bits!(u8 u16 u32 u64 usize);
    for x in [i8::MIN, -1, 0, 1, i8::MAX] {
        println!(
            "{x}: {} {} {} {} {}",
            x.count_ones(),
            x.leading_zeros(),
            x.rotate_left(1),
            x.reverse_bits(),
            (x as u8 >> 1) as i8 | (x & -2)
        );
    }
    println!("{:#x} {:#x}", adler(b"Wikipedia"), crc16(b"123456789"));
    println!("{} {:?}", (0..=255u8).all(|n| ungray(gray(n)) == n), (0..8).map(gray).collect::<Vec<_>>());
    println!("{:#x} {:?} {:?}", morton(0xffff, 0x1234), subsets(0b1011), xorshift(42, 3));
    println!("{:?} {:?}", mul_wide(u64::MAX, u64::MAX), bb(u64::MAX).carrying_add_like(1));
    let mut n = 0u8;
    let mut steps = 0u32;
    loop {
        n = n.wrapping_add(7);
        steps += 1;
        if n == 0 {
            break;
        }
    }
    println!("{steps}");
    let mut s = 0u16;
    for i in 0..=u16::MAX {
        if i % 3 == 0 {
            s = s.wrapping_mul(31).wrapping_add(i);
        }
    }
    for i in (0..255u8).rev().step_by(50) {
        s ^= (i as u16) << (i % 9);
    }
    println!("{s}");
    for sh in 0..8u32 {
        print!("{:?} ", ((bb(0x93u8) << sh), (bb(-77i8) >> sh), (bb(0x93u8) as i8 as i16) << sh, bb(1u64 << 40) >> (sh * 8)));
    }
    println!();
    println!("{} {} {}", u16::from_be_bytes([1, 2]), u32::from_le_bytes([1, 2, 3, 4]), i64::from_ne_bytes((-5i64).to_ne_bytes()));
    println!("{:?} {:?} {:?}", 300u16.to_be_bytes(), 0x01020304u32.to_be().to_le_bytes(), u64::from_str_radix("1011", 2).map(u64::to_be));
    println!("{} {} {} {}", 10u8.next_multiple_of(4), 10u32.div_ceil(4), 7i32.pow(3), 200u8.wrapping_shl(9));
    println!("{:?} {:?} {:?}", 5u8.checked_signed_diff_like(9), 250u8.checked_add_signed(-1), 3usize.wrapping_add_signed(-5));
    println!("{} {:?} {}", bb(0b1010u8) & !bb(0b0010), bb(true) ^ bb(false), bb(true) & !bb(true) | bb(true));
    unsafe {
        println!("{} {}", bb(5u32).unchecked_add(6), bb(12u8).unchecked_sub(2));
    }
    println!("{:?}", bb(1u32 << 31).overflowing_shl(33));
    println!("{:?}", [1u8, 2, 3].iter().fold(0u32, |a, b| a << 8 | *b as u32));
}
trait Ext {
    fn carrying_add_like(self, o: u64) -> (u64, bool);
}
impl Ext for u64 {
    fn carrying_add_like(self, o: u64) -> (u64, bool) {
        let (a, b) = self.overflowing_add(o);
        let (c, d) = a.overflowing_add(b as u64);
        (c, b || d)
    }
}
trait Ext8 {
    fn checked_signed_diff_like(self, o: u8) -> Option<i8>;
}
impl Ext8 for u8 {
    fn checked_signed_diff_like(self, o: u8) -> Option<i8> {
        i8::try_from(self as i16 - o as i16).ok()
    }
}
