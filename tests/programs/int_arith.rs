// Integer arithmetic of every width: wrapping, checked, saturating, overflowing, euclidean, powers, shifts.
use std::hint::black_box as bb;

macro_rules! family {
    ($($t:ident),*) => {$({
        let (lo, hi) = (bb($t::MIN), bb($t::MAX));
        println!(
            "{}: wrap {} {} {} sat {} {} chk {:?} {:?} {:?}",
            stringify!($t),
            hi.wrapping_add(bb(2)), lo.wrapping_sub(bb(3)), hi.wrapping_mul(bb(5)),
            hi.saturating_add(1), lo.saturating_sub(1),
            hi.checked_add(1), lo.checked_sub(1), bb(7 as $t).checked_div(bb(0)),
        );
        println!(
            "   ovf {:?} {:?} {:?} pow {:?} {} {} isqrt {} ilog2 {} ilog10 {}",
            hi.overflowing_add(1), lo.overflowing_sub(1), hi.overflowing_mul(2),
            bb(3 as $t).checked_pow(bb(9)), bb(3 as $t).wrapping_pow(bb(9)), bb(2 as $t).saturating_pow(bb(200)),
            bb(99 as $t).isqrt(), bb(100 as $t).ilog2(), bb(100 as $t).ilog10(),
        );
        println!(
            "   div {} {} {} {} shift {} {} {:?} {:?} abs_diff {} midpoint {}",
            bb(17 as $t) / bb(5), bb(17 as $t) % bb(5), hi.div_euclid(bb(7)), hi.rem_euclid(bb(7)),
            bb(1 as $t) << bb(6), hi >> bb(3), bb(1 as $t).checked_shl(bb(500)), bb(1 as $t).overflowing_shl(bb(129)),
            hi.abs_diff(lo), bb(3 as $t).midpoint(bb(8)),
        );
    })*};
}

macro_rules! signed {
    ($($t:ident),*) => {$({
        let lo = bb($t::MIN);
        println!(
            "{}: neg {} {:?} abs {} {:?} {} signum {} {} div {} {} {} {} {:?} {:?} shr {}",
            stringify!($t), lo.wrapping_neg(), lo.checked_neg(), lo.wrapping_abs(), lo.checked_abs(), lo.unsigned_abs(),
            lo.signum(), bb(0 as $t).signum(), bb(-7 as $t) / 2, bb(-7 as $t) % 2, bb(-7 as $t).div_euclid(2),
            bb(-7 as $t).rem_euclid(2), lo.checked_div(bb(-1)), lo.overflowing_rem(bb(-1)), lo >> 3,
        );
    })*};
}

fn casts() {
    let x: i64 = bb(-2);
    println!("{} {} {} {} {}", x as u8, x as i16, x as u32, x as u64, x as u128);
    let y: u32 = bb(0xdead_beef);
    println!("{} {} {} {}", y as i8, (y as u16 as u32) == 0xbeef_u32, y as i32, y as i128);
    println!("{} {} {}", bb(true) as u8, bb('é') as u8, bb(200u8) as char);
    println!("{} {}", bb(-1i8) as u8 as i32, bb(-1i8) as i32 as u8);
    println!("{:?} {:?} {:?}", u8::try_from(bb(256)), i8::try_from(bb(-128i64)), u64::try_from(bb(-1i32)).is_err());
    println!("{}", i64::from(bb(7u32)) + i64::from(bb(-9i8)) + i64::from(bb(true)));
}

fn main() {
    family!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);
    signed!(i8, i16, i32, i64, isize);
    casts();
    println!("{}", bb(5u8).wrapping_sub(bb(10)).carrying());
}

trait Carrying {
    fn carrying(self) -> u32;
}
impl Carrying for u8 {
    fn carrying(self) -> u32 {
        (0..self).map(u32::from).fold(0, u32::wrapping_add)
    }
}
