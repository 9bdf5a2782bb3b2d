// passes: inline
#![crate_type = "lib"]

fn add(a: u32, b: u32) -> u32 {
    a.wrapping_add(b)
}

pub fn small(a: u32) -> u32 {
    add(a, add(1, 2))
}

#[inline(never)]
fn never(a: u32) -> u32 {
    a ^ 1
}

pub fn not_never(a: u32) -> u32 {
    never(a)
}

pub fn closure(a: Option<u32>) -> Option<u32> {
    a.map(|x| x ^ 7)
}

fn even(n: u32) -> bool {
    if n == 0 { true } else { odd(n - 1) }
}

fn odd(n: u32) -> bool {
    if n == 0 { false } else { even(n - 1) }
}

// Functions that call each other are not inlined into one another.
pub fn circle(n: u32) -> bool {
    even(n)
}

#[track_caller]
fn here() -> &'static core::panic::Location<'static> {
    core::panic::Location::caller()
}

#[track_caller]
fn there() -> u32 {
    here().line()
}

// The location is this function's, through two functions that pass it on.
pub fn locations() -> u32 {
    there()
}

struct Loud;

impl Drop for Loud {
    #[inline(never)]
    fn drop(&mut self) {}
}

#[inline]
fn with_cleanup(f: fn()) {
    let _loud = Loud;
    f();
}

// Cleanup of the callee goes on with that of the caller.
pub fn cleanups(f: fn()) {
    let _loud = Loud;
    with_cleanup(f);
}

fn call<F: FnMut(u32, u32) -> u32>(mut f: F) -> u32 {
    f(1, 2)
}

// Arguments come as a tuple; a closure that changes nothing is called through a unique reference.
pub fn tuples(a: u32) -> u32 {
    call(|x, y| x.wrapping_mul(y) ^ a)
}

pub fn function_item() -> u32 {
    call(u32::wrapping_add)
}

fn id<T>(t: T) -> T {
    t
}

pub fn moves(v: Vec<u8>) -> Vec<u8> {
    id(id(v))
}

struct Pair(u32, u32);

impl Pair {
    fn sum(&self) -> u32 {
        self.0 ^ self.1
    }
}

pub fn method(a: u32) -> u32 {
    Pair(a, 3).sum()
}
