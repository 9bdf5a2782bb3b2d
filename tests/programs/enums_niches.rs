// Enum layout and discriminants: niches of every kind, nesting, explicit and negative discriminants, reprs, big enums.
use std::hint::black_box as bb;
use std::num::{NonZeroI128, NonZeroU8, NonZeroU32};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Neg {
    A = -3,
    B,
    C = 100,
    D,
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(u8)]
enum Byte {
    X = 200,
    Y,
    Z = 255,
}

#[derive(Debug, Clone, Copy)]
#[repr(i64)]
enum Far {
    Min = i64::MIN,
    Zero = 0,
    Max = i64::MAX,
}

#[derive(Debug, Clone)]
#[repr(C)]
enum CLike {
    One(u8),
    Two { a: u16, b: u64 },
    Three,
}

#[derive(Debug, Clone)]
#[repr(u16)]
enum Tagged {
    A(u8),
    B(u32, bool) = 7,
    C,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Inner {
    P(bool),
    Q(bool),
    R,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Outer {
    In(Inner),
    S,
    T,
    U(Option<bool>),
}

#[derive(Debug, Clone)]
#[allow(dead_code)]
enum Big {
    Text(String),
    Numbers([u64; 6]),
    Pair(Box<Big>, u8),
    Unit,
    Ref(&'static str),
    Never(Never),
}

#[derive(Debug, Clone)]
enum Never {}

#[derive(Debug)]
enum Single {
    Only(u32, char),
}

enum Gap {
    A(char, u8),
    B(u8),
    C,
}

fn describe(b: &Big) -> String {
    match b {
        Big::Text(s) => format!("text {s}"),
        Big::Numbers(n) => format!("sum {}", n.iter().sum::<u64>()),
        Big::Pair(inner, n) => format!("pair({}, {n})", describe(inner)),
        Big::Unit => "unit".into(),
        Big::Ref(r) => format!("ref {r}"),
        Big::Never(n) => match *n {},
    }
}

fn some_none<T: std::fmt::Debug + Clone>(x: T) {
    let some = bb(Some(x.clone()));
    let none: Option<T> = bb(None);
    let nested: Option<Option<Option<T>>> = bb(Some(Some(Some(x))));
    let inner_none: Option<Option<Option<T>>> = bb(Some(None));
    println!(
        "{:?} {:?} {:?} {:?} {} {} {}",
        some,
        none,
        nested,
        inner_none,
        some.is_some(),
        size_of::<Option<T>>() == size_of::<T>(),
        size_of::<Option<Option<Option<T>>>>() - size_of::<T>(),
    );
}

fn main() {
    some_none(&5);
    some_none(NonZeroU8::new(3).unwrap());
    some_none(NonZeroU32::MAX);
    some_none(NonZeroI128::new(-1).unwrap());
    some_none(true);
    some_none('x');
    some_none(0u8);
    some_none(());
    some_none(Box::new(7));
    some_none("str");
    some_none(vec![1]);
    some_none(String::new());
    some_none(std::cmp::Ordering::Less);
    some_none((1u64, false));
    some_none(main as fn() as usize != 0);
    some_none(Inner::Q(true));
    some_none(Neg::C);
    println!("{:?}", [Neg::A, Neg::B, Neg::C, Neg::D].map(|x| (bb(x) as i32, bb(x) as u8)));
    println!("{:?} {}", Neg::A < Neg::D, bb(Neg::B) as i64);
    println!("{:?} {:?}", [Byte::X, Byte::Y, Byte::Z].map(|x| bb(x) as u16), [Far::Min, Far::Zero, Far::Max].map(|x| bb(x) as i64));
    for c in [CLike::One(1), CLike::Two { a: 2, b: 3 }, CLike::Three] {
        println!("{:?} {}", bb(c.clone()), matches!(c, CLike::Two { b: 3, .. }));
    }
    for t in [Tagged::A(9), Tagged::B(8, true), Tagged::C] {
        let tag = unsafe { *(&t as *const Tagged as *const u16) };
        println!("{:?} tag {tag}", bb(t.clone()));
    }
    for o in [
        Outer::In(Inner::P(true)),
        Outer::In(Inner::Q(false)),
        Outer::In(Inner::R),
        Outer::S,
        Outer::T,
        Outer::U(None),
        Outer::U(Some(true)),
    ] {
        let o = bb(o);
        println!(
            "{:?} {} {}",
            o,
            o == Outer::In(Inner::Q(false)),
            match o {
                Outer::In(Inner::P(b)) => b as i32,
                Outer::In(_) => 2,
                Outer::S | Outer::T => 3,
                Outer::U(x) => 4 + x.is_some() as i32,
            }
        );
    }
    let all = [Big::Text("hi".into()), Big::Numbers([1, 2, 3, 4, 5, 6]), Big::Unit, Big::Ref("static")];
    for b in &all {
        println!("{} / {}", describe(b), describe(&Big::Pair(Box::new(b.clone()), 5)));
    }
    let Single::Only(n, c) = bb(Single::Only(4, 'c'));
    println!("{n} {c} {:?}", Single::Only(1, 'd'));
    for g in [Gap::A('q', 3), Gap::B(4), Gap::C] {
        println!(
            "{}",
            match bb(g) {
                Gap::A(c, n) => c as u32 + n as u32,
                Gap::B(n) => n as u32,
                Gap::C => 0,
            }
        );
    }
    println!(
        "{} {} {} {} {} {}",
        size_of::<Neg>(),
        size_of::<Far>(),
        size_of::<CLike>(),
        size_of::<Outer>(),
        size_of::<Big>(),
        size_of::<Gap>()
    );
    println!("{} {:?}", size_of::<Result<u32, Never>>(), bb(Ok::<u32, Never>(3)));
    println!("{:?}", std::mem::discriminant(&all[0]) == std::mem::discriminant(&Big::Text(String::new())));
}
