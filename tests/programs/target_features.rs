// Functions with target features whose names differ between Rust and LLVM.
#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    #[target_feature(enable = "pclmulqdq")]
    pub fn multiply(a: i64, b: i64) -> [i64; 2] {
        let product = _mm_clmulepi64_si128(_mm_set_epi64x(0, a), _mm_set_epi64x(0, b), 0);
        [_mm_cvtsi128_si64(product), _mm_cvtsi128_si64(_mm_srli_si128(product, 8))]
    }

    #[target_feature(enable = "sse4.2")]
    pub fn checksum(bytes: &[u8]) -> u32 {
        bytes.iter().fold(!0, |crc, b| _mm_crc32_u8(crc, *b)) ^ !0
    }

    #[target_feature(enable = "bmi1", enable = "bmi2,lzcnt,popcnt")]
    pub fn bits(x: u64) -> [u64; 5] {
        [_andn_u64(x, 0xff), _blsr_u64(x), _pext_u64(x, 0xf0f0), _lzcnt_u64(x), _popcnt64(x as i64) as u64]
    }

    #[target_feature(enable = "rdrand")]
    pub fn random() -> bool {
        let mut x = 0;
        (0..100).any(|_| _rdrand64_step(&mut x) == 1)
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn dot(a: &[f32; 8], b: &[f32; 8]) -> f32 {
        let sums = unsafe { _mm256_fmadd_ps(_mm256_loadu_ps(a.as_ptr()), _mm256_loadu_ps(b.as_ptr()), _mm256_set1_ps(0.5)) };
        let mut parts = [0.0; 8];
        unsafe { _mm256_storeu_ps(parts.as_mut_ptr(), sums) };
        parts.iter().sum()
    }
}

fn main() {
    #[cfg(target_arch = "x86_64")]
    unsafe {
        if is_x86_feature_detected!("pclmulqdq") {
            println!("{:x?}", x86::multiply(0x1234_5678_9abc_def0, 0x0fed_cba9_8765_4321));
        }
        if is_x86_feature_detected!("sse4.2") {
            println!("{:08x}", x86::checksum(b"123456789"));
        }
        if is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2") && is_x86_feature_detected!("lzcnt") {
            println!("{:x?}", x86::bits(0x1230));
        }
        if is_x86_feature_detected!("rdrand") {
            println!("{}", x86::random());
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            println!("{}", x86::dot(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], &[0.5; 8]));
        }
    }
}
