// passes: inst-simplify
#![crate_type = "lib"]

pub fn reborrow(a: &u32) -> &u32 {
    &*a
}

pub fn reborrow_unique(a: &mut u32) -> &mut u32 {
    &mut *a
}

pub fn other_type(a: &mut u32) -> &u32 {
    &*a
}

pub fn compare(a: bool) -> bool {
    a == true && a != false && (a == false) != true
}

pub fn same_type(a: u32) -> u32 {
    a as u32
}

pub fn other_size(a: u32) -> u64 {
    a as u64
}

pub fn not_equal(a: bool) -> bool {
    a != true
}

pub fn false_first(a: bool) -> bool {
    false == a
}

pub fn function_value(a: u32) -> u32 {
    let f = u32::count_ones;
    f(a)
}

pub fn raw_reborrow(a: *const u32) -> *const u32 {
    unsafe { &raw const *a }
}
