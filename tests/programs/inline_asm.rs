// Inline assembly on x86_64: in, out, inout, clobbers, memory operands, flags, labels, const operands, width modifiers.
use std::arch::asm;
fn add(a: u64, b: u64) -> u64 {
    let r;
    unsafe {
        asm!("lea {r}, [{a} + {b}]", a = in(reg) a, b = in(reg) b, r = out(reg) r, options(pure, nomem, nostack));
    }
    r
}
fn mul(a: u64, b: u64) -> (u64, u64) {
    let (lo, hi);
    unsafe {
        asm!("mul {}", in(reg) b, inlateout("rax") a => lo, lateout("rdx") hi, options(pure, nomem, nostack));
    }
    (lo, hi)
}
fn popcount_loop(mut x: u32) -> u32 {
    let mut n: u32 = 0;
    unsafe {
        asm!("2:", "test {x:e}, {x:e}", "jz 3f", "lea {t:e}, [{x:e} - 1]", "and {x:e}, {t:e}", "inc {n:e}", "jmp 2b", "3:", x = inout(reg) x, n = inout(reg) n, t = out(reg) _, options(nostack));
    }
    let _ = x;
    n
}
fn bswap16(x: u16) -> u16 {
    let mut x = x;
    unsafe {
        asm!("rol {0:x}, 8", inout(reg) x, options(pure, nomem, nostack));
    }
    x
}
fn sqrt(x: f64) -> f64 {
    let r: f64;
    unsafe {
        asm!("sqrtsd {0}, {1}", out(xmm_reg) r, in(xmm_reg) x, options(pure, nomem, nostack));
    }
    r
}
fn sum_bytes(v: &[u8]) -> u64 {
    let mut s = 0u64;
    unsafe {
        asm!("test {n}, {n}", "jz 3f", "2:", "movzx {t}, byte ptr [{p}]", "add {s}, {t}", "inc {p}", "dec {n}", "jnz 2b", "3:", p = inout(reg) v.as_ptr() => _, n = inout(reg) v.len() => _, s = inout(reg) s, t = out(reg) _, options(readonly, nostack));
    }
    s
}
fn store(p: &mut [u32; 2], v: u32) {
    unsafe {
        asm!("mov dword ptr [{p}], {v:e}", "mov dword ptr [{p} + 4], {k}", p = in(reg) p.as_mut_ptr(), v = in(reg) v, k = const 40 + 2, options(nostack));
    }
}
fn carry(a: u8, b: u8) -> (u8, bool) {
    let (r, c): (u8, u8);
    unsafe {
        asm!("add {a}, {b}", "setc {c}", a = inout(reg_byte) a => r, b = in(reg_byte) b, c = lateout(reg_byte) c, options(pure, nomem, nostack));
    }
    (r, c != 0)
}
fn cpuid_vendor_len() -> usize {
    let mut buf = [0u8; 12];
    unsafe {
        asm!("push rbx", "cpuid", "mov [{0}], ebx", "mov [{0} + 4], edx", "mov [{0} + 8], ecx", "pop rbx", in(reg) buf.as_mut_ptr(), inout("eax") 0 => _, out("ecx") _, out("edx") _);
    }
    buf.iter().filter(|b| b.is_ascii_graphic() || **b == b' ').count()
}
extern "C" fn callee(x: u64) -> u64 {
    x * 3
}
fn call_sym(x: u64) -> u64 {
    let r: u64;
    unsafe {
        asm!("call {f}", f = sym callee, in("rdi") x, lateout("rax") r, clobber_abi("C"));
    }
    r
}
#[target_feature(enable = "avx")]
unsafe fn copy_ymm(from: &[u8; 32], to: &mut [u8; 32]) {
    unsafe {
        asm!("vmovups {r}, [{from}]", "vmovups [{to}], {r}", from = in(reg) from.as_ptr(), to = in(reg) to.as_mut_ptr(), r = out(ymm_reg) _);
    }
}
#[target_feature(enable = "avx2")]
unsafe fn add_ymm(a: &[i32; 8], b: &[i32; 8]) -> [i32; 8] {
    use std::arch::x86_64::{__m256i, _mm256_loadu_si256, _mm256_storeu_si256};
    let mut to = [0; 8];
    unsafe {
        let r: __m256i;
        let (x, y) = (_mm256_loadu_si256(a.as_ptr().cast::<__m256i>()), _mm256_loadu_si256(b.as_ptr().cast::<__m256i>()));
        asm!("vpaddd {r}, {a}, {b}", "vpaddd {r:x}, {r:x}, {b:x}", a = in(ymm_reg) x, b = in(ymm_reg) y, r = out(ymm_reg) r, options(pure, nomem, nostack));
        _mm256_storeu_si256(to.as_mut_ptr().cast(), r);
    }
    to
}
#[target_feature(enable = "avx512f")]
unsafe fn copy_zmm(from: &[u8; 64], to: &mut [u8; 64]) {
    unsafe {
        asm!("vmovups {r}, [{from}]", "vmovups [{to}], {r}", from = in(reg) from.as_ptr(), to = in(reg) to.as_mut_ptr(), r = out(zmm_reg) _, out("zmm3") _, out("k1") _);
    }
}
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn mask_and(a: u16, b: u64) -> (u16, u64) {
    let (r, s);
    unsafe {
        asm!("kandw {r}, {a}, {a}", "knotq {s}, {b}", a = in(kreg) a, b = in(kreg) b, r = out(kreg) r, s = out(kreg) s, options(pure, nomem, nostack));
    }
    (r, s)
}
fn wide() {
    let bytes: [u8; 64] = std::array::from_fn(|k| k as u8 + 1);
    let (mut half, mut whole) = ([0; 32], [0; 64]);
    unsafe {
        if is_x86_feature_detected!("avx") {
            copy_ymm(bytes.first_chunk().unwrap(), &mut half);
            assert_eq!(half[..], bytes[..32]);
        }
        if is_x86_feature_detected!("avx2") {
            let r = add_ymm(&[1, 2, 3, 4, 5, 6, 7, 8], &[10; 8]);
            assert_eq!(r, [21, 22, 23, 24, 0, 0, 0, 0]);
        }
        if is_x86_feature_detected!("avx512bw") {
            copy_zmm(&bytes, &mut whole);
            assert_eq!(whole, bytes);
            assert_eq!(mask_and(0x1234, 7), (0x1234, !7));
        }
    }
}
fn main() {
    wide();
    println!("{} {:?} {}", add(40, 2), mul(u64::MAX, 3), popcount_loop(0xf0f1));
    println!("{:#x} {} {} {}", bswap16(0x1234), sqrt(2.25), sum_bytes(b"abc"), sum_bytes(b""));
    let mut a = [0; 2];
    store(&mut a, 7);
    println!("{a:?} {:?} {:?}", carry(200, 100), carry(1, 2));
    println!("{} {}", cpuid_vendor_len(), call_sym(14));
    unsafe {
        asm!("nop", "/* {} */", const 5, options(nomem, nostack, preserves_flags));
    }
    println!("done");
}
