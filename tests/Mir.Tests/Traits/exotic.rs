// What std's own code and ordinary programs use seldom: specialization with projections, upcasting through a diamond, coroutines, async closures.
#![feature(specialization, coroutines, coroutine_trait, stmt_expr_attributes, gen_blocks, yield_expr, unboxed_closures, fn_traits, ptr_metadata, auto_traits, negative_impls, trait_alias, marker_trait_attr, unsized_fn_params, coerce_unsized, unsize, inherent_associated_types, min_generic_const_args, unsafe_binders)]
#![allow(incomplete_features, dead_code)]

use std::fmt::{Debug, Display};
use std::future::Future;
use std::marker::PhantomData;
use std::ops::{Coroutine, CoerceUnsized, AsyncFn, AsyncFnMut, AsyncFnOnce};
use std::marker::Unsize;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

// -- specialization ----------------------------------------------------------------------------------------------------------------------------

trait Describe { type Tag: Default + Display; fn describe(&self) -> String; fn twice(&self) -> String { self.describe() + &self.describe() } fn base(&self) -> u32 { 1 } }
impl<T> Describe for T { default type Tag = u8; default fn describe(&self) -> String { "any".into() } default fn base(&self) -> u32 { 2 } }
impl<T: Copy2> Describe for T { default fn describe(&self) -> String { "copy".into() } default fn base(&self) -> u32 { 3 } }
impl<T: Copy2 + Display> Describe for T { default fn describe(&self) -> String { format!("{self}") } }
impl Describe for bool { type Tag = i64; fn describe(&self) -> String { "bool".into() } }
struct V<T>(T);
impl<T> Describe for V<T> { default fn describe(&self) -> String { "vec".into() } }
impl Describe for V<u8> { fn describe(&self) -> String { "bytes".into() } }

trait Extend2<T, I> { fn extend2(&mut self, i: I); }
impl<T, I: Iterator<Item = T>> Extend2<T, I> for Vec<T> { default fn extend2(&mut self, i: I) { for x in i { self.push(x) } } }
impl<T, I: ExactSizeIterator<Item = T>> Extend2<T, I> for Vec<T> { default fn extend2(&mut self, i: I) { self.reserve(i.len()); for x in i { self.push(x) } } }
impl<T> Extend2<T, std::vec::IntoIter<T>> for Vec<T> { fn extend2(&mut self, i: std::vec::IntoIter<T>) { self.extend(i) } }
impl<'a, T: 'a + Copy> Extend2<T, std::iter::Copied<std::slice::Iter<'a, T>>> for Vec<T> { fn extend2(&mut self, i: std::iter::Copied<std::slice::Iter<'a, T>>) { self.extend(i) } }

#[marker] trait Both {}
impl<T: Copy> Both for T {}
impl<T: Debug> Both for T {}
fn both<T: Both>(_: T) -> u32 { 7 }

trait Copy2 {}
impl Copy2 for u8 {}
impl Copy2 for (i32, i32) {}
impl Copy2 for u32 {}

// -- vtables ------------------------------------------------------------------------------------------------------------------------------------

trait A { fn a(&self) -> u32; fn generic<T>(&self) -> T where Self: Sized { unimplemented!() } fn late<'a>(&'a self, s: &'a str) -> &'a str { s } }
trait B: A { fn b(&self) -> u32; fn by_value(self: Box<Self>) -> u32; }
trait C: A { fn c(&self) -> u32; fn c2(&self) -> u32 { 22 } }
trait Empty {}
trait D: B + Empty + C + Debug { fn d(&self) -> u32; }
trait Param<T> { fn get(&self) -> T; #[track_caller] fn tracked(&self) -> u32 { std::panic::Location::caller().line() } }
trait Two: Param<u8> + Param<u16> { fn two(&self) -> u32 { self.late2() } fn late2(&self) -> u32 { 9 } }
trait Assoc { type X; fn x(&self) -> Self::X; }
trait SubAssoc: Assoc<X = String> { fn len(&self) -> usize { self.x().len() } }
#[derive(Debug, Clone)] struct S(u32);
impl A for S { fn a(&self) -> u32 { self.0 } }
impl B for S { fn b(&self) -> u32 { 2 } fn by_value(self: Box<Self>) -> u32 { self.0 } }
impl C for S { fn c(&self) -> u32 { 3 } }
impl Empty for S {}
impl D for S { fn d(&self) -> u32 { 4 } }
impl Param<u8> for S { fn get(&self) -> u8 { 8 } #[track_caller] fn tracked(&self) -> u32 { 1 } }
impl Param<u16> for S { fn get(&self) -> u16 { 16 } }
impl Two for S {}
impl Assoc for S { type X = String; fn x(&self) -> String { format!("{}", self.0) } }
impl SubAssoc for S {}
trait Impossible<T> { fn never(&self) where T: Copy2 { loop {} } fn maybe(&self) -> u32 where T: Display { 3 } fn always(&self) -> u32 { 1 } }
impl<T> Impossible<T> for S {}

fn upcast(d: Box<dyn D>) -> u32 {
    let b: &dyn B = &*d;
    let c: &dyn C = &*d;
    let a: &dyn A = c;
    let e: &dyn Empty = &*d;
    let dbg: &dyn Debug = &*d;
    let _ = (e, format!("{dbg:?}"));
    b.b() + c.c2() + a.a() + d.d() + b.a() + a.late("x").len() as u32 + d.by_value()
}

// -- callables -----------------------------------------------------------------------------------------------------------------------------------

fn call<R>(f: impl Fn(&str) -> R) -> R { f("call") }
fn call_dyn(f: &dyn Fn(&str) -> String) -> String { f("dyn") }
fn call_once<F: FnOnce(u8) -> R, R>(f: F) -> R { f(1) }
fn call_ptr(f: for<'a> fn(&'a [u8]) -> &'a u8, v: &[u8]) -> u8 { *f(v) }
fn compose<X, Y, Z>(f: impl Fn(X) -> Y, g: impl Fn(Y) -> Z) -> impl Fn(X) -> Z { move |x| g(f(x)) }
trait ForPtr { fn arity(&self) -> u32; }
impl<R> ForPtr for fn() -> R { fn arity(&self) -> u32 { 0 } }
impl<R, T> ForPtr for fn(T) -> R { fn arity(&self) -> u32 { 1 } }
trait ForRefPtr { fn kind(&self) -> u32; }
impl<T> ForRefPtr for for<'a> fn(&'a T) { fn kind(&self) -> u32 { 2 } }
fn takes_ref(_: &u8) {}

// -- async, coroutines ------------------------------------------------------------------------------------------------------------------------------

fn block_on<F: Future>(f: F) -> F::Output {
    let mut f = pin!(f);
    let mut cx = Context::from_waker(Waker::noop());
    loop { if let Poll::Ready(x) = f.as_mut().poll(&mut cx) { return x } }
}
async fn twice(f: impl AsyncFn(u32) -> u32) -> u32 { f(1).await + f(2).await }
async fn twice_mut(mut f: impl AsyncFnMut(u32) -> u32) -> u32 { f(1).await + f(2).await }
async fn once(f: impl AsyncFnOnce(u32) -> u32) -> u32 { f(3).await }
trait AsyncTrait { async fn run(&self) -> u32; fn iter(&self) -> impl Iterator<Item = u32> { 0..3 } async fn default(&self) -> u32 { self.run().await + self.iter().sum::<u32>() } }
impl AsyncTrait for S { async fn run(&self) -> u32 { self.0 } }
struct Other;
impl AsyncTrait for Other { async fn run(&self) -> u32 { 5 } fn iter(&self) -> impl Iterator<Item = u32> { [1, 2].into_iter().rev() } }

fn coroutines() -> u32 {
    let mut sum = 0;
    let mut c = #[coroutine] |start: u32| { let s = yield start; yield s + 1; "done".to_string() };
    while let std::ops::CoroutineState::Yielded(n) = Pin::new(&mut c).resume(3) { sum += n }
    let g = gen { for i in 0..4u32 { yield i } };
    sum + g.map(|x| x * 2).filter(|x| x % 3 == 0).sum::<u32>()
}

// -- projections ---------------------------------------------------------------------------------------------------------------------------------------

trait Lending { type Item<'a, T: 'a + Default> where Self: 'a; fn lend<'a, T: Default>(&'a mut self) -> Self::Item<'a, T>; }
impl<X> Lending for Vec<X> { type Item<'a, T: 'a + Default> = (&'a mut [X], T) where X: 'a; fn lend<'a, T: Default>(&'a mut self) -> (&'a mut [X], T) { (self, T::default()) } }
struct Ptr<T: ?Sized>(*const T, PhantomData<u8>);
impl<T: ?Sized + Unsize<U>, U: ?Sized> CoerceUnsized<Ptr<U>> for Ptr<T> {}
fn meta<T: ?Sized>(p: *const T) -> <T as std::ptr::Pointee>::Metadata { p.to_raw_parts().1 }
struct Tail<T: ?Sized> { head: u16, tail: T }
trait Shape { const N: usize; fn arr(&self) -> [u8; 4] where Self: Sized { [Self::N as u8; 4] } }
impl Shape for u8 { const N: usize = 8; }
impl<T: Shape> Shape for [T; 3] { const N: usize = T::N * 3; }
fn higher<F>(f: F) -> usize where F: for<'a> Fn(&'a [u8]) -> <&'a [u8] as IntoIterator>::IntoIter { f(&[1, 2, 3]).count() }
fn opaque(n: u32) -> impl Iterator<Item = impl Display> + Clone { (0..n).map(|x| x * 2) }
fn recursive(n: u32) -> Box<dyn Iterator<Item = u32>> { if n == 0 { Box::new(std::iter::empty()) } else { Box::new(std::iter::once(n).chain(recursive(n - 1))) } }

pub fn main() {
    println!("{} {} {} {} {}", 1u8.describe(), "s".describe(), (1, 2).describe(), true.twice(), String::new().describe());
    println!("{} {} {}", V(1u8).describe(), V(1u16).describe(), S(1).base() + 1u32.base() + true.base());
    println!("{} {}", <bool as Describe>::Tag::default(), <u8 as Describe>::Tag::default());
    let mut v = vec![1u8];
    v.extend2([1u8, 2].iter().copied());
    v.extend2(vec![3].into_iter());
    v.extend2([1u8].into_iter());
    v.extend2([1u8].into_iter().filter(|x| *x > 0));
    println!("{}", both(1) + both(String::new()));
    println!("{}", upcast(Box::new(S(5))));
    let two: &dyn Two = &S(1);
    let p: &dyn Param<u16> = two;
    println!("{} {} {}", two.two(), p.get(), p.tracked());
    let sa: &dyn SubAssoc = &S(100);
    println!("{} {}", sa.len(), sa.x());
    println!("{}", (&S(1) as &dyn Impossible<String>).always());
    println!("{} {} {}", call(str::len), call(|s| s.to_uppercase()), call_dyn(&|s| s.repeat(2)));
    println!("{} {}", call_once(Some).is_some(), call_ptr(|s| &s[0], &[9]));
    println!("{}", compose(|x: u8| x as u16, u32::from)(3));
    println!("{} {} {}", (main as fn()).arity(), (std::convert::identity::<u8> as fn(u8) -> u8).arity(), (takes_ref as for<'a> fn(&'a u8)).kind());
    let b: Box<dyn FnOnce(u8) -> u8> = Box::new(|x| x + 1);
    println!("{} {:?}", b(1), [1, 2].map(S).clone());
    let s = String::from("captured");
    let len = &s;
    println!("{}", block_on(twice(async |x| x + len.len() as u32)));
    let mut count = 0;
    println!("{}", block_on(twice_mut(async |x| { count += x; count })));
    println!("{}", block_on(once(async move |x| x + s.len() as u32)));
    println!("{}", block_on(twice(|x| async move { x })));
    println!("{} {}", block_on(S(3).default()), block_on(Other.default()));
    println!("{}", coroutines());
    println!("{}", vec![1, 2].lend::<u8>().0.len());
    let t: &Tail<dyn Display> = &Tail { head: 1, tail: 5u64 };
    let p: Ptr<dyn Debug> = Ptr(&S(1), PhantomData);
    println!("{} {} {:?} {}", &t.tail, t.head, unsafe { &*p.0 }, meta("abc" as *const str));
    println!("{} {:?}", higher(|s: &[u8]| s.iter()), [1u8, 2, 3].arr());
    for x in opaque(2).clone() { println!("{x}"); }
    println!("{:?}", recursive(3).collect::<Vec<_>>());
}
