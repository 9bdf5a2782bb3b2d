// Box, Rc and Arc of unsized values, custom unsized structs, coercions, Box<dyn FnOnce>, clones of boxed slices, conversions, deref patterns, dyn in HashMap.
use std::any::Any;
use std::collections::HashMap;
use std::fmt::{Debug, Display};
use std::rc::Rc;
use std::sync::Arc;
struct Tail<T: ?Sized> {
    head: u8,
    count: u32,
    tail: T,
}
impl<T: ?Sized> Drop for Tail<T> {
    fn drop(&mut self) {
        println!("drop tail {} {} {}", self.head, self.count, size_of_val(&self.tail));
    }
}
trait Plugin {
    fn name(&self) -> String;
    fn run(&mut self, x: i64) -> i64;
    fn boxed_clone(&self) -> Box<dyn Plugin>;
}
#[derive(Clone)]
struct Adder(i64);
#[derive(Clone)]
struct History {
    seen: Vec<i64>,
    label: Box<str>,
}
impl Plugin for Adder {
    fn name(&self) -> String {
        "adder".into()
    }
    fn run(&mut self, x: i64) -> i64 {
        x + self.0
    }
    fn boxed_clone(&self) -> Box<dyn Plugin> {
        Box::new(self.clone())
    }
}
impl Plugin for History {
    fn name(&self) -> String {
        self.label.to_string()
    }
    fn run(&mut self, x: i64) -> i64 {
        self.seen.push(x);
        self.seen.iter().sum()
    }
    fn boxed_clone(&self) -> Box<dyn Plugin> {
        Box::new(self.clone())
    }
}
impl Clone for Box<dyn Plugin> {
    fn clone(&self) -> Self {
        self.boxed_clone()
    }
}
impl<P: Plugin + ?Sized> Plugin for Box<P> {
    fn name(&self) -> String {
        format!("box {}", (**self).name())
    }
    fn run(&mut self, x: i64) -> i64 {
        (**self).run(x)
    }
    fn boxed_clone(&self) -> Box<dyn Plugin> {
        (**self).boxed_clone()
    }
}
fn total(v: &[Box<dyn Fn(u32) -> u32 + '_>]) -> u32 {
    v.iter().map(|f| f(2)).sum()
}
fn show(x: &(impl Display + ?Sized)) -> String {
    format!("<{x}>")
}
fn dyn_dbg<'a>(v: Vec<Box<dyn Debug + 'a>>) -> String {
    format!("{v:?}")
}
fn main() {
    let t: Box<Tail<[u16]>> = Box::new(Tail { head: 1, count: 7, tail: [1, 2, 3] });
    println!("{} {:?} {} {}", t.head, &t.tail, size_of_val(&*t), align_of_val(&*t));
    let d: Box<Tail<dyn Debug>> = Box::new(Tail { head: 2, count: 8, tail: Some(1.5f64) });
    println!("{:?} {} {}", &d.tail, size_of_val(&*d), align_of_val(&*d));
    let r: Rc<Tail<dyn Any>> = Rc::new(Tail { head: 3, count: 9, tail: 0xabu8 });
    println!("{:?} {}", r.tail.downcast_ref::<u8>(), Rc::strong_count(&r));
    let big: &Tail<dyn Display> = &Tail { head: 4, count: 1, tail: 1u128 << 100 };
    println!("{} {} {}", &big.tail, big.count, size_of_val(big));
    let nested: &Tail<Tail<[u8]>> = &Tail { head: 5, count: 2, tail: Tail { head: 6, count: 3, tail: *b"xyz" } };
    println!("{:?} {}", nested.tail.tail.last(), size_of_val(nested));
    let mut plugins: HashMap<String, Box<dyn Plugin>> = HashMap::new();
    for p in [Box::new(Adder(5)) as Box<dyn Plugin>, Box::new(History { seen: vec![], label: "hist".into() })] {
        plugins.insert(p.name(), p);
    }
    for i in 1..=3 {
        let mut names: Vec<_> = plugins.keys().cloned().collect();
        names.sort();
        for n in names {
            print!("{n}:{} ", plugins.get_mut(&n).unwrap().run(i));
        }
    }
    let mut copy = plugins["box hist"].clone();
    println!("{} {}", copy.run(100), plugins.get_mut("box hist").unwrap().run(0));
    println!("{} {:?}", Plugin::name(&plugins.remove("box adder").unwrap()), plugins.contains_key("box adder"));
    let base = 10;
    println!(
        "{}",
        total(&[
            Box::new(|x| x + base),
            Box::new(u32::count_ones),
            Box::new(|x| {
                let f: &dyn Fn(u32) -> u32 = &|y| y * x;
                f(base)
            })
        ])
    );
    let once: Vec<Box<dyn FnOnce() -> String>> = vec![
        Box::new(String::new),
        Box::new({
            let s = String::from("moved");
            || s
        }),
    ];
    println!("{:?}", once.into_iter().map(|f| f()).collect::<Vec<_>>());
    let b: Box<[String]> = vec!["a".to_string(), "b".into()].into();
    let c = b.clone();
    println!("{:?} {} {:?}", c, b == c, b.into_iter().rev().collect::<Vec<_>>());
    let s: Box<str> = "box str".into();
    let rs: Rc<str> = s.clone().into();
    let a: Arc<[i32]> = [1, 2].into();
    let p: Arc<dyn Fn() -> usize + Send + Sync> = Arc::new({
        let a = a.clone();
        move || a.len()
    });
    println!("{} {} {} {} {}", show(&s), show(&*rs), show("x"), p(), Arc::strong_count(&a));
    println!("{:?} {:?}", Box::<[u8]>::from(&b"hi"[..]), Box::new([1, 2, 3]) as Box<[i32]>);
    let local = 5;
    println!("{}", dyn_dbg(vec![Box::new(&local), Box::new("s"), Box::new(vec![Some(())])]));
    let e: Box<dyn std::error::Error> = "msg".into();
    let e2: Box<dyn std::error::Error + Send + Sync> = String::from("m2").into();
    println!("{e} {e2:?} {}", size_of_val(&e));
    let mut bb = Box::new((String::from("x"), vec![1]));
    bb.0.push('y');
    let (s, v) = *bb;
    println!("{s} {v:?}");
    let bbb: Box<Box<Box<i32>>> = Box::new(Box::new(Box::new(3)));
    println!("{} {}", ***bbb + 1, *bbb == Box::new(Box::new(3)));
    let cell: &std::cell::Cell<dyn Debug> = &std::cell::Cell::new(5);
    println!("{}", size_of_val(cell));
    let arr: &[&(dyn Display + Sync); 3] = &[&1, &'c', &"s"];
    println!("{}", arr.iter().map(|d| d.to_string()).collect::<String>());
    let un: Box<dyn Any> = Box::new([1u8; 100]);
    println!("{} {}", size_of_val(&*un), un.downcast::<[u8; 100]>().map(|b| b[99]).unwrap());
    drop(r);
}
