// Statics and constants with relocations: tables of fn pointers, nested references, slices of str, statics pointing at statics, dyn in statics, promoted constants.
use std::fmt::Debug;
use std::sync::atomic::{AtomicU32, Ordering};
fn add(a: i32, b: i32) -> i32 {
    a + b
}
fn sub(a: i32, b: i32) -> i32 {
    a - b
}
struct Op {
    name: &'static str,
    f: fn(i32, i32) -> i32,
    alias: Option<&'static Op>,
    notes: &'static [&'static str],
}
static ADD: Op = Op { name: "add", f: add, alias: None, notes: &[] };
static PLUS: Op = Op { name: "plus", f: ADD.f, alias: Some(&ADD), notes: &["same", "as", "add"] };
static OPS: [&Op; 3] = [&ADD, &PLUS, &Op { name: "sub", f: sub, alias: None, notes: &["inline"] }];
static NESTED: &[&[&str]] = &[&["a", "b"], &[], &["c"]];
static BYTES: &[u8; 6] = b"bytes\0";
static SELF_REF: Link = Link { next: Some(&SELF_REF2), n: 1 };
static SELF_REF2: Link = Link { next: Some(&SELF_REF), n: 2 };
struct Link {
    next: Option<&'static Link>,
    n: u8,
}
static DYN: &(dyn Debug + Sync) = &(1, "dyn", [2.5]);
static CALLS: [&(dyn Fn(i32) -> i32 + Sync); 2] = [&|x| x + 1, &|x| x * x];
static COUNT: AtomicU32 = AtomicU32::new(5);
static COUNT_REF: &AtomicU32 = &COUNT;
static mut MUTABLE: [u16; 4] = [1, 2, 3, 4];
static TABLE: [u8; 256] = {
    let mut t = [0; 256];
    let mut i = 0;
    while i < 256 {
        t[i] = (i as u8).count_ones() as u8;
        i += 1;
    }
    t
};
static BIG: [u64; 4096] = [7; 4096];
static ZEROED: [u32; 100_000] = [0; 100_000];
static MIXED: (u8, u64, Option<&str>, char, Result<i8, ()>) = (1, 2, Some("three"), '4', Err(()));
static MIDDLE: Raw = Raw(unsafe { (&raw const MUTABLE as *const u16).add(2) });
struct Raw(*const u16);
unsafe impl Sync for Raw {}
static STRUCT_OF_SLICES: Sl = Sl { words: &["x", "yy"], first: "xyz".as_bytes().split_at(1).0, f: None };
struct Sl {
    words: &'static [&'static str],
    first: &'static [u8],
    f: Option<fn()>,
}
const GREETING: &str = "const";
const PAIR: (&str, [i32; 3]) = (GREETING, [1, 2, 3]);
const EMPTY_VEC: Vec<String> = Vec::new();
const ARR_OF_VEC: [Vec<u8>; 3] = [const { Vec::new() }; 3];
const NAN_BITS: u32 = f32::NAN.to_bits();
const HASH: u32 = fnv("compile time");
const fn fnv(s: &str) -> u32 {
    let b = s.as_bytes();
    let mut h = 0x811c9dc5u32;
    let mut i = 0;
    while i < b.len() {
        h = (h ^ b[i] as u32).wrapping_mul(0x01000193);
        i += 1;
    }
    h
}
trait HasConst {
    const LIST: &'static [u8];
    const TWICE: usize = Self::LIST.len() * 2;
}
impl HasConst for u8 {
    const LIST: &'static [u8] = &[1, 2];
}
impl<T: HasConst> HasConst for Option<T> {
    const LIST: &'static [u8] = {
        let l = T::LIST;
        if l.len() > 1 { &[9] } else { &[] }
    };
}
fn counter() -> u32 {
    static N: AtomicU32 = AtomicU32::new(0);
    N.fetch_add(1, Ordering::Relaxed)
}
fn generic_static<T>() -> usize {
    static N: AtomicU32 = AtomicU32::new(0);
    N.fetch_add(1, Ordering::Relaxed) as usize + size_of::<T>()
}
fn promoted() -> &'static [i32] {
    &[10, 20, 30]
}
fn promoted_ref(i: usize) -> &'static Option<&'static str> {
    if i == 0 { &None } else { &Some("promoted") }
}
fn main() {
    for op in OPS {
        println!("{} {} {:?} {:?}", op.name, (op.f)(7, 3), op.alias.map(|a| a.name), op.notes);
    }
    println!("{} {}", std::ptr::eq(PLUS.alias.unwrap(), &ADD), PLUS.f as usize == ADD.f as usize);
    println!("{NESTED:?} {:?} {DYN:?}", std::str::from_utf8(BYTES));
    println!("{} {}", SELF_REF.next.unwrap().next.unwrap().next.unwrap().n, SELF_REF.n);
    println!("{:?}", CALLS.iter().map(|f| f(6)).collect::<Vec<_>>());
    COUNT_REF.fetch_add(1, Ordering::SeqCst);
    println!("{}", COUNT.load(Ordering::SeqCst));
    unsafe {
        MUTABLE[2] += 40;
        let m = &raw mut MUTABLE;
        (*m)[0] = 9;
        println!("{:?} {}", *m, *MIDDLE.0);
    }
    println!("{} {} {}", TABLE.iter().map(|x| *x as u32).sum::<u32>(), BIG.iter().sum::<u64>(), ZEROED.iter().all(|x| *x == 0));
    println!("{MIXED:?} {:?} {:?} {}", STRUCT_OF_SLICES.words, STRUCT_OF_SLICES.first, STRUCT_OF_SLICES.f.is_none());
    let mut v = EMPTY_VEC;
    v.push(GREETING.to_string());
    println!("{v:?} {:?} {:?} {NAN_BITS:#x} {HASH:#x}", PAIR, ARR_OF_VEC);
    println!("{:?} {} {:?} {} {}", u8::LIST, u8::TWICE, Option::<u8>::LIST, <Option<Option<u8>>>::TWICE, <Option<u8>>::TWICE);
    println!("{} {} {}", counter(), counter(), counter());
    println!("{} {} {}", generic_static::<u8>(), generic_static::<u64>(), generic_static::<()>());
    println!("{:?} {:?} {:?}", promoted(), promoted_ref(0), promoted_ref(1));
    let local: &'static [&'static dyn Debug] = &[&1, &"two", &Some(3)];
    println!("{local:?}");
    println!("{:?}", [PAIR; 2]);
}
