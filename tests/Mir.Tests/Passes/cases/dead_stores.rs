// passes: copy-prop, const-prop, dead-stores
#![crate_type = "lib"]

pub fn unused(a: u32) -> u32 {
    let t = (a, 5u8);
    let _unused = t.1;
    a
}

pub fn through_pointer(a: &mut u32) {
    let p = a;
    *p = 1;
}

pub fn needed_by_drop(a: Vec<u8>) {
    let _b = a;
}

pub fn pure_arithmetic(a: u32, b: u32) -> u32 {
    let _unused = a ^ b;
    let _also = a & 3;
    b
}

// Written in part, never read.
pub fn partial(a: u32) -> u32 {
    let mut t = (1u32, 2u32);
    t.0 = a;
    t.1 = 7;
    a
}

// The address escapes: somebody may read it.
pub fn escapes(a: u32, f: fn(&u32)) {
    let x = a;
    f(&x);
}

// A call's result is not read, but the call happens.
pub fn result_unused(f: fn() -> u32) {
    let _ = f();
}

pub fn unused_reference(a: (u32, u32)) -> u32 {
    let _r = &a.1;
    a.0
}

pub fn read_in_a_loop(mut n: u32) -> u32 {
    let mut last = 0;
    while n > 0 {
        last = n;
        n -= 1;
    }
    last
}

pub fn only_one_arm(a: u32, which: bool) -> u32 {
    let x = a ^ 1;
    if which { x } else { 0 }
}

pub fn assigned_again(a: u32, f: fn(u32)) {
    let mut x = a ^ 1;
    f(x);
    x = a ^ 2;
    x = a ^ 3;
    f(x);
    x = a;
}

pub fn part_never_read(a: u32, f: fn((u32, u32))) {
    let mut t = (a, a);
    f(t);
    t.0 = a ^ 1;
    t.1 = 7;
}

pub fn one_arm_reads(mut a: u32, which: bool) -> u32 {
    a = a ^ 5;
    if which { a = 3; }
    a
}

pub fn borrowed_between(mut a: u32, f: fn(&u32)) {
    f(&a);
    a = 3;
}
