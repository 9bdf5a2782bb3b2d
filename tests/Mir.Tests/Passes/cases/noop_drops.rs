// passes: noop-drops
#![crate_type = "lib"]

struct Plain(#[allow(dead_code)] u32);

// Generic code has a drop; of this type it does nothing.
fn take<T>(_value: T) {}

pub fn plain() {
    take(Plain(1));
    drop_it(Plain(2));
}

fn drop_it(_p: Plain) {}

pub fn in_place(p: *mut u32) {
    unsafe { core::ptr::drop_in_place(p) }
}

pub fn owner(v: Vec<u8>) {
    let _v = v;
}
