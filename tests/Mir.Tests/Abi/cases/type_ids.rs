//! Types whose ids a program prints: by alias, or as the return type of a function.
#![feature(never_type, extern_types, coroutines, coroutine_trait, unsized_const_params, adt_const_params, default_field_values, pattern_types, pattern_type_macro, unsafe_binders, negative_impls, auto_traits, min_specialization)]
#![allow(incomplete_features, internal_features, dead_code)]
use std::any::TypeId;
use std::collections::*;
use std::marker::PhantomData;

pub struct Unit;
pub struct Tuple(pub u8, u16, pub(crate) u32);
pub struct Named { pub a: u8, b: inner::Private }
mod inner {
    pub struct Private { pub(super) x: u8, pub(in crate::inner) y: u8, pub(self) z: u8 }
    pub mod deep { pub enum E { A, B(u8), C { x: u8 } } }
}
#[non_exhaustive] pub struct NonExhaustive { pub a: u8 }
#[non_exhaustive] pub enum NonExhaustiveEnum { A, #[non_exhaustive] B(u8), C {} }
pub enum Discr { A = 5, B, C = 10, D }
#[repr(u8)] pub enum ReprU8 { A = 5, B(u16) }
#[repr(C, align(16))] pub struct ReprC { a: u8 }
#[repr(C, packed(2))] pub struct Packed { a: u32 }
#[repr(transparent)] pub struct Transparent(u8, ());
#[repr(isize)] pub enum ReprIsize { A }
pub union Union { a: u8, b: u16 }
pub struct Generic<'a, T: ?Sized, const N: usize, U = u8>(&'a U, PhantomData<T>);
pub struct ConstBool<const B: bool>;
pub struct ConstChar<const C: char>;
pub struct ConstI<const C: i128>;
#[derive(PartialEq, Eq, std::marker::ConstParamTy)] pub struct Key { a: u8, b: (bool, [u8; 2]) }
pub struct ConstAdt<const K: Key>;
pub struct ConstStr<const S: &'static str>;
pub struct Defaults { a: u8 = 3, b: u16 = { 1 + 1 } }
pub struct UnsafeField { a: u8 }
pub trait Object<T> { type A; type B; fn f(&self, t: T) -> Self::A; }
pub auto trait Auto {}
unsafe extern "C" { pub type Opaque; }
pub trait Assoc { type X; }
impl Assoc for u8 { type X = Vec<String>; }
pub struct FnItem;
impl FnItem { pub fn method<T>(_: T) {} }
pub fn function<'a, T>(_: &'a T) -> &'a T { loop {} }

macro_rules! ids {
    (types { $($name:ident = $t:ty;)* } values { $($fname:ident -> $r:ty { $e:expr })* }) => {
        $(pub type $name = $t;)*
        $(pub fn $fname() -> $r { $e })*
        fn id_of<T: 'static>(_: fn() -> T) -> TypeId { TypeId::of::<T>() }
        pub fn ids() -> Vec<(&'static str, TypeId)> {
            vec![$((stringify!($name), TypeId::of::<$t>()),)* $((stringify!($fname), id_of($fname)),)*]
        }
    };
}

ids! {
    types {
        T1 = u8; T2 = (u8, i128, [char; 3]); T3 = &'static str; T4 = Box<dyn Fn(&u8) -> &u8 + Send>; T5 = fn(&u8, &u16) -> u8; T6 = unsafe extern "C" fn(*mut u8, ...);
        T7 = Vec<String>; T8 = Option<u8>; T9 = Result<u8, std::io::Error>; T10 = HashMap<String, Vec<u8>>; T11 = BTreeMap<u8, ()>; T12 = std::rc::Rc<str>; T13 = std::sync::Arc<std::sync::Mutex<u8>>;
        T14 = std::num::NonZero<u8>; T15 = std::time::Duration; T16 = std::cell::RefCell<u8>; T17 = std::cmp::Ordering; T18 = std::sync::atomic::Ordering; T19 = std::borrow::Cow<'static, str>; T20 = !;
        T21 = Unit; T22 = Tuple; T23 = Named; T24 = inner::Private; T25 = inner::deep::E; T26 = NonExhaustive; T27 = NonExhaustiveEnum; T28 = Discr; T29 = ReprU8; T30 = ReprC;
        T31 = Packed; T32 = Transparent; T33 = ReprIsize; T34 = Union; T35 = Generic<'static, str, 7>; T36 = Generic<'static, [u8], 0, Unit>; T37 = ConstBool<true>; T38 = ConstChar<'x'>; T39 = ConstI<-5>;
        T40 = ConstAdt<{ Key { a: 1, b: (true, [1, 2]) } }>; T41 = ConstStr<"abc">; T42 = Defaults; T43 = dyn Object<u8, A = u16, B = u32>; T44 = dyn Object<u8, A = (), B = ()> + Send + Sync; T45 = dyn Send + Auto;
        T46 = *const Opaque; T47 = <u8 as Assoc>::X; T48 = [<u8 as Assoc>::X; 4]; T49 = dyn for<'a> Object<&'a u8, A = u8, B = u8>; T50 = dyn Iterator<Item = Box<dyn std::error::Error + Send + Sync>>;
        T51 = for<'a> fn(&'a dyn for<'b> Fn(&'a u8, &'b u8)); T52 = std::pin::Pin<Box<dyn std::future::Future<Output = ()> + Send>>; T53 = std::any::TypeId; T54 = core::panic::Location<'static>; T55 = alloc_crate::Layout;
        T56 = std::pat::pattern_type!(u32 is 1..); T57 = for<'a> fn(Generic<'a, dyn Fn(&'a u8), 3, &'a u8>); T58 = [[u8; 2]]; T60 = std::mem::MaybeUninit<u8>; T61 = std::mem::ManuallyDrop<String>;
        T62 = dyn std::error::Error; T63 = dyn std::any::Any + Send; T64 = std::ops::Range<usize>; T65 = std::fmt::Arguments<'static>; T66 = std::thread::Thread; T67 = std::path::PathBuf; T68 = std::net::IpAddr;
    }
    values {
        closure -> impl Fn(u8) -> u8 { |x| x }
        closure_env -> impl FnMut() -> usize { { let v = vec![1]; let mut n = 0; move || { n += 1; v.len() + n } } }
        fn_item -> impl Fn(&'static u8) -> &'static u8 { function::<u8> }
        method_item -> impl Fn(String) { FnItem::method::<String> }
        constructor -> impl Fn(u8) -> Option<u8> { Some }
        iter -> impl Iterator<Item = u8> { (0..3u8).map(|x| x + 1).filter(|x| *x > 1) }
        future -> impl std::future::Future<Output = u8> { async { std::future::ready(()).await; 3 } }
        coroutine -> impl std::ops::Coroutine<(), Yield = u8, Return = ()> { #[coroutine] || { yield 1; } }
        async_closure -> impl AsyncFn() -> u8 { async || 3 }
    }
}
mod alloc_crate { pub use std::alloc::Layout; }
