// #[track_caller] locations: direct, through closures, fn pointers, trait methods and dyn, Location::caller, panics with the caller's place.
use std::panic::{Location, catch_unwind};
#[track_caller]
fn here() -> String {
    show(Location::caller())
}
fn show(l: &Location<'_>) -> String {
    format!("{}:{}:{}", l.file().rsplit('/').next().unwrap(), l.line(), l.column())
}
#[track_caller]
fn outer() -> String {
    here()
}
fn untracked() -> String {
    here()
}
trait Tr {
    #[track_caller]
    fn default(&self) -> String {
        here()
    }
    #[track_caller]
    fn required(&self) -> String;
    fn plain(&self) -> String {
        here()
    }
}
struct S;
impl Tr for S {
    fn required(&self) -> String {
        here()
    }
}
impl Tr for u8 {
    #[track_caller]
    fn required(&self) -> String {
        outer()
    }
    fn default(&self) -> String {
        here()
    }
}
#[track_caller]
fn checked(v: &[i32], i: usize) -> i32 {
    if i >= v.len() {
        panic!("index {i} too big")
    }
    v[i]
}
fn via<F: Fn() -> String>(f: F) -> String {
    f()
}
#[track_caller]
fn generic<T: Into<u64>>(t: T) -> (u64, String) {
    (t.into(), here())
}
struct Op(i32);
impl std::ops::Add for Op {
    type Output = String;
    #[track_caller]
    fn add(self, o: Op) -> String {
        format!("{} {}", self.0 + o.0, here())
    }
}
impl std::ops::Index<u8> for Op {
    type Output = i32;
    #[track_caller]
    fn index(&self, i: u8) -> &i32 {
        if i > 0 {
            panic!("Op index")
        }
        &self.0
    }
}
macro_rules! in_macro {
    () => {
        here()
    };
}
const CONST_LOC: &Location<'static> = Location::caller();
fn main() {
    println!("{} {} {}", here(), outer(), untracked());
    println!("{} {}", S.default(), S.required());
    println!("{} {} {}", 1u8.default(), 1u8.required(), 1u8.plain());
    let d: &dyn Tr = &S;
    println!("{} {} {}", d.default(), d.required(), d.plain());
    let f: fn() -> String = here;
    println!("{} {} {}", f().contains("track_caller.rs") || f().contains("function.rs"), via(|| here()), via(untracked));
    println!("{:?} {}", generic(5u8), in_macro!());
    println!("{}", Op(1) + Op(2));
    println!("{} {}", show(CONST_LOC), {
        const L: u32 = Location::caller().line();
        L
    });
    std::panic::set_hook(Box::new(|i| println!("panic at {}", show(i.location().unwrap()))));
    let one = std::hint::black_box(1usize);
    let _ = catch_unwind(|| checked(&[1], one));
    let _ = catch_unwind(|| None::<u8>.unwrap());
    let _ = catch_unwind(|| Err::<u8, _>("e").expect("msg"));
    let _ = catch_unwind(|| vec![1].remove(one));
    let _ = catch_unwind(|| std::hint::black_box(&[1])[one + 1]);
    let _ = catch_unwind(|| Op(1)[one as u8]);
    let _ = catch_unwind(|| std::collections::HashMap::<u8, u8>::new()[&1]);
    let _ = catch_unwind(|| std::cell::RefCell::new(1).try_borrow_mut().map(|mut m| *m /= one as i32 - 1));
    let _ = catch_unwind(|| "é".split_at(one));
    let _ = catch_unwind(|| [1, 2].copy_from_slice(&[1, 2, 3][..one]));
    let _ = catch_unwind(|| {
        let r: Result<u8, std::num::ParseIntError> = "x".parse();
        r.unwrap()
    });
    let _ = catch_unwind(|| assert_eq!(one, 2));
    println!("end");
}
