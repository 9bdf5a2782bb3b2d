// passes: simplify-cfg, inst-simplify, copy-prop, reference-prop
#![crate_type = "lib"]

pub fn read(a: u32) -> u32 {
    let r = &a;
    *r ^ 1
}

pub fn written(a: u32) -> u32 {
    let mut x = a;
    let r = &mut x;
    *r = 5;
    *r ^= 1;
    x
}

pub fn field(a: (u32, u32)) -> u32 {
    let r = &a.1;
    *r
}

pub fn reborrowed(a: &(u32, u32)) -> u32 {
    let r = &a.1;
    *r
}

pub fn chain(a: u32) -> u32 {
    let r = &a;
    let s = &r;
    **s
}

pub fn raw(a: u32) -> u32 {
    let mut x = a;
    let p = &raw mut x;
    unsafe { *p = 2 };
    x
}

// It goes elsewhere, so it stays; reading through it is reading the local all the same.
pub fn passed(a: u32, f: fn(&u32)) -> u32 {
    let r = &a;
    f(r);
    *r
}

// Which of them is not known.
pub fn either(a: u32, b: u32, which: bool) -> u32 {
    let r = if which { &a } else { &b };
    *r
}

// The pointer that it goes through may be another by then.
pub fn through_a_variable(a: &u32, b: &u32) -> u32 {
    let mut p = a;
    let r = &*p;
    p = b;
    *r ^ *p
}

// The index may be another by then.
pub fn element(a: [u32; 4], mut i: usize) -> u32 {
    let r = &a[i & 3];
    i = 0;
    *r ^ a[i]
}

pub fn of_a_loop(n: u32) -> u32 {
    let mut sum = 0;
    let mut i = 0;
    while i < n {
        let r = &i;
        sum ^= *r;
        i += 1;
    }
    sum
}

pub fn variant(a: Option<u32>) -> u32 {
    match &a {
        Some(x) => *x,
        None => 0,
    }
}
