// Calls into libc: integers, pointers, strings, structs by value, callbacks, varargs, errno-free functions.
use std::ffi::{CStr, CString, c_char, c_double, c_int, c_long, c_void};
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Div {
    quot: c_int,
    rem: c_int,
}
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct LDiv {
    quot: c_long,
    rem: c_long,
}
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Tm {
    sec: c_int,
    min: c_int,
    hour: c_int,
    mday: c_int,
    mon: c_int,
    year: c_int,
    wday: c_int,
    yday: c_int,
    isdst: c_int,
    gmtoff: c_long,
    zone: usize,
}
unsafe extern "C" {
    fn abs(n: c_int) -> c_int;
    fn div(a: c_int, b: c_int) -> Div;
    fn ldiv(a: c_long, b: c_long) -> LDiv;
    fn strlen(s: *const c_char) -> usize;
    fn strtol(s: *const c_char, end: *mut *mut c_char, base: c_int) -> c_long;
    fn strtod(s: *const c_char, end: *mut *mut c_char) -> c_double;
    fn snprintf(buf: *mut c_char, n: usize, fmt: *const c_char, ...) -> c_int;
    fn qsort(base: *mut c_void, n: usize, size: usize, cmp: extern "C" fn(*const c_void, *const c_void) -> c_int);
    fn bsearch(
        key: *const c_void,
        base: *const c_void,
        n: usize,
        size: usize,
        cmp: extern "C" fn(*const c_void, *const c_void) -> c_int,
    ) -> *mut c_void;
    fn memcmp(a: *const c_void, b: *const c_void, n: usize) -> c_int;
    fn malloc(n: usize) -> *mut c_void;
    fn realloc(p: *mut c_void, n: usize) -> *mut c_void;
    fn free(p: *mut c_void);
    fn toupper(c: c_int) -> c_int;
    fn hypot(x: f64, y: f64) -> f64;
    fn frexp(x: f64, e: *mut c_int) -> f64;
    fn timegm(t: *mut Tm) -> i64;
    fn strchr(s: *const c_char, c: c_int) -> *const c_char;
    #[link_name = "labs"]
    fn long_abs(n: c_long) -> c_long;
}
unsafe extern "C" {
    safe fn ffs(n: c_int) -> c_int;
}
extern "C" fn cmp_i32(a: *const c_void, b: *const c_void) -> c_int {
    unsafe { (*(a as *const i32)).cmp(&*(b as *const i32)) as c_int }
}
extern "C" fn cmp_str(a: *const c_void, b: *const c_void) -> c_int {
    unsafe { (*(a as *const &str)).cmp(*(b as *const &str)) as c_int }
}
fn format(f: impl Fn(*mut c_char, usize) -> c_int) -> String {
    let mut b = vec![0u8; 256];
    let n = f(b.as_mut_ptr().cast(), b.len());
    b.truncate(n as usize);
    String::from_utf8(b).unwrap()
}
fn main() {
    unsafe {
        println!("{} {:?} {:?} {} {}", abs(-5), div(-17, 5), ldiv(1 << 40, 1000), long_abs(-7), ffs(8));
        let s = CString::new("hello, c").unwrap();
        println!("{} {:?} {:?}", strlen(s.as_ptr()), CStr::from_ptr(strchr(s.as_ptr(), b',' as c_int)), s.to_bytes_with_nul().len());
        let num = c"123abc";
        let mut end = std::ptr::null_mut();
        println!("{} {:?}", strtol(num.as_ptr(), &mut end, 10), CStr::from_ptr(end).to_str());
        println!("{} {}", strtol(c"-ff".as_ptr(), std::ptr::null_mut(), 16), strtod(c"2.5e3".as_ptr(), std::ptr::null_mut()));
        println!(
            "{}",
            format(|b, n| snprintf(
                b,
                n,
                c"%d %s %.2f %c %ld %5u|%-4x|".as_ptr(),
                42 as c_int,
                c"str".as_ptr(),
                3.14159f64,
                b'z' as c_int,
                -1 as c_long,
                7u32,
                255u32
            ))
        );
        println!(
            "{}",
            format(|b, n| snprintf(
                b,
                n,
                c"%f %f %f %f %f %f %f %f %f %d %d %d %d %d %d".as_ptr(),
                1.0,
                2.0,
                3.0,
                4.0,
                5.0,
                6.0,
                7.0,
                8.0,
                9.0,
                1,
                2,
                3,
                4,
                5,
                6
            ))
        );
        println!("{}", format(|b, n| snprintf(b, n, c"plain".as_ptr())));
        let mut v = [5, -1, 9, 3, 3, 100, 0];
        qsort(v.as_mut_ptr().cast(), v.len(), 4, cmp_i32);
        let key = 9;
        let p = bsearch((&raw const key).cast(), v.as_ptr().cast(), v.len(), 4, cmp_i32) as *const i32;
        println!("{v:?} {}", p.offset_from(v.as_ptr()));
        let mut w = ["pear", "apple", "fig"];
        qsort(w.as_mut_ptr().cast(), 3, size_of::<&str>(), cmp_str);
        println!("{w:?} {}", memcmp(b"abc".as_ptr().cast(), b"abd".as_ptr().cast(), 3) < 0);
        let m = malloc(16) as *mut u64;
        m.write(1);
        m.add(1).write(2);
        let m = realloc(m.cast(), 1600) as *mut u64;
        println!("{} {}", *m + *m.add(1), {
            free(m.cast());
            0
        });
        let mut e = 0;
        println!("{} {} {} {}", toupper(b'q' as c_int) as u8 as char, hypot(3.0, 4.0), frexp(48.0, &mut e), { e });
        let mut t = Tm { year: 70, mon: 0, mday: 2, hour: 1, ..Default::default() };
        println!("{} {} {}", timegm(&mut t), t.wday, t.yday);
    }
    println!("{:?} {:?} {:?}", CString::new("in\0side").is_err(), CStr::from_bytes_until_nul(b"ab\0cd").unwrap(), c"lit".count_bytes());
    let f: unsafe extern "C" fn(c_int) -> c_int = abs;
    println!("{}", unsafe { f(-9) });
}
