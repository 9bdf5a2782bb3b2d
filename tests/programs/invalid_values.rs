// edition: 2024
// Values that cannot be: the messages name types as the crate that is compiled knows them, without its own name.
#![allow(invalid_value, deprecated, unused_must_use, unreachable_code, dead_code)]
use std::collections::HashMap;
use std::fmt::Debug;
use std::mem::{MaybeUninit, uninitialized, zeroed};

mod inner {
    #[derive(Debug)]
    pub enum Void {}
    pub struct Pair<T>(pub T, pub u8);
    pub trait Of<X> {
        type Out;
    }
    pub use self::private::Held;
    mod private {
        pub struct Held<'a>(pub &'a u8, pub super::Void);
    }
}
use inner::*;

enum Never {}
struct Sized3<const N: usize, const B: bool>;
struct Local;
impl Local {
    fn own() {
        enum Own {}
        make::<Own>();
    }
}
fn make<T>() -> T {
    unsafe { MaybeUninit::uninit().assume_init() }
}
fn zero<T>() -> T {
    unsafe { zeroed() }
}
fn never() -> ! {
    loop {}
}
fn zero_like<T>(_: T) -> T {
    zero()
}
fn counter(s: String) -> impl Fn(usize) -> usize {
    move |x| s.len() + x
}
async fn later(s: String) -> usize {
    s.len()
}
trait Boxed: Sized {
    fn boxed(self) -> Box<(Self, u8)> {
        Box::new((self, 0))
    }
}
impl<F> Boxed for F {}
fn named<'one, 'two>(a: &'one u8, _: &'two u8) -> &'one u8 {
    a
}
fn with<F>(_: F) {
    make::<(F, Never)>();
}

fn fail(number: usize) -> bool {
    match number {
        0 => drop(make::<Void>()),
        1 => drop(make::<(Pair<Void>, Never)>()),
        2 => Local::own(),
        3 => drop(zero::<&'static Never>()),
        4 => drop(zero::<Box<dyn Of<Never, Out = u8> + Send>>()),
        5 => drop(make::<Held<'static>>()),
        6 => drop(make::<[Never; 3]>()),
        7 => drop(unsafe { uninitialized::<bool>() }),
        8 => drop(zero::<String>()),
        9 => drop(zero::<std::rc::Rc<Pair<u8>>>()),
        10 => drop(make::<(Never, HashMap<u8, Pair<std::ops::Range<usize>>>)>()),
        11 => drop(make::<(Never, fn(u8) -> !, unsafe extern "C" fn(*const u8, *mut [Void; 2]))>()),
        12 => drop(make::<(Never, Option<&dyn Debug>, &str, [Option<u8>; 0])>()),
        13 => drop(zero::<std::ptr::NonNull<dyn Send + Sync>>()),
        14 => with(never),
        15 => with(make::<Never>),
        16 => with(Some::<Never>),
        17 => drop(make::<(Never, Sized3<3, true>)>()),
        18 => drop(zero::<Option<Pair<&'static u8>>>().is_none()),
        19 => drop(zero::<Pair<std::num::NonZero<u8>>>()),
        20 => drop(unsafe { uninitialized::<[Pair<char>; 2]>() }),
        21 => with(|| 1),
        22 => drop(zero_like({
            let s = String::new();
            move |x: usize| s.len() + x
        })),
        23 => drop(zero_like(&counter(String::new()))),
        24 => drop(zero_like(vec![later(String::new())].into_iter())),
        25 => drop(zero_like(async { "block" }.into_future().boxed())),
        26 => with(named),
        _ => return false,
    }
    true
}

fn main() {
    if let Some(number) = std::env::args().nth(1) {
        fail(number.parse().unwrap());
        return;
    }
    for number in 0..=26 {
        let output = std::process::Command::new(std::env::current_exe().unwrap()).arg(number.to_string()).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        println!("{number}: {:?} {}", output.status, errors.lines().find(|l| l.starts_with("attempted")).unwrap_or("no message"));
    }
}
