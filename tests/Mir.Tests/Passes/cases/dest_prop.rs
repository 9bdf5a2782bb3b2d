// passes: simplify-cfg, inst-simplify, dest-prop
#![crate_type = "lib"]

#[derive(Clone, Copy)]
pub struct Big { a: [u64; 8], b: u64 }

#[inline(never)]
pub fn make(n: u64) -> Big {
    Big { a: [n; 8], b: n }
}

#[inline(never)]
pub fn change(b: Big) -> Big {
    Big { b: 1, ..b }
}

#[inline(never)]
pub fn look(_: &Big) {}

pub fn renamed(n: u64) -> Big {
    let x = make(n);
    let y = x;
    let z = y;
    z
}

pub fn either(n: u64, which: bool) -> Big {
    let x = if which { let a = make(n); a } else { let b = make(n + 1); b };
    x
}

pub fn made_in_parts(n: u64) -> Big {
    let mut x = Big { a: [0; 8], b: 0 };
    x.b = n;
    let y = x;
    y
}

pub fn in_a_loop(mut n: u64) -> u64 {
    let mut last = make(0);
    while n > 0 {
        let next = make(n);
        last = next;
        n -= 1;
    }
    last.b
}

// Both are needed afterwards.
pub fn both_live(n: u64) -> u64 {
    let x = make(n);
    let mut y = x;
    y.b = 7;
    x.b ^ y.b
}

// The callee may change what it is given while it makes its result.
pub fn argument_and_result(n: u64) -> Big {
    let x = make(n);
    let y = change(x);
    y
}

// Somebody has the address.
pub fn borrowed(n: u64) -> Big {
    let x = make(n);
    let y = x;
    look(&y);
    y
}

// The argument is the caller's to look at.
pub fn argument(b: Big) -> Big {
    let c = b;
    c
}

// In registers: copied for nothing.
pub fn scalars(n: u64) -> u64 {
    let x = n ^ 1;
    let y = x;
    y
}

pub fn swapped(n: u64, which: bool) -> u64 {
    let mut x = make(n);
    let mut y = make(n + 1);
    if which {
        let t = x;
        x = y;
        y = t;
    }
    x.b - y.b
}

pub fn dropped(v: Vec<String>, n: usize) -> (Vec<String>, usize, usize) {
    let t = (v, n, n);
    let u = t;
    u
}

// What it was is still there when the call unwinds.
pub fn unwinding(mut v: (Vec<String>, usize), f: fn() -> (Vec<String>, usize)) -> usize {
    let w = f();
    v = w;
    v.1
}
