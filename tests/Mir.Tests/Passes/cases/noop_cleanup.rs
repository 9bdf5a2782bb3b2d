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
