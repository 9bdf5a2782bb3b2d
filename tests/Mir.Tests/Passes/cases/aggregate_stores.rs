// passes: simplify-cfg, copy-prop, aggregate-stores
#![crate_type = "lib"]

pub struct Three {
    a: u64,
    b: u64,
    c: u64,
}

pub enum Shape {
    Dot,
    Box { corner: Three, size: u64 },
    Line(Three, Three),
}

pub struct Outer {
    inner: Three,
    last: u8,
}

pub fn in_an_option(x: u64) -> Option<Three> {
    Some(Three { a: x, b: 2, c: 3 })
}

pub fn in_a_struct(x: u64) -> Outer {
    Outer { inner: Three { a: x, b: 2, c: 3 }, last: 4 }
}

pub fn in_a_variant(x: u64) -> Shape {
    Shape::Box { corner: Three { a: x, b: 2, c: 3 }, size: x }
}

pub fn two_of_them(x: u64) -> Shape {
    Shape::Line(Three { a: x, b: 2, c: 3 }, Three { a: 4, b: x, c: 6 })
}

pub fn nothing_in_it() -> Shape {
    Shape::Dot
}

pub fn behind_a_pointer(p: &mut Option<Three>, x: u64) {
    unsafe { core::ptr::write(p, Some(Three { a: x, b: 2, c: 3 })) }
}

pub fn in_a_tuple(x: u64) -> (u8, Three) {
    (1, Three { a: x, b: 2, c: 3 })
}

pub fn deep(x: u64) -> Result<Outer, ()> {
    Ok(Outer { inner: Three { a: x, b: 2, c: 3 }, last: 4 })
}

// Not of parts that are known: copied as a whole.
pub fn of_an_argument(t: Three) -> Option<Three> {
    Some(t)
}

pub fn of_a_result(f: fn() -> Three) -> Option<Three> {
    Some(f())
}

pub fn read_before(x: u64) -> (Option<Three>, u64) {
    let t = Three { a: x, b: 2, c: 3 };
    let y = t.a;
    (Some(t), y)
}
