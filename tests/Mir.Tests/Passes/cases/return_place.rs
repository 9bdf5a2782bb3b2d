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
