//! What generic code needs of its parameters: the test says for each function.
#![allow(unused)]
use std::any::TypeId;
use std::fmt::Debug;
use std::iter::Peekable;
use std::ops::Add;

pub fn slice_len<T>(v: &[T]) -> usize { v.len() }
pub fn size<T>() -> usize { size_of::<Option<T>>() }
pub fn replace<T>(to: &mut T, with: T) -> T { std::mem::replace(to, with) }
pub fn pop<T>(v: &mut Vec<T>) -> Option<T> { v.pop() }
pub fn nth<T>(v: &[T], i: usize) -> &T { &v[i] }
pub fn count<T>(v: &[T]) -> usize {
    let mut n = 0;
    let mut it = v.iter();
    while let Some(_) = it.next() { n += 1; }
    n
}
pub fn mutual_a<T>(x: T, n: u32) -> T { if n == 0 { x } else { mutual_b(x, n - 1) } }
pub fn mutual_b<T>(x: T, n: u32) -> T { mutual_a(x, n) }

pub fn assign<T>(to: &mut T, with: T) { *to = with; }
pub fn drop_vec<T>(v: Vec<T>) {}
pub fn drop_later<T>(v: Box<(u8, Option<T>)>, n: u32) { if n > 0 { drop_later(v, n - 1) } }

pub fn name<T>() -> &'static str { std::any::type_name::<T>() }
pub fn id<T: 'static>() -> TypeId { TypeId::of::<T>() }
pub fn cloned<T: Clone>(x: &T) -> T { x.clone() }
pub fn sum<T: Add<Output = T>>(a: T, b: T) -> T { a + b }
pub fn object<T: Debug + 'static>(x: T) -> Box<dyn Debug> { Box::new(x) }
pub fn address<T>() -> fn(&[T]) -> usize { slice_len::<T> }
pub fn of_object(v: &[u8], d: &dyn Debug) -> usize { v.len() }
pub fn name_in_callee<T>(v: &Vec<T>) -> &'static str { name::<Vec<T>>() }
pub fn mutual_name_a<T>(n: u32) -> &'static str { if n == 0 { "" } else { mutual_name_b::<T>(n - 1) } }
pub fn mutual_name_b<T>(n: u32) -> &'static str { if n == 1 { name::<T>() } else { mutual_name_a::<T>(n) } }
pub fn peeked<I: Iterator>(p: &Peekable<I>) -> usize { size_of_val(p) }
pub extern "C" fn by_c_abi<T>(x: T) -> T { x }
pub fn calls_c_abi<T>(x: T) -> T { by_c_abi(x) }

pub fn map<T, U, F: FnOnce(T) -> U>(x: Option<T>, f: F) -> Option<U> { x.map(f) }
pub fn second_only<A, B: Debug>(a: &[A], b: B) -> String { format!("{b:?}") }
pub fn reads<T: Special>(x: &T) -> u32 { x.special() }
pub trait Special { fn special(&self) -> u32; }
impl<T> Special for T { fn special(&self) -> u32 { size_of::<T>() as u32 } }

pub struct Plain(pub u32);
#[repr(C)] pub struct Pair(pub u32, pub u32);
pub struct Dropped(pub u32);
impl Drop for Dropped { fn drop(&mut self) {} }
