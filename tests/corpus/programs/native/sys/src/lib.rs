use std::ffi::{c_char, c_int, c_void};

#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tally {
    pub sum: i64,
    pub mean: f64,
    pub parity: u8,
}

unsafe extern "C" {
    pub static tally_version: c_int;
    pub fn tally_of(values: *const i32, n: usize, map: extern "C" fn(*mut c_void, i32) -> i64, context: *mut c_void) -> Tally;
    pub fn tally_calls() -> c_int;
}

#[link(name = "corpus_text", kind = "static")]
unsafe extern "C" {
    pub fn text_format(to: *mut c_char, size: usize, format: *const c_char, ...) -> c_int;
    pub fn text_shout(text: *mut c_char);
    pub fn text_ask(question: c_int) -> c_int;
}
