// passes: const-branches, simplify-cfg, inst-simplify, copy-prop, gvn
#![crate_type = "lib"]
#![feature(core_intrinsics)]
#![allow(internal_features)]

use core::intrinsics::{add_with_overflow, sub_with_overflow};

pub fn twice(a: u32, b: u32) -> u32 {
    (a ^ b) & !(a ^ b)
}

pub fn commuted(a: u32, b: u32) -> u32 {
    let x = a & b;
    let y = b & a;
    x | y
}

pub fn across_blocks(a: u32, b: u32, which: bool) -> u32 {
    let x = a ^ b;
    if which { x } else { (a ^ b) | 1 }
}

// On neither way before the other.
pub fn siblings(a: u32, b: u32, which: bool) -> u32 {
    if which { a ^ b } else { (a ^ b) | 1 }
}

pub fn loads(p: &(u32, u32)) -> u32 {
    p.0 ^ (p.0 & p.1)
}

// Written in between, through what may be the same.
pub fn changed(p: &mut u32, q: *mut u32) -> u32 {
    let x = *p;
    unsafe { *q = 1 };
    x ^ *p
}

// What was written is what is read.
pub fn forwarded(p: &mut u32, x: u32) -> u32 {
    *p = x;
    *p ^ 1
}

// A cell may change behind a shared reference.
pub fn cell(p: &core::cell::Cell<u32>, f: fn()) -> u32 {
    let x = p.get();
    f();
    x ^ p.get()
}

// Nothing changes behind this one, whatever is called.
pub fn frozen(p: &u32, f: fn()) -> u32 {
    let x = *p;
    f();
    x ^ *p
}

pub fn neutral(a: u32) -> u32 {
    (a | 0) ^ (a & u32::MAX)
}

pub fn constants(a: u32) -> u32 {
    let zero = a ^ a;
    zero | 7
}

// -0.0 + 0.0 is not -0.0.
pub fn floats(a: f64) -> f64 {
    a + 0.0
}

pub fn float_twice(a: f64, b: f64) -> f64 {
    (a * b) + (a * b)
}

pub fn casts(a: *const u32) -> *const u32 {
    a.cast::<u8>().cast::<u32>()
}

// An address is more than its number.
pub fn through_an_integer(a: *const u32) -> *const u32 {
    let n: usize = unsafe { core::mem::transmute(a) };
    unsafe { core::mem::transmute(n) }
}

pub fn variants(a: Option<u32>) -> u32 {
    let some = matches!(a, Some(_));
    if some && a.is_some() { 1 } else { 0 }
}

// Each reference is one of its own time.
pub fn references(mut a: u32) -> u32 {
    let x = { let r = &a; *r };
    a = 5;
    let y = { let r = &a; *r };
    x ^ y
}

pub fn put_together_again(a: (u32, u32)) -> (u32, u32) {
    let (x, y) = a;
    (x, y)
}

// What the first comparison says, the check behind it need not ask again.
pub fn bounds(a: &[u32], i: usize) -> u32 {
    if i < a.len() { a[i] } else { 0 }
}

pub fn checked_twice(a: &[u32], i: usize) -> u32 {
    a[i] ^ a[i]
}

pub fn the_other_way_round(x: u32, y: u32) -> u32 {
    if x < y { (x >= y) as u32 } else { (y <= x) as u32 }
}

pub fn equals_a_constant(x: u32) -> u32 {
    if x == 5 { x ^ 1 } else { x }
}

// Nothing of it is known behind the branches.
pub fn joined(x: u32) -> u32 {
    let mut y = 0;
    if x == 5 {
        y = 1;
    }
    x ^ y
}

pub fn nan(x: f64) -> bool {
    x == x
}

// A local that changes holds one value between two changes.
pub fn between_changes(mut n: u32, m: u32) -> u32 {
    let a = n ^ m;
    let b = n ^ m;
    n = n & 7;
    let c = n ^ m;
    a & b & c
}

pub fn index_in_a_loop(v: &[u32; 8]) -> u32 {
    let mut i = 0;
    let mut sum = 0u32;
    while i < 8 {
        sum ^= v[i];
        i += 1;
    }
    sum
}

pub fn index_twice_in_a_loop(v: &[u32]) -> u32 {
    let mut i = 0;
    let mut sum = 0u32;
    while sum < 10 {
        sum ^= v[i] & v[i];
        i += 1;
        sum ^= v[i];
    }
    sum
}

pub fn changed_since(v: &[u32]) -> u32 {
    let mut i = 0;
    if i < v.len() {
        i = i ^ 1;
        return v[i];
    }
    0
}

pub fn masked(t: &[u32; 16], i: usize) -> u32 {
    t[i & 15] ^ t[i % 16] ^ t[(i >> 60) as usize]
}

pub fn byte_table(t: &[u8; 256], b: u8) -> u8 {
    t[b as usize]
}

pub fn mask_too_large(t: &[u32; 16], i: usize) -> u32 {
    t[i & 31]
}

pub fn smaller_after_larger(t: &[u32; 16], i: usize) -> u32 {
    if i < 8 { t[i] } else { 0 }
}

pub fn not_below(i: u32) -> u32 {
    if i >= 10 { if i < 10 { 1 } else { i - 10 } } else { 2 }
}

pub fn no_overflow(i: u32, n: u32) -> bool {
    if i < n { add_with_overflow(i, 1).1 } else { add_with_overflow(n & 0xff, i & 0xffff).1 }
}

pub fn overflow(i: u32, n: u32) -> bool {
    if i < n { add_with_overflow(i, 2).1 } else { add_with_overflow(i, 1).1 }
}

pub fn difference(a: u32, b: u32) -> bool {
    if a < b { sub_with_overflow(b, a).1 } else { sub_with_overflow(a, b).1 }
}

pub fn difference_below(a: u32, b: u32) -> bool {
    if a < b { sub_with_overflow(a, b).1 } else { sub_with_overflow(b, a).1 }
}

// Signed values have no such ranges here.
pub fn signed(i: i32) -> bool {
    if i < 10 { i < 16 } else { false }
}

// The return place is assigned behind the loop, not before it as arguments are.
pub fn returned_later(p: &u32, f: fn(u32) -> bool) -> u32 {
    while f(1) {
        f(*p);
    }
    *p
}
