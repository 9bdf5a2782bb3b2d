// The built-in derives on structs, enums, generics and nested types: Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default.
use std::cmp::Ordering;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashSet};
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
enum Level {
    Low,
    #[default]
    Mid,
    High = 10,
}
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct Item<T, const N: usize> {
    level: Level,
    name: String,
    data: Vec<T>,
    arr: [u8; 4],
    opt: Option<Box<Item<T, N>>>,
    _p: PhantomData<[T; N]>,
}
#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Value<'a> {
    Nil,
    Int(i64),
    Float(f64),
    Text(&'a str),
    List(Vec<Value<'a>>),
    Rec { key: String, val: Box<Value<'a>> },
}
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
struct Empty;
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Never {}
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug, Clone, Copy, Hash, Default)]
struct Wide(u8, i16, u32, i64, u128, bool, char, (), (i8, i8), [u16; 3]);
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C, packed(2))]
struct Packed {
    a: u8,
    b: u32,
    c: u16,
}
#[derive(Clone)]
struct CountClone<'a>(&'a std::cell::Cell<u32>, Inner<'a>);
struct Inner<'a>(&'a std::cell::Cell<u32>);
impl Clone for Inner<'_> {
    fn clone(&self) -> Self {
        self.0.set(self.0.get() + 1);
        Inner(self.0)
    }
}
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct FnHolder {
    f: Option<fn(u8) -> u8>,
    t: (f32, f64),
}

fn h<T: Hash>(t: &T) -> u64 {
    let mut s = DefaultHasher::new();
    t.hash(&mut s);
    s.finish()
}
fn main() {
    let a: Item<u16, 3> = Item::default();
    let mut b = Item { name: "b".into(), data: vec![1, 2], opt: Some(Box::new(a.clone())), ..a.clone() };
    println!("{a:?}\n{b:?}");
    println!("{:?} {:?} {} {}", a.cmp(&b), b.partial_cmp(&a), a == a.clone(), a != b);
    b.level = Level::Low;
    println!("{} {} {}", b < a, h(&a) == h(&a.clone()), h(&a) == h(&b));
    println!(
        "{:?} {:?} {:?} {}",
        Level::default(),
        Level::Low.max(Level::High),
        [Level::High, Level::Low, Level::Mid].iter().collect::<BTreeSet<_>>(),
        Level::High as u8
    );
    use Value::*;
    let vals = [
        Nil,
        Int(3),
        Int(-1),
        Float(1.5),
        Float(f64::NAN),
        Text("x"),
        List(vec![Int(1), Nil]),
        List(vec![Int(1)]),
        Rec { key: "k".into(), val: Box::new(Text("v")) },
    ];
    for x in &vals {
        println!(
            "{:?}",
            vals.iter()
                .map(|y| match x.partial_cmp(y) {
                    Some(Ordering::Less) => '<',
                    Some(Ordering::Equal) => '=',
                    Some(Ordering::Greater) => '>',
                    None => '?',
                })
                .collect::<String>()
        );
    }
    println!("{:?} {}", vals.clone(), vals[4] == vals[4]);
    println!("{:?} {:?} {}", Empty.cmp(&Empty), Empty::default(), h(&Empty) == h(&()));
    println!("{:?} {}", None::<Never>.cmp(&None), [None::<Never>].iter().collect::<HashSet<_>>().len());
    let w = Wide(1, -2, 3, -4, 5, true, 'c', (), (1, -1), [1, 2, 3]);
    let mut x = w;
    x.8.1 = 5;
    println!("{:?} {:?} {:?} {}", w.cmp(&x), w.max(x).8, Wide::default(), h(&w) != h(&x));
    let p = Packed { a: 1, b: 2, c: 3 };
    println!("{p:?} {} {} {}", p == p.clone(), size_of::<Packed>(), { p.b });
    let n = std::cell::Cell::new(0);
    let c = CountClone(&n, Inner(&n));
    let _v = vec![c; 5];
    println!("{}", n.get());
    fn inc(x: u8) -> u8 {
        x + 1
    }
    let f = FnHolder { f: Some(inc), t: (1.0, 2.0) };
    println!("{} {:?} {}", f.f.map_or(0, |f| f(1)), FnHolder::default(), f.t.1);
    println!("{:?} {:?}", (1, "b", 2.0) < (1, "b", 3.0), [(2, 'a'), (1, 'z')].iter().min());
    println!("{:?}", Some(3).cmp(&None).then(Ordering::Less).reverse());
    println!("{:x} {:x}", h(&(1u8, Level::High, Some("s"))), h(&[1u32, 2]));
}
