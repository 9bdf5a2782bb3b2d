// passes: const-branches, simplify-cfg, inst-simplify, copy-prop, dead-stores, unused-locals, simplify-cfg, hoist-loads
#![crate_type = "lib"]

use std::cell::Cell;

pub struct Point {
    x: u32,
    y: u32,
}

pub struct Line {
    from: Point,
    to: Point,
    name: &'static Point,
    flag: bool,
}

pub enum Shape {
    Dot(u32),
    Box(u32, u32),
}

// Good until the function returns, so it may be loaded even if there is no turn.
pub fn argument(p: &Point, mut n: u32) -> u32 {
    let mut sum = 0;
    while n != 0 {
        sum ^= p.x;
        n &= p.y;
    }
    sum
}

// What lowering would claim to have a value; of a field it does not.
pub fn whole_argument(p: &u32, mut n: u32) -> u32 {
    while n != 0 {
        n &= *p;
    }
    n
}

// Each turn begins with it.
pub fn first(p: &u32, f: fn(u32) -> bool) {
    while f(*p) {}
}

// Where the pointer is good is known here only while there are turns.
pub fn made_here(p: *const Point, mut n: u32) -> u32 {
    let r = unsafe { &*p };
    let mut sum = 0;
    while n != 0 {
        sum ^= r.x;
        n &= r.y;
    }
    sum
}

// It is all there if a part of it is.
pub fn other_part(p: *const Point, f: fn()) -> u32 {
    let r = unsafe { &*p };
    let mut sum = 0;
    while r.x > sum {
        sum |= r.y;
        f();
    }
    sum
}

pub fn read_before(p: *const Point, f: fn()) -> u32 {
    let r = unsafe { &*p };
    let mut n = r.x;
    while n != 0 {
        n &= r.y;
        f();
    }
    n
}

// The call may have ended what it points to.
pub fn called_before(p: *const Point, f: fn()) -> u32 {
    let r = unsafe { &*p };
    let mut n = r.x;
    f();
    while n != 0 {
        n &= r.y;
    }
    n
}

pub fn nested(p: &Line, mut n: u32) -> u32 {
    let mut sum = 0;
    while n != 0 {
        let mut k = n;
        while k != 0 {
            sum ^= p.to.y;
            k &= p.from.x;
        }
        n &= k;
    }
    sum
}

// Another one in each turn of the outer loop, which begins with it.
pub fn of_each_turn(lines: &[Line; 4], mut n: usize) -> u32 {
    let mut sum = 0;
    while n < 4 {
        let line = &lines[n];
        let mut k = line.to.x;
        while k != 0 {
            k &= line.to.y;
            sum ^= k;
        }
        n = k as usize;
    }
    sum
}

// The reference is loaded, then what it points to.
pub fn through_two(p: &&Point, f: fn(u32) -> bool) {
    while f(p.x) {}
}

// The inner one need not be good where there is no turn.
pub fn through_two_maybe(p: &Line, mut n: u32) -> u32 {
    while n != 0 {
        n &= p.name.x;
    }
    n
}

pub fn pointer_argument(p: &&Point, mut n: u32) -> u32 {
    while n != 0 {
        n &= p.y;
    }
    n
}

// What has a cell changes.
pub fn cell(p: &(Cell<u32>, u32), f: fn()) -> u32 {
    let mut n = 0;
    while p.0.get() != 0 {
        f();
        n ^= p.1;
    }
    n
}

pub fn unique(p: &mut Point, f: fn(u32) -> bool) {
    while f(p.x) {
        p.x ^= 1;
    }
}

pub fn raw(p: *const Point, f: fn(u32) -> bool) {
    while f(unsafe { (*p).x }) {}
}

// Which variant it is does not change; what is in one is loaded where it is known to be there.
pub fn variants(s: &Shape, f: fn(u32) -> bool) {
    loop {
        match s {
            Shape::Dot(a) => if !f(*a) { return },
            Shape::Box(_, b) => if f(*b) { return },
        }
    }
}

pub fn length(v: &&[u32], f: fn(usize) -> bool) {
    while f(v.len()) {}
}

// Of an element whose index changes, nothing.
pub fn elements(v: &[u32; 8], mut i: usize) -> u32 {
    let mut sum = 0;
    while i < 8 {
        sum ^= v[i] & v[0];
        i += 1;
    }
    sum
}

// The landing pad stays as it is.
pub fn unwinding(p: &Line, f: fn(), v: Vec<u32>) {
    struct OnExit<'a>(&'a Line, Vec<u32>);
    impl Drop for OnExit<'_> {
        fn drop(&mut self) {}
    }
    let on_exit = OnExit(p, v);
    while !p.flag {
        f();
    }
    drop(on_exit);
}

// Assigned in the loop.
pub fn another_each_turn(mut p: &'static Line, f: fn(&Line) -> &Line) -> u32 {
    while !p.flag {
        p = f(p);
    }
    p.to.x
}

// Entered from several places, so with a block of its own for what comes before.
pub fn entered_twice(p: &Point, mut n: u32, f: fn() -> u32) -> u32 {
    match n {
        0 => n = f(),
        _ => {}
    }
    while n != 0 {
        n &= p.x;
    }
    n
}
