// Native code compiled by a build script and bundled in a library: calls both ways, callbacks, variadics, statics.
use corpus_native_sys as sys;
use std::ffi::{CStr, CString, c_char, c_int, c_void};

extern "C" fn offset(context: *mut c_void, value: i32) -> i64 {
    let seen = unsafe { &mut *context.cast::<Vec<i32>>() };
    seen.push(value);
    i64::from(value) + seen.len() as i64
}

#[no_mangle]
pub extern "C" fn program_answer(question: c_int) -> c_int {
    question * 6
}

fn format(text: &CStr, n: c_int, x: f64, who: &CStr) -> String {
    let mut buffer = [0 as c_char; 64];
    let n = unsafe { sys::text_format(buffer.as_mut_ptr(), buffer.len(), text.as_ptr(), n, x, who.as_ptr()) };
    format!("{n}:{}", unsafe { CStr::from_ptr(buffer.as_ptr()) }.to_str().unwrap())
}

fn main() {
    let mut seen: Vec<i32> = vec![];
    let tally = unsafe { sys::tally_of([3, 4, 5].as_ptr(), 3, offset, (&raw mut seen).cast()) };
    println!("{tally:?} {seen:?}");
    println!("{:?}", unsafe { sys::tally_of(std::ptr::null(), 0, offset, std::ptr::null_mut()) });
    println!("{} {}", unsafe { sys::tally_version }, unsafe { sys::tally_calls() });
    println!("{}", format(c"%d and %.3f for %s", -5, 2.5, c"everyone"));
    let shouted = unsafe {
        let text = CString::new("quiet please").unwrap().into_raw();
        sys::text_shout(text);
        CString::from_raw(text)
    };
    println!("{shouted:?} {}", unsafe { sys::text_ask(7) });
}
