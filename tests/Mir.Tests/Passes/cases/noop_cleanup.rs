// passes: noop-drops, noop-cleanup
#![crate_type = "lib"]

#[inline(never)]
fn may_panic(x: u32) -> u32 {
    if x == 0 { panic!() } else { x }
}

pub fn nothing_to_clean(x: u32) -> u32 {
    let guard = (x, x);
    may_panic(guard.0)
}

// The vector is dropped on the way out: stays.
pub fn something_to_clean(v: Vec<u8>, x: u32) -> usize {
    may_panic(x);
    v.len()
}

struct Quiet<T>(T);

impl<T> Quiet<T> {
    fn run(self, x: u32) -> T {
        may_panic(x);
        self.0
    }
}

pub fn generic_owner(x: u32) -> u32 {
    Quiet(x).run(x)
}

pub fn nothing_owned(a: &[u32], i: usize) -> u32 {
    a[i]
}

pub fn two_calls(x: u32) -> u32 {
    may_panic(x) + may_panic(x + 1)
}

pub fn boxed(x: u32) -> u32 {
    let b = Box::new(x);
    may_panic(*b)
}

struct Loud(u32);

impl Drop for Loud {
    fn drop(&mut self) {
        self.0 = 0;
    }
}

pub fn guard(x: u32) -> u32 {
    let _guard = Loud(x);
    may_panic(x)
}

// Only on one way there is something to drop.
pub fn sometimes(x: u32, v: Vec<u8>) -> usize {
    if x > 3 {
        drop(v);
        return may_panic(x) as usize;
    }
    may_panic(x);
    v.len()
}

pub fn copied(x: [u64; 4]) -> u32 {
    let y = x;
    may_panic(y[0] as u32)
}

pub fn in_a_loop(mut x: u32) {
    while x > 0 {
        x = may_panic(x - 1);
    }
}
