// Floating point: formatting, rounding, conversions, NaN, infinities, min/max, bit patterns, libm functions.
use std::hint::black_box as bb;

fn main() {
    for x in [0.0, -0.0, 1.0, 0.1, 1.5, 2.5, -2.5, 1e21, 1e-7, 123456789.125, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, f64::NAN, 5e-324]
    {
        let x: f64 = bb(x);
        println!("{x} {x:?} {x:e} {x:.3} {x:+} {:08.2} {:>12.1}|", x, x);
    }
    for x in [0.5f64, 1.5, 2.5, -0.5, -1.5, 2.4999, 1e300, -1e-300] {
        let x = bb(x);
        println!(
            "{x}: floor {} ceil {} round {} trunc {} even {} fract {:.4}",
            x.floor(),
            x.ceil(),
            x.round(),
            x.trunc(),
            x.round_ties_even(),
            x.fract()
        );
    }
    for x in [300.7, -1.5, f64::NAN, f64::INFINITY, -1e40, 2147483648.0, 1e19] {
        let x: f64 = bb(x);
        println!("{x} -> {} {} {} {} {} {}", x as u8, x as i8, x as i32, x as u32, x as i64, x as u64);
        let y = x as f32;
        println!("   f32 {y} -> {} {} {}", y as i16, y as u64, y as f64);
    }
    for n in [0u64, 1, u64::MAX, 1 << 53, (1 << 53) + 1, 0x7fff_ffff_ffff_fc00] {
        println!("{} {} {} {}", bb(n) as f64, bb(n) as f32, bb(n) as i64 as f64, bb(n as u32) as f32);
    }
    let nan = bb(f64::NAN);
    println!("{} {} {} {}", nan == nan, nan != nan, nan < 1.0, !(nan >= 1.0));
    println!("{:?} {:?} {:?}", nan.partial_cmp(&1.0), 1.0f64.partial_cmp(&2.0), (-0.0f64).partial_cmp(&0.0));
    println!("{:?} {:?}", (-0.0f64).total_cmp(&0.0), f64::NAN.total_cmp(&f64::INFINITY));
    println!("{} {} {} {}", nan.min(1.0), bb(1.0f64).max(nan), bb(2.0f64).min(3.0), bb(2.5f32).clamp(0.0, 1.0));
    println!("{:#x} {:#x} {}", bb(1.0f64).to_bits(), bb(-2.5f32).to_bits(), f64::from_bits(0x4009_21fb_5444_2d18));
    println!("{} {} {} {}", bb(-0.0f64).is_sign_negative(), nan.is_nan(), bb(1e308f64 * 10.0).is_infinite(), bb(1e-310f64).is_normal());
    println!("{:?} {:?}", bb(1e-310f64).classify(), bb(0.0f32).classify());
    println!("{:.12} {:.12} {:.12} {:.12}", bb(1.0f64).sin(), bb(1.0f64).cos(), bb(1.0f64).tan(), bb(0.5f64).atan2(-0.5));
    println!("{:.12} {:.12} {:.12} {:.12}", bb(2.0f64).sqrt(), bb(2.0f64).ln(), bb(2.0f64).exp(), bb(2.0f64).powf(0.3));
    println!("{} {} {}", bb(2.0f64).powi(10), bb(3.0f64).mul_add(4.0, 5.0), bb(3.0f64).hypot(4.0));
    println!("{} {} {}", bb(-7.5f64) % 2.0, bb(-7.5f64).rem_euclid(2.0), bb(-7.5f64).div_euclid(2.0));
    println!("{} {} {}", bb(-3.0f64).abs(), bb(3.0f64).copysign(-0.0), bb(-3.0f32).signum());
    println!("{} {} {}", bb(0.1f32) + bb(0.2f32), bb(0.1f64) + bb(0.2f64), bb(1.0f64) / bb(0.0));
    println!("{:?} {:?} {:?}", "1e3".parse::<f64>(), "nan".parse::<f32>().map(|x| x.is_nan()), "1.2.3".parse::<f64>().is_err());
    println!("{:?} {:?}", ".5".parse::<f64>(), "-inf".parse::<f64>());
    let v = [3.5f64, -1.0, 2.0, 9.75];
    println!("{} {} {}", v.iter().sum::<f64>(), v.iter().product::<f64>(), v.iter().copied().fold(f64::NEG_INFINITY, f64::max));
    let mut s = v;
    s.sort_by(|a, b| a.total_cmp(b));
    println!("{s:?}");
}
