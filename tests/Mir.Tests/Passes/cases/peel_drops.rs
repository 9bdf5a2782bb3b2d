// passes: noop-drops, peel-drops
#![crate_type = "lib"]

pub struct Wrapper(Vec<u8>);
pub struct Twice(Wrapper);
pub struct WithPlain { a: u32, b: String, c: f64 }
pub struct Two { a: String, b: String }
pub struct Guard(String);
impl Drop for Guard {
    fn drop(&mut self) {}
}
pub struct AroundGuard { g: Guard, n: u8 }
#[repr(C, packed)]
pub struct Packed { n: u8, s: Box<u8> }
pub enum One { A(String) }

pub fn wrapper(w: Wrapper) {}

// Several layers at once.
pub fn wrapper_of_wrapper(w: Twice) {}

pub fn other_fields_need_none(w: WithPlain) {}

pub fn tuple(t: (u32, String)) {}

pub fn closure(s: String) {
    let _f = move || s.len();
}

// Down to what has a destructor of its own.
pub fn around_destructor(g: AroundGuard) {}

// In a field, and behind a pointer.
pub fn assigned(t: &mut (u8, WithPlain), w: WithPlain) {
    t.1 = w;
}

// Has a destructor: it is called with the whole.
pub fn destructor(g: Guard) {}

pub fn two_fields(t: Two) {}

// The field is not aligned.
pub fn packed(p: Packed) {}

// Which variant it is decides what is dropped.
pub fn enumeration(e: One, o: Option<Wrapper>) {}

pub fn boxed(b: Box<Wrapper>) {}

pub fn array(a: [Wrapper; 2]) {}
