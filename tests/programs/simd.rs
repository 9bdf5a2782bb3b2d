// std::arch: SSE2 as the baseline, SSE4.1 and AVX2 behind runtime detection and target_feature, vectors by value, shuffles with const generics.
use std::arch::x86_64::*;
use std::hint::black_box as bb;
#[inline(never)]
fn dot_sse(a: &[f32], b: &[f32]) -> f32 {
    unsafe {
        let mut acc = _mm_setzero_ps();
        for (x, y) in a.chunks_exact(4).zip(b.chunks_exact(4)) {
            acc = _mm_add_ps(acc, _mm_mul_ps(_mm_loadu_ps(x.as_ptr()), _mm_loadu_ps(y.as_ptr())));
        }
        let mut out = [0f32; 4];
        _mm_storeu_ps(out.as_mut_ptr(), acc);
        out.iter().sum()
    }
}
#[target_feature(enable = "avx2")]
fn sum_avx2(v: &[i32]) -> i32 {
    let mut acc = _mm256_setzero_si256();
    for c in v.chunks_exact(8) {
        acc = _mm256_add_epi32(acc, unsafe { _mm256_loadu_si256(c.as_ptr().cast()) });
    }
    let (lo, hi) = (_mm256_castsi256_si128(acc), _mm256_extracti128_si256::<1>(acc));
    let s = _mm_add_epi32(lo, hi);
    let s = _mm_add_epi32(s, _mm_shuffle_epi32::<0b01_00_11_10>(s));
    let s = _mm_add_epi32(s, _mm_shuffle_epi32::<0b10_11_00_01>(s));
    _mm_cvtsi128_si32(s) + v.chunks_exact(8).remainder().iter().sum::<i32>()
}
#[target_feature(enable = "sse4.1")]
fn max_sse41(a: __m128i, b: __m128i) -> [i32; 4] {
    to(_mm_max_epi32(a, b))
}
fn sum(v: &[i32]) -> i32 {
    if is_x86_feature_detected!("avx2") { unsafe { sum_avx2(v) } } else { v.iter().sum() }
}
fn to<const N: usize, T: Copy + Default>(v: __m128i) -> [T; N] {
    assert_eq!(size_of::<[T; N]>(), 16);
    unsafe { std::mem::transmute_copy(&v) }
}
#[inline(never)]
fn pass(a: __m128i, b: __m128d, c: __m128) -> (__m128i, __m128d, __m128) {
    (a, b, c)
}
fn find_byte(h: &[u8], n: u8) -> Option<usize> {
    for (i, c) in h.chunks(16).enumerate() {
        let mut buf = [!n; 16];
        buf[..c.len()].copy_from_slice(c);
        let m = unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(buf.as_ptr().cast()), _mm_set1_epi8(n as i8))) };
        if m != 0 {
            return Some(i * 16 + m.trailing_zeros() as usize);
        }
    }
    None
}
#[derive(Clone, Copy)]
#[repr(C)]
union Lanes {
    v: __m128i,
    b: [u8; 16],
    w: [u32; 4],
}
fn main() {
    let a: Vec<f32> = (0..16).map(|x| x as f32).collect();
    let b: Vec<f32> = (0..16).map(|x| 0.5 * x as f32).collect();
    println!("{}", dot_sse(&a, &b));
    println!("{} {}", sum(&(1..=1003).collect::<Vec<_>>()), sum(&[]));
    unsafe {
        let x = bb(_mm_set_epi32(4, -3, 2, 1));
        let y = bb(_mm_setr_epi32(10, 20, 30, 40));
        println!(
            "{:?} {:?} {:?}",
            to::<4, i32>(_mm_add_epi32(x, y)),
            to::<4, i32>(_mm_sub_epi32(x, y)),
            to::<4, i32>(_mm_cmpgt_epi32(x, _mm_setzero_si128()))
        );
        println!(
            "{:?} {:?} {:?}",
            to::<4, i32>(_mm_slli_epi32::<3>(x)),
            to::<4, i32>(_mm_srai_epi32::<1>(x)),
            to::<4, u32>(_mm_srli_epi32::<28>(x))
        );
        println!("{:?} {:?}", to::<8, i16>(_mm_packs_epi32(x, y)), to::<16, u8>(_mm_unpacklo_epi8(x, y)));
        println!("{:?} {:?}", to::<8, u16>(_mm_avg_epu16(x, y)), to::<2, u64>(_mm_mul_epu32(x, y)));
        println!(
            "{:?} {:?}",
            to::<16, u8>(_mm_adds_epu8(_mm_set1_epi8(-6), _mm_set1_epi8(100))),
            to::<8, i16>(_mm_mulhi_epi16(_mm_set1_epi16(20000), _mm_set1_epi16(300)))
        );
        println!("{} {} {}", _mm_extract_epi16::<3>(y), _mm_movemask_epi8(x), _mm_cvtsi128_si64(y));
        if is_x86_feature_detected!("sse4.1") {
            println!("{:?}", max_sse41(x, _mm_set1_epi32(0)));
        } else {
            println!("[1, 2, 0, 4]");
        }
        let d = bb(_mm_set_pd(2.0, 9.0));
        let (p, q, r) = pass(x, _mm_sqrt_pd(d), _mm_shuffle_ps::<0b00_01_10_11>(_mm_setr_ps(1.0, 2.0, 3.0, 4.0), _mm_set1_ps(0.0)));
        println!("{:?} {:?} {:?}", to::<4, i32>(p), std::mem::transmute::<_, [f64; 2]>(q), std::mem::transmute::<_, [f32; 4]>(r));
        println!(
            "{} {} {}",
            _mm_cvtss_si32(_mm_set_ss(2.5)),
            _mm_cvttss_si32(_mm_set_ss(-2.7)),
            _mm_cvtsd_f64(_mm_min_pd(d, _mm_set1_pd(5.0)))
        );
        println!("{:?}", std::mem::transmute::<_, [f64; 2]>(_mm_cmplt_pd(d, _mm_set1_pd(5.0))).map(|x: f64| x.to_bits() != 0));
        let l = Lanes { v: _mm_set1_epi32(0x01020304) };
        println!("{:?} {:x} {}", &l.b[..4], l.w[3], size_of::<Lanes>());
    }
    let h = "a somewhat longer haystack with a needle: Z and more".as_bytes();
    println!("{:?} {:?} {:?} {:?}", find_byte(h, b'Z'), find_byte(h, b'#'), find_byte(b"", 0), find_byte(&h[..17], h[16]));
    println!("{} {}", is_x86_feature_detected!("sse2"), cfg!(target_feature = "sse2"));
}
