// passes: simplify-cfg, copy-prop, return-place
#![crate_type = "lib"]

pub fn large(a: u64) -> [u64; 16] {
    let mut r = [0; 16];
    r[3] = a;
    r
}

// Two candidates: neither.
pub fn two(a: u64, which: bool) -> [u64; 4] {
    let mut x = [0; 4];
    let mut y = [1; 4];
    x[0] = a;
    y[0] = a;
    if which { x } else { y }
}

// Changed after it was copied.
pub fn copied_before(a: u64, p: &mut u64) -> [u64; 4] {
    let mut x = [0; 4];
    x[0] = a;
    let r = x;
    x[1] = 2;
    *p = x[1];
    r
}

pub fn argument(a: [u64; 4]) -> [u64; 4] {
    a
}

pub fn from_a_call(f: fn() -> [u64; 4]) -> [u64; 4] {
    let r = f();
    r
}

pub fn early(a: u64, which: bool) -> [u64; 4] {
    let mut x = [0; 4];
    if which {
        x[0] = a;
        return x;
    }
    x[1] = a;
    x
}

pub fn other_type(a: u32) -> (u32, u32) {
    let x = [a, a];
    (x[0], x[1])
}

// Somebody may write through the pointer after the value was copied.
pub fn borrowed(a: u64, f: fn(&mut [u64; 4])) -> [u64; 4] {
    let mut x = [a; 4];
    f(&mut x);
    x
}

pub fn scalar(a: u32) -> u32 {
    let mut x = a;
    x ^= 1;
    x
}

pub fn in_a_loop(mut n: u64) -> [u64; 4] {
    let mut x = [0; 4];
    while n > 0 {
        x[0] ^= n;
        n -= 1;
    }
    x
}
