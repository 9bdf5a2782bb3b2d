// passes: const-branches, simplify-cfg, inst-simplify, copy-prop, gvn
#![crate_type = "lib"]

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
