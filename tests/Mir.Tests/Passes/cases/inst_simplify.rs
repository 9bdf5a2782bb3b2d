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
