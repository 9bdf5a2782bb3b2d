//! Functions: calling conventions, closures, coroutines, receivers, caller locations.
#![cfg_attr(oracle, feature(rustc_attrs))]
#![feature(never_type, c_variadic, coroutines, coroutine_trait, gen_blocks, rust_cold_cc, abi_unadjusted, async_closure, rustc_attrs, abi_x86_interrupt, abi_vectorcall, rust_preserve_none_cc)]
#![allow(internal_features, incomplete_features, improper_ctypes_definitions, improper_ctypes, dead_code)]

use std::cell::Cell;
use std::future::Future;
use std::marker::PhantomPinned;

#[derive(Clone, Copy)] #[repr(C)] pub struct Pt { x: f32, y: f32 }
#[derive(Clone, Copy)] #[repr(C)] pub struct Pt3 { x: f32, y: f32, z: f32 }
#[derive(Clone, Copy)] #[repr(C)] pub struct Mixed { x: f64, n: u32 }
#[derive(Clone, Copy)] #[repr(C)] pub struct Mixed2 { n: u32, f: f32, g: f64 }
#[derive(Clone, Copy)] #[repr(C)] pub struct Small { a: u8, b: u16 }
#[derive(Clone, Copy)] #[repr(C)] pub struct Big { a: u64, b: u64, c: u64 }
#[derive(Clone, Copy)] #[repr(C)] pub struct Two { a: u64, b: u64 }
#[derive(Clone, Copy)] #[repr(C, packed)] pub struct Pk { a: u8, b: u32 }
#[derive(Clone, Copy)] #[repr(C)] pub struct Empty {}
#[derive(Clone, Copy)] #[repr(C)] pub union Un { f: f32, n: u64 }
#[derive(Clone, Copy)] #[repr(C)] pub union Un2 { f: f64, g: f32 }
#[derive(Clone, Copy)] #[repr(C)] pub enum En { A(u8), B(f64) }
#[derive(Clone, Copy)] #[repr(u8)] pub enum Fl { A, B }
#[derive(Clone, Copy)] #[repr(C)] pub struct Arr { a: [f32; 4] }
#[derive(Clone, Copy)] #[repr(C)] pub struct Vecs { v: std::arch::x86_64::__m128, w: std::arch::x86_64::__m128 }
#[derive(Clone, Copy)] #[repr(transparent)] pub struct Wrap(Pt);
#[derive(Clone, Copy)] #[repr(C, align(16))] pub struct Al { a: u8 }

macro_rules! c_abi {
    ($($name:ident($($t:ty),* $(,)?) -> $r:ty;)*) => { $(
        #[cfg_attr(oracle, rustc_abi(debug))]
        pub type $name = extern "C" fn($($t),*) -> $r;
    )* };
}

c_abi! {
    CInts(u8, i8, u16, i16, u32, i32, u64, bool, char) -> u8;
    CFloats(f32, f64, f32, f64, f32, f64, f32, f64, f32, Pt, Mixed) -> f32;
    CPt(Pt, Pt3, Mixed, Mixed2, Small, Big, Two, Pk) -> Pt;
    CPt3(Empty, (), Un, Un2, En, Fl, Arr, Vecs, Wrap, Al) -> Pt3;
    CBig(u64, u64, Two, Two, Two, u32, Small, Small) -> Big;
    CTwo(Two, Two, Two, Two) -> Two;
    CMixed(&u8, *const u8, &mut u8, Option<&u8>, Option<fn()>, Box<u8>, &Cell<u8>) -> Mixed;
    CMixed2(u128, i128, Two, u128) -> Mixed2;
    CSmall(std::arch::x86_64::__m128, std::arch::x86_64::__m256, std::arch::x86_64::__m512) -> Small;
    CRust((u8, u16), String, Option<u64>, [u8; 3], &str, Option<u8>, &[u8]) -> (u32, u32);
    CRet1(()) -> Un;
    CRet2(()) -> Vecs;
    CRet3(()) -> Arr;
    CRet4(()) -> std::arch::x86_64::__m256;
    CRet5(()) -> u128;
    CRet6(()) -> Pk;
    CRet7(()) -> En;
    CRet8(()) -> bool;
    CRet9(()) -> !;
    CRet10(()) -> Al;
    CRet11(()) -> Option<Box<u8>>;
    CRet12(()) -> i16;
}

#[cfg_attr(oracle, rustc_abi(debug))] pub type SysV = extern "sysv64" fn(Pt, u8) -> Big;
#[cfg_attr(oracle, rustc_abi(debug))] pub type System = extern "system" fn(Pt, u8) -> Big;
#[cfg_attr(oracle, rustc_abi(debug))] pub type Win1 = extern "win64" fn(Pt, u8, Big, Small, Empty, (), f32, u128, f64, &u8, bool, Vecs, i16) -> Big;
#[cfg_attr(oracle, rustc_abi(debug))] pub type Win2 = extern "win64" fn(std::arch::x86_64::__m128, Two, (u8, u16), Option<u8>, &str, Al, Pk) -> i128;
#[cfg_attr(oracle, rustc_abi(debug))] pub type Win3 = extern "win64" fn() -> Small;
#[cfg_attr(oracle, rustc_abi(debug))] pub type Efi = extern "efiapi" fn(Pt, u8, Big) -> Big;
#[cfg_attr(oracle, rustc_abi(debug))] pub type Vector = extern "vectorcall" fn(Pt, u8, Big, std::arch::x86_64::__m128) -> Pt3;
#[cfg_attr(oracle, rustc_abi(debug))] pub type PreserveNone = extern "rust-preserve-none" fn(Pt, u8) -> Big;
#[cfg_attr(oracle, rustc_abi(debug))] pub type Interrupt = extern "x86-interrupt" fn(Big, u64);
#[cfg_attr(oracle, rustc_abi(debug))] pub type Cdecl = unsafe extern "cdecl-unwind" fn(Pt, i8) -> u8;
#[cfg_attr(oracle, rustc_abi(debug))] pub type Unwinding = extern "C-unwind" fn(Pt, u8) -> Big;
#[cfg_attr(oracle, rustc_abi(debug))] pub type Cold = extern "rust-cold" fn(Pt, u8) -> Big;
#[cfg_attr(oracle, rustc_abi(debug))] pub type Variadic = unsafe extern "C" fn(*const u8, ...) -> i32;
#[cfg_attr(oracle, rustc_abi(debug))] pub type Bound = for<'a> fn(&'a u8, &'a mut u8) -> &'a u8;
#[cfg_attr(oracle, rustc_abi(debug))] pub type Unit = fn();
#[cfg_attr(oracle, rustc_abi(debug))] pub type Pinned = fn(&mut PhantomPinned, &PhantomPinned, &mut (u8, PhantomPinned), Box<PhantomPinned>, std::pin::Pin<&mut PhantomPinned>, &mut &mut PhantomPinned);
#[cfg_attr(oracle, rustc_abi(debug))] pub type Dangling = fn(std::mem::ManuallyDrop<Box<u8>>, std::mem::MaybeUninit<Box<u8>>, std::mem::ManuallyDrop<&u8>);

unsafe extern "C" {
    #[cfg_attr(oracle, rustc_abi(debug))] pub fn foreign(a: Pt, b: u8, ...) -> Big;
}

#[cfg_attr(oracle, rustc_abi(debug))] #[track_caller] pub fn tracked(_: u8) { loop {} }
#[cfg_attr(oracle, rustc_abi(debug))] pub extern "C" fn exported(_: Small, _: &u8) -> Two { loop {} }
#[cfg_attr(oracle, rustc_abi(debug))] pub fn closure(x: u8, s: String) -> impl Fn(u8) -> u8 { move |y| x + y + s.len() as u8 }
#[cfg_attr(oracle, rustc_abi(debug))] pub fn closure_mut(x: u8) -> impl FnMut(u32) -> u32 { let mut v = vec![x]; move |y| { v.push(0); y } }
#[cfg_attr(oracle, rustc_abi(debug))] pub fn closure_ref<'a>(x: &'a bool, y: &'a mut u32) -> impl FnMut() + 'a { move || { if *x { *y += 1 } } }
#[cfg_attr(oracle, rustc_abi(debug))] pub fn iter(v: Vec<u8>) -> impl Iterator<Item = String> { v.into_iter().map(|x| x.to_string()).filter(|s| s.len() > 1) }
#[cfg_attr(oracle, rustc_abi(debug))] pub fn dyn_box(x: u32) -> Box<dyn Fn() -> u32> { Box::new(move || x) }

async fn leaf(x: u32) -> String { yield_now().await; x.to_string() }
async fn yield_now() { std::future::pending::<()>().await }
#[cfg_attr(oracle, rustc_abi(debug))] pub fn async_empty() -> impl Future<Output = ()> { async {} }
#[cfg_attr(oracle, rustc_abi(debug))] pub fn async_leaf(x: u32) -> impl Future<Output = String> { leaf(x) }
#[cfg_attr(oracle, rustc_abi(debug))] pub async fn async_two(a: String, b: &[u8]) -> usize {
    let x = leaf(1).await;
    let y = { let t = [b.len() as u8; 100]; yield_now().await; t[0] };
    { let t = [b.len() as u16; 30]; yield_now().await; t[0] };
    x.len() + y as usize + a.len()
}
#[cfg_attr(oracle, rustc_abi(debug))] pub async fn async_loop(n: u8) -> u8 {
    let mut total = 0;
    for i in 0..n { let s = leaf(i as u32).await; total += s.len() as u8; if total > 3 { async_leaf(7).await; } }
    total
}
#[cfg_attr(oracle, rustc_abi(debug))] pub async fn async_match(n: Option<u8>) -> u8 {
    match n { Some(x) => { let v = vec![x]; yield_now().await; v[0] } None => { let c = Cell::new(1u64); yield_now().await; c.get() as u8 } }
}
#[cfg_attr(oracle, rustc_abi(debug))] pub async fn async_ref(n: &mut u64, d: &dyn Fn()) -> u64 { d(); yield_now().await; *n += 1; let m = &mut *n; yield_now().await; *m }
#[cfg_attr(oracle, rustc_abi(debug))] pub fn generator() -> impl std::ops::Coroutine<u8, Yield = u16, Return = u32> { #[coroutine] |a: u8| { let b = yield a as u16; let c = yield b as u16; (a + b + c) as u32 } }
#[cfg_attr(oracle, rustc_abi(debug))] pub fn gen_iter() -> impl Iterator<Item = u8> { gen { for i in 0..3u8 { yield i; } } }
#[cfg_attr(oracle, rustc_abi(debug))] pub fn async_closure(s: String) -> impl AsyncFn(u8) -> usize { async move |x| { yield_now().await; s.len() + x as usize } }

pub struct Ty(u8, u64);
impl Ty {
    #[cfg_attr(oracle, rustc_abi(debug))] pub fn by_value(self, _: bool) -> Ty { loop {} }
    #[cfg_attr(oracle, rustc_abi(debug))] pub fn by_ref(&self) -> &u8 { loop {} }
    #[cfg_attr(oracle, rustc_abi(debug))] pub fn by_mut(&mut self, _: Option<&mut u8>) -> Option<&mut u8> { loop {} }
    #[cfg_attr(oracle, rustc_abi(debug))] pub fn by_box(self: Box<Self>) -> Result<Box<Self>, String> { loop {} }
}
impl Drop for Ty {
    #[cfg_attr(oracle, rustc_abi(debug))] fn drop(&mut self) {}
}
