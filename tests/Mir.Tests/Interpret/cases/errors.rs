//! Constants whose evaluation fails. With `--cfg plain` they are items that rustc evaluates (and refuses) at once; without it they are associated
//! constants of a generic type, evaluated only by whoever instantiates them.
#![allow(dead_code, unconditional_panic, arithmetic_overflow, invalid_reference_casting, long_running_const_eval)]
#![feature(core_intrinsics)]
#![allow(internal_features)]

pub struct Bad<T>(T);

macro_rules! bad {
    ($($name:ident: $ty:ty = $value:expr;)*) => { $(
        #[cfg(plain)]
        pub const $name: $ty = $value;
        #[cfg(not(plain))]
        impl<T> Bad<T> { pub const $name: $ty = $value; }
    )* };
}

const fn panics(message: &'static str) -> u32 {
    panic!("{}", message)
}

const fn assert_small(n: u32) -> u32 {
    assert!(n < 10, "too large");
    n
}

const fn deep(n: u32) -> u32 {
    if n == 0 { panic!("at the bottom") } else { deep(n - 1) }
}

const fn dangling() -> *const u8 {
    let x = 5u8;
    &raw const x
}

#[repr(u8)]
#[derive(Clone, Copy)]
enum Three { A = 1, B, C }

enum Never {}

bad! {
    ADD_OVERFLOW: u8 = 250 + assert_small(9) as u8;
    SUB_OVERFLOW: usize = 3 - assert_small(7) as usize;
    MUL_OVERFLOW: i32 = i32::MAX * assert_small(2) as i32;
    NEG_OVERFLOW: i8 = -(i8::MIN + assert_small(0) as i8);
    SHL_OVERFLOW: u32 = 1 << (assert_small(9) + 30);
    SHR_OVERFLOW: u64 = 1 >> (assert_small(9) + 60);
    DIV_ZERO: u32 = 7 / assert_small(0);
    REM_ZERO: i64 = 7 % assert_small(0) as i64;
    DIV_OVERFLOW: i16 = i16::MIN / -(assert_small(1) as i16);
    REM_OVERFLOW: i16 = i16::MIN % -(assert_small(1) as i16);
    BOUNDS: u8 = [1, 2, 3][assert_small(5) as usize];
    PANIC_LITERAL: u32 = panic!("no value today");
    PANIC_DISPLAY: u32 = panics("from far away");
    PANIC_DEEP: u32 = deep(20);
    ASSERTION: u32 = assert_small(11);
    UNREACHABLE: u32 = unreachable!();
    TODO: u32 = todo!();
    UNWRAP_NONE: u32 = None::<u32>.unwrap();
    EXPECT_NONE: u32 = None::<u32>.expect("a number");
    SLICE_RANGE: u8 = { let s: &[u8] = &[1, 2, 3]; s.split_at(assert_small(4) as usize).0[0] };
    UNREACHABLE_UNCHECKED: u32 = unsafe { std::hint::unreachable_unchecked() };
    NULL_READ: u8 = unsafe { std::intrinsics::read_via_copy(std::ptr::null::<u8>()) };
    ADDRESS_READ: u8 = unsafe { std::intrinsics::read_via_copy(64 as *const u8) };
    DANGLING_READ: u8 = unsafe { *dangling() };
    OUT_OF_BOUNDS: u8 = unsafe { let a = [1u8, 2]; *(&raw const a as *const u8).wrapping_add(2) };
    BEFORE_BOUNDS: u8 = unsafe { let a = [1u8, 2]; *(&raw const a as *const u8).wrapping_sub(1) };
    TOO_WIDE: u32 = unsafe { let a = [1u16, 2, 3]; std::intrinsics::read_via_copy((&raw const a as *const u16).wrapping_add(2) as *const u32) };
    OFFSET_OUT: *const u8 = unsafe { let a = &[1u8, 2]; (a as *const [u8; 2] as *const u8).add(assert_small(5) as usize) };
    UNINIT_READ: u32 = unsafe { std::mem::MaybeUninit::<u32>::uninit().assume_init() };
    PTR_TO_INT: usize = unsafe { std::mem::transmute::<&u8, usize>(&5) + 1 };
    PTR_COMPARE: bool = unsafe { std::mem::transmute::<&u8, usize>(&5) == 7 };
    UNALIGNED: u32 = unsafe { let a = [0u64; 2]; *((&raw const a as *const u8).wrapping_add(1) as *const u32) };
    WRITE_CONST: u32 = unsafe { static S: u32 = 5; *(&raw const S as *mut u32) = 6; 1 };
    UNCHECKED_ADD: u8 = unsafe { std::intrinsics::unchecked_add(250u8, 9) };
    EXACT_DIV: u8 = unsafe { std::intrinsics::exact_div(9u8, 2) };
    PTR_DISTANCE: usize = unsafe { let (a, b) = (&1u8, &2u8); std::intrinsics::ptr_offset_from(a, b) as usize };
    DISCRIMINANT: u32 = unsafe { match std::mem::transmute::<u8, Three>(9) { Three::A => 1, Three::B => 2, Three::C => 3 } };
    UNINHABITED: u32 = unsafe { std::mem::zeroed::<std::mem::MaybeUninit<Never>>(); match std::mem::zeroed::<Never>() {} };
    ASSUME_FALSE: u32 = unsafe { std::hint::assert_unchecked(assert_small(3) == 4); 1 };
    RECURSION: u32 = { const fn forever(n: u64) -> u32 { forever(n + 1) + 1 } forever(0) };
}
