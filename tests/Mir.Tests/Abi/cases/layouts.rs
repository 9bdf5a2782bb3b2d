//! Types of our own that exercise one rule of layout each.
#![cfg_attr(oracle, feature(rustc_attrs))]
#![feature(never_type, repr_simd, extern_types, trait_alias, negative_impls, unsized_fn_params, pattern_types, pattern_type_macro, unsafe_pinned, transparent_unions)]
#![allow(internal_features, incomplete_features, dead_code)]

use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};

macro_rules! abi {
    ($($name:ident($($t:ty),* $(,)?);)*) => { $(
        #[cfg_attr(oracle, rustc_abi(debug))]
        pub type $name = fn($($t),*);
    )* };
}

// structs: order by alignment groups and niches
pub struct S1 { a: u8, b: u32, c: u8, d: u16 }
pub struct S2 { a: bool, b: [u8; 16] }
pub struct S3 { a: u8, b: [u8; 16] }
pub struct S4 { a: (u8, u8, u8, bool), b: (u8, bool, u8) }
pub struct S5 { a: u64, b: &'static u8, c: u8, d: bool }
pub struct S6<T: ?Sized> { a: u8, b: u64, t: T }
pub struct S7<T> { a: u8, b: u64, t: T }
pub struct S8 { a: [u8; 6], b: u16, c: char, d: Option<u8> }
pub struct S9(u8, (), [u64; 0], u8);
pub struct S10 { a: f32, b: f64, c: &'static str, d: u8, e: bool }
pub struct S11 { a: !, b: u32 }
#[repr(C)] pub struct C1 { a: u8, b: u32, c: u8 }
#[repr(C)] pub struct C2 { a: u32 }
#[repr(C)] pub struct C3 { a: &'static u8, b: u8 }
#[repr(C)] pub struct C4 { a: (), b: u32, c: [u64; 0] }
#[repr(C, packed)] pub struct P1 { a: u8, b: u32, c: u16 }
#[repr(packed)] pub struct P2 { a: u8, b: u32, c: bool }
#[repr(packed(2))] pub struct P3 { a: u8, b: u32, c: u64, d: &'static u8 }
#[repr(packed)] pub struct P4 { a: u64 }
#[repr(align(16))] pub struct A1 { a: u8 }
#[repr(align(16))] pub struct A2(u64, u64);
#[repr(C, align(8))] pub struct A3 { a: u8, b: A1, c: u8 }
#[repr(align(1))] pub struct A4(u32);
#[repr(transparent)] pub struct T1(u32, PhantomData<u64>);
#[repr(transparent)] pub struct T2((), A1);
#[repr(transparent)] pub struct T3(());
#[repr(C)] pub struct Zst1;
#[repr(align(64))] pub struct Zst2;
#[repr(simd)] pub struct V1([f32; 4]);
#[repr(simd)] pub struct V2([u16; 3]);
#[repr(simd, packed)] pub struct V3([u32; 3]);
#[repr(simd, packed)] pub struct V4([u32; 4]);
#[repr(simd)] pub struct V5([*const u8; 2]);
pub struct W1(V1);
#[repr(transparent)] pub struct W2(V1);
#[repr(C)] pub struct W3(V1);

abi! {
    Structs(S1, S2, S3, S4, S5, S8, S9, S10, S11);
    Generic(S6<u8>, S6<u64>, S6<[u8; 3]>, &S6<[u8]>, &S6<dyn Send>, S7<u8>, S7<u16>, S7<bool>, &S6<S6<str>>);
    ReprC(C1, C2, C3, C4, Zst1);
    Packed(P1, P2, P3, P4, Option<P2>);
    Aligned(A1, A2, A3, A4, Zst2, (A1, u8), Option<A1>, [A1; 2]);
    Transparent(T1, T2, T3);
    Vectors(V1, V2, V3, V4, V5, W1, W2, W3, Option<V1>, (V1, u8));
}

// enums
pub enum E0 {}
pub enum E1 { A }
pub enum E2 { A, B }
pub enum E3 { A = -1, B = 1 }
pub enum E4 { A = 255, B = 0 }
pub enum E5 { A = 128, B = -128 }
pub enum E6 { A = 256, B = 0 }
pub enum E7 { A = i32::MIN as isize, B = i32::MAX as isize }
pub enum E8 { A = 1 << 40, B = -(1 << 40) }
#[repr(u8)] pub enum E9 { A = 200, B = 3, C = 100 }
#[repr(i8)] pub enum E10 { A = -128, B = 127 }
#[repr(u64)] pub enum E11 { A = u64::MAX, B = 0 }
#[repr(i64)] pub enum E12 { A = i64::MIN, B = i64::MAX, C = 0 }
#[repr(C)] pub enum E13 { A, B, C }
#[repr(C)] pub enum E14 { A = -1, B = 0x7fffffff }
#[repr(isize)] pub enum E15 { A, B }
#[repr(u128)] pub enum E16 { A = u128::MAX, B = 0 }
#[repr(i128)] pub enum E17 { A = i128::MIN, B = 5 }
#[repr(u8)] pub enum E18 { A }
#[repr(align(8))] pub enum E19 { A, B(u8) }
#[repr(u16)] pub enum E20 { A(u8), B { x: u32, y: u8 }, C }
#[repr(C)] pub enum E21 { A(u8), B { x: u64, y: u8 }, C }
#[repr(C, u8)] pub enum E22 { A(u8, u16), B(u32), C(!) }
pub enum E23 { A(u8), B(u16), C(u32) }
pub enum E24 { A(u32), B(i32), C }
pub enum E25 { A(u64), B(&'static u8) }
pub enum E26 { A(usize), B(*const u8), C(fn()) }
pub enum E27 { A(f32), B(u32) }
pub enum E28 { A(&'static str), B, C, D }
pub enum E29 { A(bool, u64), B(u8), C(u32), D }
pub enum E30 { A(u64, bool), B(u32, u8), C }
pub enum E31 { A(u8, bool, u8), B(u8), C }
pub enum E32 { A([u8; 7], bool), B([u8; 3]), C([u16; 2]) }
pub enum E33 { A(String), B(u64), C(Vec<u8>) }
pub enum E34 { A(!, u32), B(u8) }
pub enum E35 { A(!, u32), B(!) }
pub enum E36 { A(!), B(u8, u8) }
pub enum E37 { A(E2), B(E2), C }
pub enum E38 { A(Option<Box<E38>>), B(u8, Option<Box<E38>>) }
pub enum E39 { A([u64; 0]), B(u8) }
pub enum E40 { A(A1), B(u8) }
pub enum E41 { A(MaybeUninit<u8>), B(u8) }
pub enum E42 { A(Cell<bool>), B }
pub enum E43 { A((u8, u16)), B(u32) }
pub enum E44 { A(char, u8), B(u8, u8), C(u16), D, E, F }
pub enum E45 { A(char), B(char), C }
pub enum E46 { A(u128), B(u8) }
pub enum E47 { A(u8, u128), B }
pub enum E48 { A { x: &'static u8, y: &'static u8 }, B { z: u32 }, C }
pub enum E49 { A(!), B(!) }
pub enum E50 { A((), !), B([u8; 2], !), C(u8) }
pub enum E51 { A(Option<bool>, Option<bool>), B(Option<Option<bool>>), C(u8), D(u16) }
pub enum E52 { A(Result<u8, u16>, u8), B(Result<u16, u8>), C }
pub enum E53 { A(&'static [u8], u8), B(&'static str), C(u8), D }
pub enum E54 { A(Zst2), B }
pub enum E55 { A, B(Zst1, ()), C(()) }

abi! {
    CLike(E0, E1, E2, E3, E4, E5, E6, E7, E8);
    CLikeOptions(Option<E0>, Option<E1>, Option<E2>, Option<E3>, Option<E4>, Option<E5>, Option<E6>, Option<E7>, Option<E8>);
    CLikeRepr(E9, E10, E11, E12, E13, E14, E15, E16, E17, E18, Option<E9>, Option<E10>, Option<E11>, Option<E12>, Option<E13>, Option<E14>, Option<E16>, Option<E17>);
    DataRepr(E19, E20, E21, E22, Option<E20>, Option<E21>, Option<E22>);
    Tagged(E23, E24, E25, E26, E27, E28, E29, E30, E31, E32, E33);
    TaggedOptions(Option<E23>, Option<E24>, Option<E25>, Option<E26>, Option<E28>, Option<E29>, Option<E30>, Option<E31>, Option<E32>, Option<E33>);
    Uninhabited(E34, E35, E36, E49, E50, Option<E34>, Option<E35>, Option<E49>, Result<E0, u8>, Result<u8, (u8, !)>);
    Niches(E37, E38, E39, E40, E41, E42, E43, E44, E45, E46, E47, E48, E51, E52, E53, E54, E55);
    NicheOptions(Option<E37>, Option<E38>, Option<E39>, Option<E40>, Option<E41>, Option<E42>, Option<E43>, Option<E44>, Option<E45>, Option<E46>, Option<E47>, Option<E48>, Option<E51>, Option<E52>, Option<E53>);
    Deep(Option<Option<E2>>, Option<Option<Option<E44>>>, Option<Option<&'static u8>>, Result<Option<bool>, Option<char>>, Option<(E2, E44)>, (Option<E2>, E44, Option<u8>));
}

// unions
pub union U1 { a: u8, b: u32 }
pub union U2 { a: u32, b: i32 }
pub union U3 { a: u32, b: u32, c: () }
pub union U4 { a: &'static u8, b: &'static u16 }
#[repr(C)] pub union U5 { a: u32 }
#[repr(C, packed)] pub union U6 { a: u32, b: u8 }
#[repr(align(8))] pub union U7 { a: u8 }
pub union U8 { a: ManuallyDrop<String>, b: () }
pub union U9 { a: (u8, u16), b: (u8, u16) }
pub union U10 { a: [u8; 5], b: u16 }
pub union U11 { a: V1Copy }
#[repr(simd)] #[derive(Clone, Copy)] pub struct V1Copy([f32; 4]);
#[repr(transparent)] pub union U12 { a: u16 }
#[repr(packed)] pub union U13 { a: u16 }
pub union U14 { a: bool, b: bool }
pub union U15 { a: f32, b: u32 }

abi! {
    Unions(U1, U2, U3, U4, U5, U6, U7, U8, U9, U10, U11, U12, U13, U14, U15, Option<U4>, Option<U14>);
}

// tails, pattern types, the unsized, cells
unsafe extern "C" { pub type Opaque; }
pub struct Tail<T: ?Sized + Tr>(u8, u64, T::X, T);
pub struct Tail2<T: Tr + ?Sized>(u8, bool, u64, T::X);
pub struct Tail3<T: Tr2 + ?Sized>(u8, bool, u64, T::X);
pub struct Tail4<T: Clone>(u8, bool, u64, T);
pub struct Tail5<T: ?Sized + Clone>(u8, bool, u64, T);
pub struct Tail6<T: ?Sized>(u8, bool, u64, (u8, T));
pub struct Tail7<T: ?Sized>(u8, bool, u64, S6<T>);
pub struct Tail8(u8, bool, u64, S6<u8>);
pub struct Tail9<T: ?Sized>(u8, bool, u64, PhantomData<T>);
pub trait Tr { type X; }
pub trait Tr2 { type X: ?Sized; }
impl Tr for u8 { type X = bool; }
impl Tr2 for u8 { type X = bool; }
impl Tr2 for u16 { type X = [u8]; }
pub struct Guard<'a, T: ?Sized> { r: &'a T, poison: bool }

abi! {
    Tails(Tail<u8>, Tail2<u8>, Tail3<u8>, &Tail3<u16>, Tail4<u16>, Tail5<u16>, Tail6<u16>, Tail6<bool>, Tail7<bool>, Tail8, Tail9<str>);
    Externs(&Opaque, *const Opaque, Option<&Opaque>);
    Cells(UnsafeCell<bool>, Cell<&'static u8>, Option<Cell<char>>, UnsafeCell<(bool, u64)>, Option<UnsafeCell<Option<bool>>>, std::pin::UnsafePinned<bool>, Option<std::pin::UnsafePinned<&'static u8>>);
    Guards(Guard<'static, u8>, Guard<'static, str>, Option<Guard<'static, u8>>, &mut Guard<'static, Cell<u8>>);
    Patterns(std::pat::pattern_type!(u32 is 1..), Option<std::pat::pattern_type!(u32 is 1..=100)>, std::pat::pattern_type!(char is 'a'..='z'), Option<std::pat::pattern_type!(i8 is -10..=10)>);
}
