// passes: inst-simplify, copy-prop, const-prop
#![crate_type = "lib"]

pub fn arithmetic() -> u32 {
    let a = 6u32;
    let b = a.wrapping_mul(7) + (a & 2) << 1;
    b | 1
}

// The variant that was just made is the one that is matched.
pub fn known_variant(x: u8) -> u8 {
    match Some(x) {
        Some(y) => y,
        None => 0,
    }
}

pub fn tuple_field(a: u32, b: u32) -> u32 {
    let t = (a, b);
    t.1
}

pub fn array_length(a: &[u8; 3]) -> usize {
    let s: &[u8] = a;
    let p: *const [u8] = s;
    p.len()
}

pub fn wrapping_cast() -> i8 {
    let a = 200u8;
    a as i8
}

// A field that changes is not that of the aggregate any more.
pub fn changed_field(a: u32, b: u32) -> u32 {
    let mut t = (a, b);
    t.0 = b;
    t.0
}

pub fn closure_capture(a: u32) -> u32 {
    let f = (a, 4u32);
    let g = f.1 + 1;
    g
}

pub fn nested_tuple(a: u8) -> u8 {
    let t = ((a, 1u8), 2u8);
    t.0.0
}

pub fn comparison() -> bool {
    let a = -1i8;
    let b = 1i8;
    a < b
}

pub fn shift(a: u32) -> u32 {
    let n = 3;
    a << (n & 31)
}
