// passes: copy-prop, const-prop, dead-stores, simplify-cfg, unused-locals
#![crate_type = "lib"]

pub fn many(a: u32) -> u32 {
    let b = a;
    let c = b;
    let d = (c, c);
    d.0
}

pub fn none(a: u32) -> u32 {
    a
}

pub fn renamed(a: u32, b: u32) -> u32 {
    let c = a;
    let d = b;
    c ^ d
}

// Arguments stay, used or not.
pub fn unused_argument(_a: u32, b: u32) -> u32 {
    b
}

pub fn index(a: &[u32; 4], i: usize) -> u32 {
    let j = i & 3;
    let k = j;
    a[k]
}

pub fn branches(a: bool) -> u32 {
    let x = 1;
    let y = 2;
    if a { x } else { y }
}

pub fn in_loops(mut n: u32) -> u32 {
    let step = 1;
    let mut sum = 0;
    while n > 0 {
        let m = n;
        sum += m;
        n -= step;
    }
    sum
}

pub fn borrowed(a: u32) -> u32 {
    let b = a;
    let r = &b;
    *r
}

pub fn calls(f: fn(u32) -> u32, a: u32) -> u32 {
    let b = a;
    let c = f(b);
    c
}

pub fn aggregate(a: u8) -> Option<u8> {
    let b = a;
    let c = Some(b);
    c
}
