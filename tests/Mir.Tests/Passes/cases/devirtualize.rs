// passes: simplify-cfg, copy-prop, devirtualize
#![crate_type = "lib"]

pub trait Shape {
    fn area(&self) -> u32;
    fn grow(&mut self, by: u32);
    fn name(&self) -> &'static str {
        "shape"
    }
}

pub struct Square(u32);

impl Shape for Square {
    fn area(&self) -> u32 {
        self.0
    }
    fn grow(&mut self, by: u32) {
        self.0 ^= by;
    }
}

pub fn known(s: &Square) -> u32 {
    let d: &dyn Shape = s;
    d.area()
}

pub fn of_a_local(x: u32) -> u32 {
    let s = Square(x);
    let d: &dyn Shape = &s;
    d.area()
}

pub fn unique(s: &mut Square) {
    let d: &mut dyn Shape = s;
    d.grow(3);
}

pub fn default_method(s: &Square) -> &'static str {
    let d: &dyn Shape = s;
    d.name()
}

pub fn twice(s: &Square) -> u32 {
    let d: &dyn Shape = s;
    d.area() ^ d.area()
}

pub fn borrowed_again(s: &Square) -> u32 {
    let d: &dyn Shape = s;
    let e = &*d;
    e.area()
}

// Which type it is is the caller's knowledge.
pub fn unknown(d: &dyn Shape) -> u32 {
    d.area()
}

// One of two.
pub fn either(s: &Square, d: &dyn Shape, which: bool) -> u32 {
    let e: &dyn Shape = if which { s } else { d };
    e.area()
}

// Unique, used as shared: left alone.
pub fn shared_from_unique(s: &mut Square) -> u32 {
    let d: &mut dyn Shape = s;
    d.area()
}

pub fn function_object(f: fn(u32) -> u32) -> u32 {
    let g: &dyn Fn(u32) -> u32 = &f;
    g(1)
}

pub fn closure(x: u32) -> u32 {
    let c = move |y: u32| x ^ y;
    let g: &dyn Fn(u32) -> u32 = &c;
    g(1)
}

pub trait Located {
    #[track_caller]
    fn line(&self) -> u32;
}

impl Located for Square {
    #[track_caller]
    fn line(&self) -> u32 {
        core::panic::Location::caller().line()
    }
}

// A direct call would tell another line than one through the vtable.
pub fn track_caller(s: &Square) -> u32 {
    let d: &dyn Located = s;
    d.line()
}
