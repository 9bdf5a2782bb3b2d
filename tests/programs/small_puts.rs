// Output through libc only: calls, pointers, byte strings, statics, a loop over a slice; no formatting.
use std::ffi::{c_char, c_int};

unsafe extern "C" {
    fn puts(s: *const c_char) -> c_int;
    fn putchar(c: c_int) -> c_int;
    fn fflush(stream: *mut u8) -> c_int;
}

static LINES: [&[u8]; 3] = [b"one\0", b"two\0", b"three\0"];

struct Point {
    x: i32,
    y: i32,
}

enum Shape {
    Dot(Point),
    Line { from: Point, to: Point },
    Nothing,
}

fn measure(s: &Shape) -> i32 {
    match s {
        Shape::Dot(p) => p.x + p.y,
        Shape::Line { from, to } => (to.x - from.x).abs() + (to.y - from.y).abs(),
        Shape::Nothing => 0,
    }
}

fn digits(mut n: i32) {
    let mut buffer = [0u8; 12];
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    for d in &buffer[at..] {
        unsafe { putchar(*d as c_int) };
    }
    unsafe { putchar(b'\n' as c_int) };
}

fn main() {
    for line in LINES {
        unsafe { puts(line.as_ptr().cast()) };
    }
    let shapes =
        [Shape::Dot(Point { x: 3, y: 4 }), Shape::Line { from: Point { x: -10, y: 0 }, to: Point { x: 90, y: 23 } }, Shape::Nothing];
    for s in &shapes {
        digits(measure(s));
    }
    unsafe { fflush(std::ptr::null_mut()) };
}
