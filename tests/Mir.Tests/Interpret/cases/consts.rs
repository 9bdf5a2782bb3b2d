//! Each module has a constant and a static of the same value: rustc evaluates the static, and its memory must be that of the constant evaluated here.
#![feature(f16, f128, const_unsigned_bigint_helpers, const_type_name, const_type_id, widening_mul, never_type, adt_const_params, unsized_const_params, const_cmp, const_convert, const_trait_impl)]
#![allow(dead_code, unused, incomplete_features, overflowing_literals, arithmetic_overflow, non_snake_case)]
use std::collections::HashMap;
pub const fn addone(x: u32) -> u32 {
    x + 1
}
pub fn ident<T>(x: T) -> T {
    x
}
pub trait Super {
    fn s(&self) -> u32 {
        1
    }
}
pub trait Tr: Super {
    fn m(&self) -> u32;
}
#[derive(Clone, Copy)]
pub struct St {
    pub a: u8,
    pub b: u32,
}
impl Super for St {}
impl Tr for St {
    fn m(&self) -> u32 {
        self.a as u32 + self.b
    }
}
impl St {
    pub const fn m(&self) -> u32 {
        self.a as u32 * self.b
    }
    pub fn inh() {}
    pub const fn closure_name() -> &'static str {
        tn_of(&|x: u8| x)
    }
}
pub enum En {
    A,
    B(u32),
    C { x: u8, y: i16 },
    D(&'static str),
}
#[repr(i64)]
pub enum E2 {
    X = -5,
    Y = 1 << 40,
    Z,
}
pub union Un {
    pub f: f32,
    pub i: u32,
}
pub struct Node {
    v: u32,
    next: Option<&'static Node>,
}
pub static STAT: u32 = 5;
pub static ARRS: [u8; 5] = [1, 2, 3, 4, 5];
pub static ATOM_S: core::sync::atomic::AtomicU32 = core::sync::atomic::AtomicU32::new(9);
pub trait HasC {
    const C: usize;
    fn f() {}
    fn closure_name() -> &'static str
    where
        Self: Sized,
    {
        ""
    }
}
impl HasC for u8 {
    const C: usize = 1;
}
impl<T> HasC for Vec<T> {
    const C: usize = 2 + core::mem::size_of::<T>();
}
impl<T, const N: usize> HasC for [T; N] {
    const C: usize = N * core::mem::size_of::<T>();
}
pub trait MaxV {
    const V: Self;
}
impl MaxV for u8 {
    const V: u8 = Self::MAX;
}
impl MaxV for i8 {
    const V: i8 = Self::MIN;
}
pub const fn gen_size<T>() -> usize {
    struct X<T>(T, u8);
    core::mem::size_of::<X<T>>() + const { core::mem::align_of::<T>() }
}
pub struct Wrapper<const N: u8, const C: char>;
pub struct Phantom<'a, T>(&'a T);
pub struct Bt<const B: bool>;
pub struct Bi<const B: i8>;
pub trait Sub2: Iterator<Item = u8> {}
pub trait Gt<T> {}
pub trait Any2<T = u32> {}
pub mod inner {
    pub struct Deep<T>(T);
    pub enum En3 {}
    pub fn impled() {}
    impl<T> super::HasC for Deep<T> {
        const C: usize = 0;
    }
}
pub const fn tn_of<T>(_: &T) -> &'static str {
    core::any::type_name::<T>()
}
#[track_caller]
pub const fn tracked() -> &'static core::panic::Location<'static> {
    core::panic::Location::caller()
}
pub const fn untracked() -> &'static core::panic::Location<'static> {
    tracked()
}
pub const fn sieve() -> [bool; 200] {
    let mut s = [true; 200];
    s[0] = false;
    s[1] = false;
    let mut i = 2;
    while i < 200 {
        if s[i] {
            let mut j = i * i;
            while j < 200 {
                s[j] = false;
                j += i;
            }
        }
        i += 1;
    }
    s
}
pub const fn fib() -> [u128; 180] {
    let mut a = [0u128; 180];
    a[1] = 1;
    let mut i = 2;
    while i < 180 {
        a[i] = a[i - 1] + a[i - 2];
        i += 1;
    }
    a
}
pub const fn crc() -> [u32; 256] {
    let mut t = [0u32; 256];
    let mut i = 0;
    while i < 256 {
        let mut c = i as u32;
        let mut k = 0;
        while k < 8 {
            c = if c & 1 != 0 { 0xEDB88320 ^ (c >> 1) } else { c >> 1 };
            k += 1;
        }
        t[i] = c;
        i += 1;
    }
    t
}
#[repr(C, packed)]
#[derive(Clone, Copy)]
pub struct Pk {
    a: u8,
    b: u64,
    c: u16,
}
#[repr(align(64))]
pub struct Al(u8);
pub const fn const_eq(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
pub struct Dr;
impl Drop for Dr {
    fn drop(&mut self) {}
}
pub const fn hexd(c: u8) -> u8 {
    match c {
        b'0'..=b'9' => c - b'0',
        b'a'..=b'f' => c - b'a' + 10,
        _ => panic!("bad hex"),
    }
}
pub enum Opt2 {
    A,
    B(&'static [u8]),
}
pub struct Opts {
    name: &'static str,
    f: Option<fn(u32) -> u32>,
    v: &'static [Opt2],
}
#[repr(transparent)]
pub struct Sy<T>(T);
unsafe impl<T> Sync for Sy<T> {}

macro_rules! pairs {
    ($($name:ident: $ty:ty = $value:expr;)*) => { $(
        pub mod $name {
            use super::*;
            pub const C: $ty = $value;
            pub static S: Sy<$ty> = Sy(C);
        }
    )* };
}

macro_rules! of_ints {
    ($($t:ident $module:ident,)*) => { $(
        pub mod $module {
            use super::*;
            pairs! {
                wrapping: [$t; 4] = [$t::MAX.wrapping_add(3), $t::MIN.wrapping_sub(5), $t::MAX.wrapping_mul($t::MAX), ($t::MAX / 3).wrapping_mul(7)];
                overflowing: [($t, bool); 4] = [$t::MAX.overflowing_add(1), $t::MIN.overflowing_sub(1), $t::MAX.overflowing_mul(2), ($t::MAX / 2).overflowing_mul(2)];
                checked: [Option<$t>; 8] = [$t::MAX.checked_add(1), $t::MAX.checked_sub(1), $t::MIN.checked_div(0), $t::MIN.checked_rem(3), (5 as $t).checked_pow(2),
                    $t::MAX.checked_mul($t::MAX), (1 as $t).checked_shl(3), (1 as $t).checked_shl(128)];
                saturating: [$t; 4] = [$t::MAX.saturating_add(1), $t::MIN.saturating_sub(1), $t::MAX.saturating_mul(2), $t::MIN.saturating_mul(2)];
                counts: [u32; 6] = [(37 as $t).count_ones(), (37 as $t).leading_zeros(), (40 as $t).trailing_zeros(), (0 as $t).leading_zeros(), (0 as $t).trailing_zeros(),
                    $t::MAX.leading_ones()];
                swaps: [$t; 5] = [(0x5b as $t).swap_bytes(), (0x5b as $t).reverse_bits(), (0x5b as $t).rotate_left(3), (0x5b as $t).rotate_right(5), (0x5b as $t).rotate_left(0)];
                shifts: [$t; 4] = [(0x5b as $t) << 2, (0x5b as $t) >> 3, $t::MIN >> 1, $t::MAX.wrapping_shl(200)];
                division: [$t; 4] = [$t::MAX / 7, $t::MAX % 7, $t::MIN.wrapping_div(3), $t::MIN.wrapping_rem(3)];
                powers: [$t; 3] = [(3 as $t).wrapping_pow(9), (2 as $t).pow(6), $t::MAX.wrapping_pow(3)];
                roots: [$t; 2] = [$t::MAX.isqrt(), (99 as $t).isqrt()];
                logs: [Option<u32>; 3] = [(100 as $t).checked_ilog2(), (100 as $t).checked_ilog10(), (100 as $t).checked_ilog(3)];
                to_f32: [f32; 4] = [$t::MAX as f32, $t::MIN as f32, ($t::MAX / 3) as f32, 77 as $t as f32];
                to_f64: [f64; 4] = [$t::MAX as f64, $t::MIN as f64, ($t::MAX / 3) as f64, 77 as $t as f64];
                from_f32: [$t; 6] = [3.99f32 as $t, -3.99f32 as $t, 1e30f32 as $t, -1e30f32 as $t, f32::NAN as $t, f32::INFINITY as $t];
                from_f64: [$t; 6] = [3.99f64 as $t, -3.99f64 as $t, 1e30f64 as $t, -1e30f64 as $t, f64::NAN as $t, f64::INFINITY as $t];
                casts: ([i8; 3], [u8; 3], [i16; 3], [u16; 3], [i32; 3], [u32; 3], [i64; 3], [u64; 3], [i128; 3], [u128; 3]) = (
                    [$t::MAX as i8, $t::MIN as i8, ($t::MAX / 2 + 5) as i8], [$t::MAX as u8, $t::MIN as u8, ($t::MAX / 2 + 5) as u8],
                    [$t::MAX as i16, $t::MIN as i16, ($t::MAX / 2 + 5) as i16], [$t::MAX as u16, $t::MIN as u16, ($t::MAX / 2 + 5) as u16],
                    [$t::MAX as i32, $t::MIN as i32, ($t::MAX / 2 + 5) as i32], [$t::MAX as u32, $t::MIN as u32, ($t::MAX / 2 + 5) as u32],
                    [$t::MAX as i64, $t::MIN as i64, ($t::MAX / 2 + 5) as i64], [$t::MAX as u64, $t::MIN as u64, ($t::MAX / 2 + 5) as u64],
                    [$t::MAX as i128, $t::MIN as i128, ($t::MAX / 2 + 5) as i128], [$t::MAX as u128, $t::MIN as u128, ($t::MAX / 2 + 5) as u128]);
                bytes: [u8; size_of::<$t>()] = ($t::MAX / 5).to_be_bytes();
            }
        }
    )* };
}

of_ints! {
    i8 of_i8, u8 of_u8, i16 of_i16, u16 of_u16, i32 of_i32, u32 of_u32, i64 of_i64, u64 of_u64, i128 of_i128, u128 of_u128, isize of_isize, usize of_usize,
}

macro_rules! of_floats {
    ($($t:ident $module:ident,)*) => { $(
        pub mod $module {
            use super::*;
            pairs! {
                arithmetic: [$t; 12] = [1.1 + 2.2, 1.0 / 3.0, 5.5 % 2.0, -5.5 % 2.0, 1e-40 * 1e-3, $t::MAX * 2.0, 0.0 / 0.0, -0.0 + 0.0, 1.0 / -0.0, $t::EPSILON / 3.0,
                    $t::MIN_POSITIVE / 3.0, -$t::NAN];
                comparison: [bool; 8] = [(1.0 as $t) < 2.0, $t::NAN < 1.0, $t::NAN != $t::NAN, (0.0 as $t) == -0.0, $t::NAN >= 1.0, (1.0 as $t) >= 1.0, (-1.0 as $t) < -2.0,
                    $t::INFINITY > $t::MAX];
                methods: [$t; 10] = [(-2.5 as $t).abs(), (2.5 as $t).copysign(-1.0), (2.5 as $t).floor(), (-2.5 as $t).ceil(), (2.5 as $t).round(), (-2.5 as $t).trunc(),
                    (2.5 as $t).round_ties_even(), (3.0 as $t).min(4.0), $t::NAN.max(1.0), (1.0 as $t).clamp(2.0, 3.0)];
                classes: (u64, [bool; 4]) = ((1.5 as $t).to_bits() as u64, [$t::NAN.is_nan(), $t::INFINITY.is_finite(), (1e-310 as $t).is_normal(), (-0.0 as $t).is_sign_negative()]);
            }
        }
    )* };
}

of_floats! { f32 of_f32, f64 of_f64, }

pairs! {
    f32to64: [f64;4] = [1.1f32 as f64, f32::MAX as f64, f32::NAN as f64, 1e-45f32 as f64];
    f64to32: [f32;5] = [1.1f64 as f32, 1e300f64 as f32, 1e-45f64 as f32, 1.00000005960464477539f64 as f32, -1e-320f64 as f32];
    f16: [u16;8] = [(1.1f16+2.2f16).to_bits(), (1.0f16/3.0).to_bits(), 65504.0f16.to_bits(), (70000.0f32 as f16).to_bits(), (1e-7f32 as f16).to_bits(), (2049u32 as f16).to_bits(), (0.1f64 as f16).to_bits(), (5.5f16%2.0).to_bits()];
    f128: [u128;8] = [(1.1f128+2.2f128).to_bits(), (1.0f128/3.0).to_bits(), (u128::MAX as f128).to_bits(), (0.1f64 as f128).to_bits(), (1.5f128*1e4000f128).to_bits(), (1.0f128 % 0.3).to_bits(), f128::MAX.to_bits(), (i64::MIN as f128).to_bits()];
    f128b: (f64,u64,bool) = ((1.0f128/3.0) as f64, 1e18f128 as u64, 1.0f128 < 2.0f128);
    str: &str = "hello";
    strsub: &str = { let s = "hello world"; let (a,b)=s.split_at(6); let _=a; b };
    bstr: &[u8] = b"abc\0def";
    cstr: &core::ffi::CStr = c"abc";
    cstr2: &core::ffi::CStr = match core::ffi::CStr::from_bytes_with_nul(b"abcd\0") { Ok(c)=>c, Err(_)=>panic!() };
    slice: &[u32] = &[1,2,3];
    subsl: &[u32] = { let s: &[u32] = &[1,2,3,4]; s.split_at(1).1 };
    arr2: [[u16;3];2] = [[1;3],[2;3]];
    rep: [u64;100] = [0xdeadbeef;100];
    optref: Option<&u8> = Some(&7);
    noneref: Option<&u8> = None;
    optnz: [Option<core::num::NonZeroU32>;2] = [core::num::NonZeroU32::new(5), core::num::NonZeroU32::new(0)];
    optbool: [Option<Option<bool>>;4] = [Some(Some(true)),Some(Some(false)),Some(None),None];
    optchar: [Option<char>;3] = [Some('x'), None, char::from_u32(0x1F600)];
    chars: [Result<u32,()>;3] = [Ok('9' as u32), match 'f'.to_digit(16) {Some(x)=>Ok(x),None=>Err(())}, Err(())];
    fnp: fn(u32)->u32 = addone;
    fnpg: fn(u16)->u16 = ident::<u16>;
    clos: fn(i32)->i32 = |x| x*2;
    dyn_value: &(dyn core::fmt::Debug + Sync) = &5u32;
    dyn2: &(dyn Tr + Sync) = &St{a:1,b:2};
    dynup: &(dyn Super + Sync) = { let d: &(dyn Tr + Sync) = &St{a:1,b:2}; d };
    dyncall: u32 = St{a:3,b:4}.m();
    struct_value: St = St{a:1,b:2};
    tup: (u8,u32,u16,[u8;3]) = (1,2,3,[4;3]);
    enum_value: [En;4] = [En::A, En::B(5), En::C{x:1,y:-2}, En::D("q")];
    enumd: [i64;3] = [E2::X as i64, E2::Y as i64, E2::Z as i64];
    e128: [u8;2] = [core::mem::size_of::<E2>() as u8, E2::Y as u8];
    disc: [bool;2] = [matches!(En::B(5), En::B(_)), matches!(En::A, En::B(_))];
    uni: Un = Un{f:1.5};
    uni2: u32 = unsafe{ Un{f:1.5}.i };
    transm: [u8;4] = unsafe{ core::mem::transmute(0x01020304u32) };
    transm2: &[u8;4] = unsafe{ core::mem::transmute(&0x01020304u32) };
    sizes: [usize;10] = [core::mem::size_of::<En>(), core::mem::align_of::<En>(), core::mem::size_of::<Option<Box<u8>>>(), core::mem::size_of_val(&[1u16;5]), core::mem::size_of::<&str>(), core::mem::size_of::<St>(), core::mem::align_of::<u128>(), core::mem::offset_of!(St,b), core::mem::size_of::<Option<Option<u8>>>(), core::mem::size_of_val("abc")];
    needs: [bool;4] = [core::mem::needs_drop::<u8>(), core::mem::needs_drop::<String>(), core::mem::needs_drop::<[Vec<u8>;0]>(), core::mem::needs_drop::<Option<Box<u8>>>()];
    vec: Vec<u32> = Vec::new();
    string: String = String::new();
    cell: usize = { let c = core::cell::Cell::new(5usize); c.replace(7) + c.get() };
    loop_value: u64 = { let mut i=0u64; let mut s=0; while i<1000 { s+=i*i; i+=1; } s };
    sieve: [bool;200] = sieve();
    fib: [u128;180] = fib();
    crc: [u32;256] = crc();
    ptrs: *const u32 = &raw const STAT;
    ptro: *const u8 = unsafe { (&raw const ARRS as *const u8).add(3) };
    ptrw: *const [u8] = &raw const ARRS as *const [u8];
    ptrd: isize = unsafe { let a: &[u32;5]=&[1,2,3,4,5]; let p=a.as_ptr(); p.add(4).offset_from(p) };
    nullp: *const u8 = core::ptr::null();
    dangl: core::ptr::NonNull<u64> = core::ptr::NonNull::dangling();
    statref: &u32 = &STAT;
    linked: Node = Node{v:1,next:Some(&Node{v:2,next:Some(&Node{v:3,next:None})})};
    assoc: [usize;3] = [<u8 as HasC>::C, <Vec<u8> as HasC>::C, <[u8;7] as HasC>::C];
    gen_value: [usize;2] = [gen_size::<u32>(), gen_size::<[u64;9]>()];
    tid: [core::any::TypeId;2] = [core::any::TypeId::of::<u32>(), core::any::TypeId::of::<Vec<&str>>()];
    tnc1: &str = tn_of(&|x: u8| x);
    tnc2: &str = tn_of(&addone);
    tnc3: &str = tn_of(&ident::<u8>);
    tnc4: &str = tn_of(&<St as Tr>::m);
    tnc5: &str = tn_of(&St::inh);
    tnc6: &str = tn_of(&<u8 as HasC>::f);
    tnc7: &str = tn_of(&Some::<u8>);
    tnc8: &str = St::closure_name();
    tnc10: &str = tn_of(&Vec::<u8>::push);
    tnc11: &str = tn_of(&<str as ToString>::to_string);
    tnc12: &str = tn_of(&u8::wrapping_add);
    tnc13: &str = tn_of(&<[u8]>::len);
    tnc14: &str = tn_of(&inner::impled);
    tnc15: &str = tn_of(&<inner::Deep<u8> as HasC>::f);
    loc: (u32,u32,&str) = { let l = core::panic::Location::caller(); (l.line(), l.column(), l.file()) };
    loc2: &core::panic::Location = tracked();
    loc3: &core::panic::Location = untracked();
    heaplike: [u32;3] = { let mut a=[1,2,3]; let b=&mut a; b[1]=7; let c=&mut b[2]; *c=9; *b };
    swapm: (u8,u8) = { let mut a=1; let mut b=2; core::mem::swap(&mut a,&mut b); (a, core::mem::replace(&mut b, 5)+b) };
    mun: [core::mem::MaybeUninit<u8>;4] = [core::mem::MaybeUninit::uninit(), core::mem::MaybeUninit::new(1), core::mem::MaybeUninit::zeroed(), core::mem::MaybeUninit::uninit()];
    munref: &[core::mem::MaybeUninit<&u8>;2] = &[core::mem::MaybeUninit::uninit(), core::mem::MaybeUninit::new(&3)];
    atom: [u32;1] = [core::sync::atomic::AtomicU32::new(5).into_inner()];
    dur: core::time::Duration = core::time::Duration::from_millis(1500).saturating_mul(3);
    dur2: Option<core::time::Duration> = core::time::Duration::from_secs(1).checked_sub(core::time::Duration::from_secs(2));
    ipv6: core::net::Ipv6Addr = core::net::Ipv6Addr::new(1,2,3,4,5,6,7,8);
    ipv4: (core::net::Ipv4Addr,bool) = (core::net::Ipv4Addr::LOCALHOST, core::net::Ipv4Addr::LOCALHOST.is_loopback());
    layout: core::alloc::Layout = core::alloc::Layout::new::<En>();
    layout2: Option<core::alloc::Layout> = match core::alloc::Layout::from_size_align(10,4) { Ok(l)=>Some(l.pad_to_align()), Err(_)=>None };
    utf: [Option<usize>;2] = [match core::str::from_utf8(b"h\xc3\xa9") {Ok(s)=>Some(s.len()),Err(_)=>None}, match core::str::from_utf8(b"\xff") {Ok(_)=>None,Err(e)=>Some(e.valid_up_to())}];
    enc: [u8;4] = { let mut b=[0u8;4]; 'é'.encode_utf8(&mut b); b };
    ascii: (bool,bool,&[u8]) = ("ABC".is_ascii(), "aBc".eq_ignore_ascii_case("AbC"), "  x ".as_bytes().trim_ascii());
    pack: Pk = Pk{a:1,b:0x0102030405060708,c:3};
    packr: u64 = { let p=Pk{a:1,b:77,c:3}; p.b };
    aligned: Al = Al(5);
    zst: () = ();
    phant: core::marker::PhantomData<u8> = core::marker::PhantomData;
    nestopt: Option<En> = Some(En::A);
    niche3: [Option<Result<bool,Option<core::cmp::Ordering>>>;5] = [None,Some(Ok(true)),Some(Err(None)),Some(Err(Some(core::cmp::Ordering::Less))),Some(Ok(false))];
    staticmut: &core::sync::atomic::AtomicU32 = &ATOM_S;
    arrmap: [u16;3] = { let a=[1u8,2,3]; let mut o=[0u16;3]; let mut i=0; while i<a.len() { o[i]=a[i] as u16*257; i+=1; } o };
    copywithin: [u8;6] = { let mut a=[1,2,3,4,5,6]; let (x,y)=a.split_at_mut(3); x.copy_from_slice(y); x[0]=9; a };
    ptrcopy: [u8;4] = { let s=[1u8,2,3,4]; let mut d=[0u8;4]; unsafe { core::ptr::copy_nonoverlapping(s.as_ptr(), d.as_mut_ptr().add(1), 3); core::ptr::write_bytes(d.as_mut_ptr(), 0xaa, 1); } d };
    ptrfrag: [&u8;2] = unsafe { let a: [&u8;2]=[&1,&2]; let mut b: core::mem::MaybeUninit<[&u8;2]>=core::mem::MaybeUninit::uninit(); let mut i=0; while i<16 { *(b.as_mut_ptr() as *mut core::mem::MaybeUninit<u8>).add(i) = *(&raw const a as *const core::mem::MaybeUninit<u8>).add(i); i+=1; } b.assume_init() };
    eqs: [bool;3] = [const_eq(b"abc",b"abc"), const_eq(b"abc",b"abd"), "abc".as_bytes().len()==3];
    inlinec: usize = const { core::mem::size_of::<St>() * 2 };
    drops: u32 = { let d=Dr; let x=5; core::mem::forget(d); x };
    statinit: &[&str] = &["a","bb","ccc"];
    simd: core::arch::x86_64::__m128i = unsafe { core::mem::transmute([1u32,2,3,4]) };
    hex: [u8;2] = [hexd(b'7'), hexd(b'e')];
    umin: [u8;2] = [<u8 as MaxV>::V, <i8 as MaxV>::V as u8];
    rangei: core::ops::RangeInclusive<u8> = 1..=5;
    fmtargs: &str = match format_args!("plain {{}}").as_str() { Some(s)=>s, None=>"none" };
    once: std::sync::Mutex<u32> = std::sync::Mutex::new(4);
    rcell: std::cell::RefCell<u8> = std::cell::RefCell::new(4);
    waker: &core::task::Waker = core::task::Waker::noop();
    guaranteed: [bool;2] = [core::ptr::null::<u8>().is_null(), unsafe{ core::ptr::NonNull::from(&5u8).as_ptr().is_null() }];
    consttraitdef: Opts = Opts{ name: "n", f: Some(addone), v: &[Opt2::A, Opt2::B(&[1,2])] };
    bigm: u128 = u64::MAX.carrying_mul(u64::MAX, 5).1 as u128;
    widm: (u64,u64) = u64::MAX.widening_mul(12345);
    midp: [i32;2] = [i32::MAX.midpoint(1), (-5i32).midpoint(6)];
    unsadd: [u8;2] = [unsafe{5u8.unchecked_add(6)}, 200u8.abs_diff(3)];
    exact: Option<u32> = 12u32.checked_next_multiple_of(5);
}

/// core::any::type_name.
pub mod type_names {
    use super::*;
    pairs! {
        name0: &str = core::any::type_name::<u32>();
        name1: &str = core::any::type_name::<Vec<i32>>();
        name2: &str = core::any::type_name::<&str>();
        name3: &str = core::any::type_name::<fn(i32)->i32>();
        name4: &str = core::any::type_name::<dyn core::fmt::Debug>();
        name5: &str = core::any::type_name::<Option<&[u8;4]>>();
        name6: &str = core::any::type_name::<En>();
        name7: &str = core::any::type_name::<St>();
        name8: &str = core::any::type_name::<HashMap<String,Vec<u8>>>();
        name9: &str = core::any::type_name::<(u8,)>();
        name10: &str = core::any::type_name::<()>();
        name11: &str = core::any::type_name::<!>();
        name12: &str = core::any::type_name::<[u8;3]>();
        name13: &str = core::any::type_name::<*mut u8>();
        name14: &str = core::any::type_name::<&mut [u16]>();
        name15: &str = core::any::type_name::<dyn Tr + Send>();
        name16: &str = core::any::type_name::<dyn Fn(i32)->i32>();
        name17: &str = core::any::type_name::<Box<dyn FnMut(&u8)->bool + Send>>();
        name18: &str = core::any::type_name::<dyn Iterator<Item=u8>>();
        name19: &str = core::any::type_name::<extern "C" fn(u8)>();
        name20: &str = core::any::type_name::<unsafe fn()>();
        name21: &str = core::any::type_name::<for<'a> fn(&'a u8)->&'a u8>();
        name22: &str = core::any::type_name::<core::slice::Iter<'static,u8>>();
        name23: &str = core::any::type_name::<Wrapper<3,'x'>>();
        name24: &str = core::any::type_name::<Wrapper<255,'\n'>>();
        name25: &str = core::any::type_name::<std::collections::BTreeMap<u8,u8>>();
        name26: &str = core::any::type_name::<core::num::NonZeroU8>();
        name27: &str = core::any::type_name::<core::ops::Range<usize>>();
        name28: &str = core::any::type_name::<dyn Sub2>();
        name29: &str = core::any::type_name::<std::rc::Rc<str>>();
        name30: &str = core::any::type_name::<Phantom<'static, u8>>();
        name31: &str = core::any::type_name::<<Vec<u8> as IntoIterator>::IntoIter>();
        name32: &str = core::any::type_name::<dyn for<'a> Gt<&'a u8>>();
        name33: &str = core::any::type_name::<Result<(),Box<dyn std::error::Error + Send + Sync>>>();
        name34: &str = core::any::type_name::<fn(&u8, &mut [u8])>();
        name35: &str = core::any::type_name::<dyn Any2<u8>>();
        name36: &str = core::any::type_name::<dyn Any2>();
        name37: &str = core::any::type_name::<inner::Deep<inner::En3>>();
        name38: &str = core::any::type_name::<Bt<true>>();
        name39: &str = core::any::type_name::<Bi<-5>>();
        name40: &str = core::any::type_name::<Bi<{i8::MIN}>>();
    }
}

/// Const parameters of all kinds, in types and as values.
pub mod const_params {
    use super::*;
    use std::marker::ConstParamTy;

    #[derive(PartialEq, Eq, ConstParamTy, Clone, Copy)]
    pub struct Point {
        pub x: u8,
        pub y: i32,
    }

    #[derive(PartialEq, Eq, ConstParamTy, Clone, Copy)]
    pub enum Shape {
        Dot,
        Circle(u16),
        Rect { w: u8, h: u8 },
    }

    pub struct OfPoint<const P: Point>;
    pub struct OfShape<const S: Shape>;
    pub struct OfStr<const S: &'static str>;
    pub struct OfBytes<const S: &'static [u8]>;
    pub struct OfTuple<const T: (bool, char)>;
    pub struct OfArray<const A: [u16; 3]>;

    pub trait Value {
        const VALUE: u64;
    }
    impl<const P: Point> Value for OfPoint<P> {
        const VALUE: u64 = P.x as u64 + P.y as u64;
    }
    impl<const S: Shape> Value for OfShape<S> {
        const VALUE: u64 = match S {
            Shape::Dot => 1,
            Shape::Circle(r) => r as u64,
            Shape::Rect { w, h } => w as u64 * h as u64,
        };
    }
    impl<const S: &'static str> Value for OfStr<S> {
        const VALUE: u64 = S.len() as u64 * 1000 + S.as_bytes()[1] as u64;
    }
    impl<const S: &'static [u8]> Value for OfBytes<S> {
        const VALUE: u64 = S.len() as u64 * 1000 + S[0] as u64;
    }
    impl<const T: (bool, char)> Value for OfTuple<T> {
        const VALUE: u64 = T.0 as u64 + T.1 as u64;
    }
    impl<const A: [u16; 3]> Value for OfArray<A> {
        const VALUE: u64 = A[0] as u64 * A[2] as u64;
    }

    pub struct Zero;
    pub struct Next<T>(T);
    impl Value for Zero {
        const VALUE: u64 = 0;
    }
    /// As deep as the chain of types is long.
    impl<T: Value> Value for Next<T> {
        const VALUE: u64 = T::VALUE + 1;
    }
    type N4<T> = Next<Next<Next<Next<T>>>>;
    type N16<T> = N4<N4<N4<N4<T>>>>;
    type N64<T> = N16<N16<N16<N16<T>>>>;

    pairs! {
        point: u64 = OfPoint::<{ Point { x: 3, y: 4 } }>::VALUE;
        dot: u64 = OfShape::<{ Shape::Dot }>::VALUE;
        circle: u64 = OfShape::<{ Shape::Circle(500) }>::VALUE;
        rect: u64 = OfShape::<{ Shape::Rect { w: 6, h: 7 } }>::VALUE;
        text: u64 = OfStr::<"h\u{e9}llo">::VALUE;
        bytes: u64 = OfBytes::<b"abc">::VALUE;
        tuple: u64 = OfTuple::<{ (true, 'x') }>::VALUE;
        array: u64 = OfArray::<{ [1, 2, 3] }>::VALUE;
        deep: u64 = <N64<N16<Zero>> as Value>::VALUE;
        point_name: &str = core::any::type_name::<OfPoint<{ Point { x: 3, y: -4 } }>>();
        shape_names: [&str; 3] =
            [core::any::type_name::<OfShape<{ Shape::Dot }>>(), core::any::type_name::<OfShape<{ Shape::Circle(500) }>>(), core::any::type_name::<OfShape<{ Shape::Rect { w: 6, h: 7 } }>>()];
        text_name: &str = core::any::type_name::<OfStr<"q\"uote">>();
        bytes_name: &str = core::any::type_name::<OfBytes<b"a\x01">>();
        tuple_name: &str = core::any::type_name::<OfTuple<{ (false, '\'') }>>();
        array_name: &str = core::any::type_name::<OfArray<{ [1, 65535, 3] }>>();
    }
}
