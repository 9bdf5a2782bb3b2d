// passes: copy-prop, const-prop, dead-stores
#![crate_type = "lib"]

pub fn unused(a: u32) -> u32 {
    let t = (a, 5u8);
    let _unused = t.1;
    a
}

pub fn through_pointer(a: &mut u32) {
    let p = a;
    *p = 1;
}

pub fn needed_by_drop(a: Vec<u8>) {
    let _b = a;
}
