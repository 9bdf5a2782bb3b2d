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

pub fn option(p: *mut Option<u32>) {
    unsafe { core::ptr::drop_in_place(p) }
}

pub fn tuple(p: *mut (u32, [u8; 4])) {
    unsafe { core::ptr::drop_in_place(p) }
}

pub fn boxed(p: *mut Box<u32>) {
    unsafe { core::ptr::drop_in_place(p) }
}

pub fn slice(p: *mut [u32]) {
    unsafe { core::ptr::drop_in_place(p) }
}

pub fn forgotten(p: *mut core::mem::ManuallyDrop<Box<u32>>) {
    unsafe { core::ptr::drop_in_place(p) }
}

pub fn trait_object(p: *mut dyn core::fmt::Debug) {
    unsafe { core::ptr::drop_in_place(p) }
}

// One field needs it.
pub fn half(p: *mut (u32, String)) {
    unsafe { core::ptr::drop_in_place(p) }
}
