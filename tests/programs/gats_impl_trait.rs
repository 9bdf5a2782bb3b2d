// GATs, impl Trait in arguments and returns, RPITIT, higher-ranked bounds, associated-type bounds, lending iteration, PhantomData states.
use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;
trait Lending {
    type Item<'a>
    where
        Self: 'a;
    fn next<'a>(&'a mut self) -> Option<Self::Item<'a>>;
    fn for_each(mut self, mut f: impl for<'a> FnMut(Self::Item<'a>))
    where
        Self: Sized + 'static,
    {
        while let Some(x) = self.next() {
            f(x);
        }
    }
}
struct WindowsMut<'s> {
    data: &'s mut [i32],
    at: usize,
    size: usize,
}
impl<'s> Lending for WindowsMut<'s> {
    type Item<'a>
        = &'a mut [i32]
    where
        Self: 'a;
    fn next(&mut self) -> Option<&mut [i32]> {
        let r = self.data.get_mut(self.at..self.at + self.size);
        self.at += 1;
        r
    }
}
struct Lines {
    buf: String,
    left: u8,
}
impl Lending for Lines {
    type Item<'a> = &'a str;
    fn next(&mut self) -> Option<&str> {
        self.left = self.left.checked_sub(1)?;
        self.buf.push(('a' as u8 + self.left) as char);
        Some(&self.buf)
    }
}
trait Family {
    type Of<T: Debug>: Debug + FromIterator<T>;
}
struct VecF;
struct DequeF;
impl Family for VecF {
    type Of<T: Debug> = Vec<T>;
}
impl Family for DequeF {
    type Of<T: Debug> = std::collections::VecDeque<T>;
}
fn build<F: Family>(n: u8) -> (F::Of<u8>, F::Of<String>) {
    ((0..n).collect(), (0..n).map(|x| x.to_string()).collect())
}
trait Storage {
    type Key<const N: usize>;
    fn key<const N: usize>(&self) -> Self::Key<N>;
}
impl Storage for u8 {
    type Key<const N: usize> = [u8; N];
    fn key<const N: usize>(&self) -> [u8; N] {
        [*self; N]
    }
}
fn evens(limit: u32) -> impl Iterator<Item = u32> + DoubleEndedIterator + Clone {
    (0..limit).filter(|x| x % 2 == 0)
}
fn pick(flag: bool) -> impl Display {
    if flag { "yes".to_string() } else { "no".into() }
}
fn print_all(items: impl IntoIterator<Item = impl Display>) -> String {
    items.into_iter().map(|x| format!("<{x}>")).collect()
}
fn make_fns() -> (impl Fn(i32) -> i32, impl FnOnce() -> Vec<i32>) {
    let v = vec![1, 2];
    (move |x| x + 1, move || v)
}
fn borrowed<'a>(m: &'a BTreeMap<String, i32>, min: i32) -> impl Iterator<Item = (&'a str, i32)> + 'a {
    m.iter().filter(move |(_, v)| **v >= min).map(|(k, v)| (k.as_str(), *v))
}
trait Source {
    fn items(&self) -> impl Iterator<Item = u8> + '_;
    fn total(&self) -> u32 {
        self.items().map(u32::from).sum()
    }
}
impl Source for Vec<u8> {
    fn items(&self) -> impl Iterator<Item = u8> + '_ {
        self.iter().copied()
    }
}
impl Source for str {
    fn items(&self) -> impl Iterator<Item = u8> + '_ {
        self.bytes().rev()
    }
    fn total(&self) -> u32 {
        self.len() as u32
    }
}
fn hr<F>(f: F) -> usize
where
    F: for<'a, 'b> Fn(&'a str, &'b str) -> &'a str,
{
    let s = String::from("longer");
    f(&s, "b").len()
}
fn hr_dyn(f: &dyn for<'a> Fn(&'a [u8]) -> Option<&'a u8>) -> Vec<u8> {
    [&b"xyz"[..], b""].iter().filter_map(|s| f(s).copied()).collect()
}
fn assoc<I>(it: I) -> i64
where
    I: IntoIterator<Item: Into<i64> + Copy>,
{
    it.into_iter().map(Into::into).sum()
}
trait Nested {
    type A: Iterator<Item = Self::B>;
    type B: Debug + Clone;
    fn get(&self) -> Self::A;
}
impl Nested for [char; 3] {
    type A = std::array::IntoIter<char, 3>;
    type B = char;
    fn get(&self) -> Self::A {
        (*self).into_iter()
    }
}
fn twice<N: Nested>(n: &N) -> Vec<(N::B, N::B)>
where
    N::A: Clone,
{
    let a = n.get();
    a.clone().zip(a.skip(1)).collect()
}
struct Open;
struct Closed;
struct Door<S> {
    uses: u32,
    _s: PhantomData<S>,
}
impl Door<Closed> {
    fn new() -> Self {
        Door { uses: 0, _s: PhantomData }
    }
    fn open(self) -> Door<Open> {
        Door { uses: self.uses + 1, _s: PhantomData }
    }
}
impl Door<Open> {
    fn close(self) -> Door<Closed> {
        Door { uses: self.uses + 1, _s: PhantomData }
    }
}
struct Wrapper<'a, T: ?Sized + 'a>(&'a T);
impl<'a, T: ?Sized> Wrapper<'a, T>
where
    &'a T: IntoIterator,
    <&'a T as IntoIterator>::Item: Debug,
{
    fn list(&self) -> String {
        self.0.into_iter().map(|x| format!("{x:?}")).collect::<Vec<_>>().join("|")
    }
}
fn rec_impl(n: u32) -> Box<dyn Iterator<Item = u32>> {
    if n == 0 { Box::new(std::iter::empty()) } else { Box::new(std::iter::once(n).chain(rec_impl(n - 1))) }
}
fn main() {
    let mut d = [1, 2, 3, 4, 5];
    let mut ws = WindowsMut { data: &mut d, at: 0, size: 3 };
    while let Some(w) = ws.next() {
        w[2] += w[0];
    }
    println!("{d:?}");
    let mut seen = vec![];
    Lines { buf: String::new(), left: 3 }.for_each(|s| seen.push(s.to_owned()));
    println!("{seen:?} {:?} {:?}", build::<VecF>(3), build::<DequeF>(2));
    println!("{:?} {:?}", 7u8.key::<3>(), 1u8.key::<0>());
    println!("{:?} {} {}", evens(9).rev().chain(evens(3)).collect::<Vec<_>>(), pick(true), pick(false));
    println!("{} {}", print_all([1, 2]), print_all(vec!["a", "b"]));
    let (f, g) = make_fns();
    println!("{} {:?}", f(f(1)), g());
    let m = BTreeMap::from([("a".to_string(), 1), ("b".to_string(), 5)]);
    println!("{:?}", borrowed(&m, 2).collect::<Vec<_>>());
    println!("{} {} {:?}", vec![1u8, 2].total(), "str".total(), "abc".items().collect::<Vec<_>>());
    println!("{} {:?} {} {}", hr(|a, _| &a[1..]), hr_dyn(&|s| s.last()), assoc([1i32, 2]), assoc(vec![3u8, 4]));
    println!("{:?} {}", twice(&['x', 'y', 'z']), Door::new().open().close().open().uses);
    println!("{} {}", Wrapper(&[1, 2][..]).list(), Wrapper(&m).list());
    println!("{:?}", rec_impl(5).collect::<Vec<_>>());
}
