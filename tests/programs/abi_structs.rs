// extern "C" functions with aggregates of every System V class, called through function pointers: integers, floats, mixed, arrays, memory, nested, returned.
use std::hint::black_box as bb;
macro_rules! abi {
    ($($name:ident { $($f:ident: $t:ty = $v:expr),* })*) => {$(
        #[repr(C)] #[derive(Debug, Clone, Copy, PartialEq)] struct $name { $($f: $t),* }
        impl $name {
            const V: Self = $name { $($f: $v),* };
            #[inline(never)] extern "C" fn echo(x: $name) -> $name { x }
            #[inline(never)] extern "C" fn middle(a: u8, x: $name, b: f32, y: $name, c: i64) -> $name { assert!(a == 7 && b == 1.5 && c == -9 && x == y); y }
            #[inline(never)] extern "C" fn last(_a: i64, _b: i64, _c: i64, _d: i64, e: i64, x: $name, f: u8) -> i64 { assert_eq!(x, Self::V); e * 10 + f as i64 }
            #[inline(never)] extern "C" fn floats_first(_a: f64, _b: f64, _c: f64, _d: f64, _e: f64, _f: f64, g: f64, x: $name, h: f32) -> f64 { assert_eq!(x, Self::V); g + h as f64 }
            #[inline(never)] fn rust(x: $name, n: u8, y: $name) -> ($name, u8) { assert_eq!(x, y); (x, n + 1) }
            fn check() {
                let v = bb(Self::V);
                let f: extern "C" fn($name) -> $name = bb(Self::echo);
                let g: extern "C" fn(u8, $name, f32, $name, i64) -> $name = bb(Self::middle);
                let h: extern "C" fn(i64, i64, i64, i64, i64, $name, u8) -> i64 = bb(Self::last);
                let k: extern "C" fn(f64, f64, f64, f64, f64, f64, f64, $name, f32) -> f64 = bb(Self::floats_first);
                let r: fn($name, u8, $name) -> ($name, u8) = bb(Self::rust);
                println!("{:?} {} {} {} {} {} {:?}", f(v), g(7, v, 1.5, v, -9) == v, h(1, 2, 3, 4, 5, v, 6), k(1., 2., 3., 4., 5., 6., 7., v, 0.5), size_of::<$name>(), align_of::<$name>(), r(v, 254, v).1);
            }
        }
    )* fn all() { $($name::check();)* } };
}
abi! {
    I1 { a: u8 = 1 }
    I3 { a: u8 = 1, b: u8 = 2, c: u8 = 3 }
    I4 { a: i16 = -1, b: u16 = 65535 }
    I5 { a: u32 = 9, b: u8 = 8 }
    I8 { a: u64 = u64::MAX }
    I9 { a: u64 = 1, b: u8 = 2 }
    I12 { a: u32 = 1, b: u32 = 2, c: u32 = 3 }
    I16 { a: i64 = i64::MIN, b: u64 = 2 }
    I17 { a: u64 = 1, b: u64 = 2, c: u8 = 3 }
    I24 { a: u64 = 1, b: u64 = 2, c: u64 = 3 }
    F1 { a: f32 = 1.5 }
    F2 { a: f32 = 1.5, b: f32 = -2.5 }
    F3 { a: f32 = 1.5, b: f32 = -2.5, c: f32 = 3.5 }
    F4 { a: f32 = 1.5, b: f32 = -2.5, c: f32 = 3.5, d: f32 = 4.5 }
    F5 { a: f32 = 1.0, b: f32 = 2.0, c: f32 = 3.0, d: f32 = 4.0, e: f32 = 5.0 }
    D1 { a: f64 = 0.25 }
    D2 { a: f64 = 0.25, b: f64 = 1e300 }
    D3 { a: f64 = 0.25, b: f64 = 1e300, c: f64 = -1.0 }
    M1 { a: f32 = 1.0, b: i32 = 2 }
    M2 { a: f64 = 1.0, b: i32 = 2 }
    M3 { a: i32 = 1, b: f64 = 2.0 }
    M4 { a: f32 = 1.0, b: f32 = 2.0, c: u8 = 3 }
    M5 { a: u8 = 1, b: f32 = 2.0, c: f64 = 3.0 }
    M6 { a: u64 = 1, b: f32 = 2.0, c: u8 = 3 }
    A1 { a: [u8; 7] = [1, 2, 3, 4, 5, 6, 7] }
    A2 { a: [f32; 3] = [1.0, 2.0, 3.0] }
    A3 { a: [u16; 20] = [3; 20] }
    N1 { a: F2 = F2::V, b: I3 = I3::V }
    N2 { a: D1 = D1::V, b: F1 = F1::V }
    N3 { a: I12 = I12::V, b: F3 = F3::V }
    P1 { a: bool = true, b: char = 'x', c: u8 = 1 }
    W1 { a: u128 = 1 << 100 }
    W2 { a: u8 = 1, b: i128 = -5 }
}
#[repr(C)]
#[derive(Clone, Copy)]
union U {
    i: u32,
    f: f64,
    b: [u8; 5],
}
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
enum E {
    A,
    B = 70000,
}
#[repr(C, align(16))]
#[derive(Clone, Copy, Debug, PartialEq)]
struct Al {
    a: u8,
    b: f32,
}
#[repr(transparent)]
#[derive(Clone, Copy, Debug)]
struct Tr(f64);
#[repr(C)]
struct Empty;
extern "C" fn union_arg(u: U, n: u8) -> U {
    unsafe { U { f: u.f * n as f64 } }
}
extern "C" fn misc(e: E, a: Al, t: Tr, x: Option<&u8>, f: Option<extern "C" fn(i8) -> i8>, _z: Empty, b: bool, s: i8, u: u16) -> f64 {
    (e as u32) as f64 + a.b as f64 + t.0 + x.map_or(0.0, |x| *x as f64) + f.map_or(0, |f| f(s)) as f64 + b as u8 as f64 + u as f64
}
extern "C" fn neg(x: i8) -> i8 {
    -x
}
extern "sysv64" fn sysv(a: u32, b: F4) -> f32 {
    a as f32 + b.d
}
extern "C" fn many(a: u8, b: u16, c: u32, d: u64, e: i8, f: i16, g: i32, h: i64, i: u8, j: bool) -> i64 {
    [a as i64, b as i64, c as i64, d as i64, e as i64, f as i64, g as i64, h, i as i64, j as i64].iter().fold(0, |s, x| s * 3 + x)
}
fn main() {
    all();
    let f: extern "C" fn(U, u8) -> U = bb(union_arg);
    println!("{}", unsafe { f(U { f: 2.5 }, 3).f });
    let g: extern "C" fn(E, Al, Tr, Option<&u8>, Option<extern "C" fn(i8) -> i8>, Empty, bool, i8, u16) -> f64 = bb(misc);
    println!(
        "{} {}",
        g(E::B, Al { a: 1, b: 2.0 }, Tr(0.5), Some(&9), Some(neg), Empty, true, -100, 60000),
        g(E::A, Al { a: 1, b: 2.0 }, Tr(0.5), None, None, Empty, false, 1, 1)
    );
    println!(
        "{} {}",
        bb(sysv as extern "sysv64" fn(u32, F4) -> f32)(1, F4::V),
        bb(many as extern "C" fn(u8, u16, u32, u64, i8, i16, i32, i64, u8, bool) -> i64)(255, 65535, u32::MAX, 4, -1, -2, -3, -4, 9, true)
    );
}
