// passes: simplify-cfg, copy-prop, sroa
#![crate_type = "lib"]

pub struct Three {
    a: u64,
    b: u64,
    c: u64,
}

pub fn fields(x: u64) -> u64 {
    let t = Three { a: x, b: 2, c: 3 };
    t.a ^ t.c
}

pub fn changed(x: u64) -> u64 {
    let mut t = Three { a: x, b: 2, c: 3 };
    t.b = t.a + t.c;
    t.b
}

// A field may have an address without the whole having one.
pub fn borrowed_field(x: u64, f: fn(&u64)) -> u64 {
    let t = Three { a: x, b: 2, c: 3 };
    f(&t.b);
    t.a
}

pub fn borrowed_whole(x: u64, f: fn(&Three)) -> u64 {
    let t = Three { a: x, b: 2, c: 3 };
    f(&t);
    t.a
}

// From one field's raw pointer, others may be reached.
pub fn raw_field(x: u64) -> u64 {
    let t = Three { a: x, b: 2, c: 3 };
    let p = &raw const t.a;
    unsafe { *p.add(1) }
}

pub fn nested(x: u64) -> u64 {
    let t = ((x, 1u64, 2u64), 3u64);
    let (inner, y) = t;
    inner.0 ^ y
}

pub fn copied_from_memory(p: &Three) -> u64 {
    let t = Three { ..*p };
    t.a ^ t.b
}

pub fn copied_to_memory(p: &mut Three, x: u64) {
    let t = Three { a: x, b: 2, c: 3 };
    *p = t;
}

pub fn passed(x: u64, f: fn(Three)) {
    let t = Three { a: x, b: 2, c: 3 };
    f(t);
}

pub fn closure(x: u64, y: u64, z: u64) -> u64 {
    let f = move || x ^ y ^ z;
    f()
}

// In registers it may be put together again wherever it is needed.
pub fn pair(x: u32, f: fn((u32, u32))) -> u32 {
    let mut t = (x, 1u32);
    t.1 = x ^ 2;
    f(t);
    t.1
}

#[repr(C, packed)]
pub struct Packed {
    a: u8,
    b: u64,
    c: u64,
}

pub fn packed(x: u64) -> u64 {
    let t = Packed { a: 1, b: x, c: 2 };
    t.b ^ t.c
}

// Each turn of the loop makes a new one.
pub fn looped(mut n: u64) -> u64 {
    let mut sum = 0;
    while n > 0 {
        let t = Three { a: n, b: sum, c: 1 };
        sum = t.a ^ t.b;
        n -= t.c;
    }
    sum
}
