// Traits: default methods, associated types and consts, generic and blanket impls, supertraits, operators, where clauses.
use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::ops::{Add, AddAssign, Deref, DerefMut, Index, IndexMut, Mul, Neg, Not, RangeInclusive, Sub};

trait Animal {
    const LEGS: u32 = 4;
    type Food: Display + Default;
    fn name(&self) -> String;
    fn eat(&self) -> String {
        format!("{} eats {} on {} legs", self.name(), Self::Food::default(), Self::LEGS)
    }
    fn make() -> Self
    where
        Self: Sized;
}

#[derive(Default)]
struct Hay;
impl Display for Hay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hay")
    }
}
struct Cow;
struct Bird {
    n: u32,
}
impl Animal for Cow {
    type Food = Hay;
    fn name(&self) -> String {
        "cow".into()
    }
    fn make() -> Self {
        Cow
    }
}
impl Animal for Bird {
    const LEGS: u32 = 2;
    type Food = u64;
    fn name(&self) -> String {
        format!("bird{}", self.n)
    }
    fn eat(&self) -> String {
        format!("{} pecks {} with {}", self.name(), Self::Food::default(), Self::LEGS * 2)
    }
    fn make() -> Self {
        Bird { n: 7 }
    }
}
fn feed<A: Animal>() -> String
where
    A::Food: Display,
{
    A::make().eat()
}

trait Describe {
    fn describe(&self) -> String;
}
impl<T: Debug> Describe for T {
    fn describe(&self) -> String {
        format!("<{self:?}>")
    }
}
trait Loud: Describe {
    fn loud(&self) -> String {
        self.describe().to_uppercase()
    }
}
impl Loud for &str {}
impl<T: Debug> Loud for Vec<T> {}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct V2<T> {
    x: T,
    y: T,
}
impl<T: Add<Output = T>> Add for V2<T> {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        V2 { x: self.x + o.x, y: self.y + o.y }
    }
}
impl<T: Sub<Output = T>> Sub for V2<T> {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        V2 { x: self.x - o.x, y: self.y - o.y }
    }
}
impl<T: Mul<Output = T> + Copy> Mul<T> for V2<T> {
    type Output = Self;
    fn mul(self, k: T) -> Self {
        V2 { x: self.x * k, y: self.y * k }
    }
}
impl<T: Neg<Output = T>> Neg for V2<T> {
    type Output = Self;
    fn neg(self) -> Self {
        V2 { x: -self.x, y: -self.y }
    }
}
impl<T: AddAssign> AddAssign for V2<T> {
    fn add_assign(&mut self, o: Self) {
        self.x += o.x;
        self.y += o.y;
    }
}
impl<'a, T> std::iter::Sum<&'a V2<T>> for V2<T>
where
    T: Default + Copy + Add<Output = T> + 'a,
{
    fn sum<I: Iterator<Item = &'a V2<T>>>(it: I) -> Self {
        it.fold(V2::default(), |a, b| a + *b)
    }
}

#[derive(Default, Debug)]
struct Grid {
    w: usize,
    cells: Vec<u8>,
}
impl Index<(usize, usize)> for Grid {
    type Output = u8;
    fn index(&self, (x, y): (usize, usize)) -> &u8 {
        &self.cells[y * self.w + x]
    }
}
impl IndexMut<(usize, usize)> for Grid {
    fn index_mut(&mut self, (x, y): (usize, usize)) -> &mut u8 {
        &mut self.cells[y * self.w + x]
    }
}
impl Deref for Grid {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.cells
    }
}
impl DerefMut for Grid {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.cells
    }
}
impl Not for &Grid {
    type Output = Vec<u8>;
    fn not(self) -> Vec<u8> {
        self.cells.iter().map(|c| !c).collect()
    }
}

trait Visitor {
    type Out;
    fn visit(&mut self, n: i64);
    fn done(self) -> Self::Out;
}
struct Max(Option<i64>);
struct Histogram(BTreeMap<i64, usize>);
impl Visitor for Max {
    type Out = Option<i64>;
    fn visit(&mut self, n: i64) {
        self.0 = self.0.max(Some(n));
    }
    fn done(self) -> Self::Out {
        self.0
    }
}
impl Visitor for Histogram {
    type Out = BTreeMap<i64, usize>;
    fn visit(&mut self, n: i64) {
        *self.0.entry(n % 3).or_default() += 1;
    }
    fn done(self) -> Self::Out {
        self.0
    }
}
impl<A: Visitor, B: Visitor> Visitor for (A, B) {
    type Out = (A::Out, B::Out);
    fn visit(&mut self, n: i64) {
        self.0.visit(n);
        self.1.visit(n);
    }
    fn done(self) -> Self::Out {
        (self.0.done(), self.1.done())
    }
}
fn walk<V: Visitor>(mut v: V, r: RangeInclusive<i64>) -> V::Out {
    for n in r {
        v.visit(n);
    }
    v.done()
}

trait Zero {
    const ZERO: Self;
}
impl Zero for i32 {
    const ZERO: Self = 0;
}
impl Zero for f64 {
    const ZERO: Self = 0.0;
}
impl<T: Zero> Zero for V2<T> {
    const ZERO: Self = V2 { x: T::ZERO, y: T::ZERO };
}
impl<T: Zero + Copy, const N: usize> Zero for [T; N] {
    const ZERO: Self = [T::ZERO; N];
}

trait Named {
    fn name() -> &'static str;
    fn id(&self) -> u8 {
        1
    }
}
trait Other {
    fn name() -> &'static str;
    fn id(&self) -> u8 {
        2
    }
}
struct Both;
impl Named for Both {
    fn name() -> &'static str {
        "named"
    }
}
impl Other for Both {
    fn name() -> &'static str {
        "other"
    }
}
impl Both {
    fn id(&self) -> u8 {
        0
    }
}

fn main() {
    println!("{} / {}", feed::<Cow>(), feed::<Bird>());
    println!("{} {} {}", 5.describe(), "s".loud(), vec![Some(1.5), None].loud());
    let (a, b) = (V2 { x: 1, y: 2 }, V2 { x: 10, y: 20 });
    let mut c = -(a + b * 3 - a);
    c += b;
    println!("{c:?} {:?} {}", [a, b, c].iter().sum::<V2<i32>>(), a == V2 { x: 1, y: 2 });
    let mut g = Grid { w: 3, cells: vec![0; 6] };
    g[(2, 1)] = 9;
    g[(0, 0)] += 4;
    g.reverse();
    println!("{g:?} {} {} {:?}", g[(0, 0)], g.len(), !&g);
    println!("{:?}", walk((Max(None), (Histogram(BTreeMap::new()), Max(Some(100)))), -4..=12));
    println!("{:?} {:?}", <V2<f64> as Zero>::ZERO, <[V2<i32>; 2]>::ZERO);
    println!("{} {} {} {} {}", <Both as Named>::name(), <Both as Other>::name(), Both.id(), Named::id(&Both), Other::id(&Both));
}
