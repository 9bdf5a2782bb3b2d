// Modules, visibility, re-exports, nested functions and items, macro_rules of several kinds, recursion in macros, hygiene, include and stringify, shadowed preludes.
mod geometry {
    pub trait Area {
        fn area(&self) -> f64;
    }
    #[derive(Debug, Clone)]
    pub struct Square(pub f64);
    pub mod round {
        use super::Area;
        pub struct Circle {
            pub(crate) r: f64,
            secret: u8,
        }
        impl Circle {
            pub fn new(r: f64) -> Self {
                Circle { r, secret: 3 }
            }
            pub(in super::super) fn secret(&self) -> u8 {
                self.secret
            }
        }
        impl Area for Circle {
            fn area(&self) -> f64 {
                super::PI_ISH * self.r * self.r
            }
        }
        pub use self::inner::deep;
        mod inner {
            pub fn deep() -> &'static str {
                module_path!()
            }
        }
    }
    const PI_ISH: f64 = 3.0;
    impl Area for Square {
        fn area(&self) -> f64 {
            self.0 * self.0
        }
    }
    pub use round::Circle as Disc;
}
use geometry::{Area, Disc, Square, round::deep as deeper};
macro_rules! maximum { ($x:expr) => { $x }; ($x:expr, $($r:expr),+ $(,)?) => {{ let a = $x; let b = maximum!($($r),+); if a > b { a } else { b } }}; }
macro_rules! count { () => { 0usize }; ($h:tt $($t:tt)*) => { 1usize + count!($($t)*) }; }
macro_rules! map { ($($k:expr => $v:expr),* $(,)?) => { std::collections::BTreeMap::from([$(($k, $v)),*]) }; }
macro_rules! newtype { ($(#[$m:meta])* $v:vis $n:ident($t:ty) $(: $($tr:ident),+)?) => { $(#[$m])* $v struct $n($t); impl From<$t> for $n { fn from(t: $t) -> Self { $n(t) } } $($(impl $tr for $n { fn call(&self) -> String { format!("{}::{}", stringify!($n), stringify!($tr)) } })+)? }; }
trait Callable {
    fn call(&self) -> String;
}
newtype!(#[derive(Debug, PartialEq)] pub Meters(f32): Callable);
newtype!(Plain(Vec<u8>));
macro_rules! enum_str { ($n:ident { $($v:ident = $e:expr),+ }) => { #[derive(Clone, Copy)] enum $n { $($v = $e),+ } impl $n { const ALL: &'static [$n] = &[$($n::$v),+]; fn name(self) -> &'static str { match self { $($n::$v => stringify!($v)),+ } } } }; }
enum_str!(Color { Red = 1, Green = 1 << 2, Blue = 40 });
macro_rules! hygiene {
    ($e:expr) => {{
        let x = 10;
        $e + x
    }};
}
macro_rules! matcher {
    (lit $l:literal) => {
        concat!("literal ", $l)
    };
    (id $i:ident) => {
        concat!("ident ", stringify!($i))
    };
    (ty $t:ty) => {
        stringify!($t)
    };
    (block $b:block) => {
        $b
    };
    (pat $p:pat => $e:expr) => {
        matches!($e, $p)
    };
    (path $p:path) => {
        stringify!($p)
    };
    (lt $l:lifetime) => {
        stringify!($l)
    };
}
macro_rules! calc { (eval $e:expr) => { println!("{} = {}", stringify!($e), $e) }; (eval $e:expr, $(eval $r:expr),+) => {{ calc!(eval $e); calc!($(eval $r),+) }}; }
macro_rules! make_fn { ($($name:ident => $body:expr;)*) => { $(fn $name() -> impl std::fmt::Debug { $body })* }; }
make_fn! { one => 1; two => "two"; three => [3.0, 3.5]; }
macro_rules! tuple_impls { ($($name:ident)+) => { impl<$($name: Sum),+> Sum for ($($name,)+) { #[allow(non_snake_case)] fn sum(&self) -> i64 { let ($($name,)+) = self; 0 $(+ $name.sum())+ } } }; }
trait Sum {
    fn sum(&self) -> i64;
}
impl Sum for i32 {
    fn sum(&self) -> i64 {
        *self as i64
    }
}
impl Sum for &str {
    fn sum(&self) -> i64 {
        self.len() as i64
    }
}
tuple_impls!(A);
tuple_impls!(A B);
tuple_impls!(A B C);
tuple_impls!(A B C D);
fn nested_items(n: u32) -> u32 {
    const K: u32 = 3;
    struct Local(u32);
    impl Local {
        fn go(&self) -> u32 {
            helper(self.0)
        }
    }
    fn helper(n: u32) -> u32 {
        if n == 0 { K } else { nested_items(n - 1) + 1 }
    }
    Local(n).go()
}
mod shadow {
    #[derive(Debug)]
    pub enum Option<T> {
        Nothing,
        Just(T),
    }
    pub use self::Option::*;
    pub fn pick(b: bool) -> Option<u8> {
        if b { Just(1) } else { Nothing }
    }
}
mod glob {
    pub fn f() -> u8 {
        1
    }
    pub fn g() -> u8 {
        2
    }
}
use glob::*;
fn f() -> u8 {
    100
}
fn main() {
    let shapes: Vec<Box<dyn Area>> = vec![Box::new(Square(2.0)), Box::new(Disc::new(1.0))];
    println!("{} {} {} {}", shapes.iter().map(|s| s.area()).sum::<f64>(), deeper(), Disc::new(2.0).secret(), Disc::new(2.5).r);
    println!("{} {} {} {:?}", maximum!(3, 9, 4,), maximum!("only"), count!(a b (c d) [e]), map! { "k" => 1, "j" => 2, });
    println!("{:?} {} {}", Meters::from(1.5), Meters(0.0).call(), Plain::from(vec![1, 2]).0.len());
    println!("{:?}", Color::ALL.iter().map(|c| format!("{}={}", c.name(), *c as i32)).collect::<Vec<_>>());
    let x = 1;
    println!("{} {} {} {}", hygiene!(x * 2), matcher!(lit 5), matcher!(id foo), matcher!(ty Vec<Option<&'static str>>));
    println!(
        "{} {} {} {}",
        matcher!(block { x + 1 }),
        matcher!(pat Some(1..=3) => Some(2)),
        matcher!(path std::vec::Vec::<u8>::new),
        matcher!(lt 'a)
    );
    calc!(eval 1 + 2, eval (3 * 4) - 1, eval -x);
    println!("{:?} {:?} {:?} {}", one(), two(), three(), (1, "four", (2, 3), ("x",)).sum());
    println!("{} {:?} {:?} {} {}", nested_items(4), shadow::pick(true), shadow::pick(false), f(), g());
    println!("{}", include_str!("hello.rs").lines().count());
}
