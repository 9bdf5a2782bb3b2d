// Closures: Fn, FnMut, FnOnce, captures by reference, move and disjoint field, boxed, returned, recursive, in structs, as fn pointers.
use std::collections::HashMap;

fn apply<F: Fn(i32) -> i32>(f: F, n: i32) -> i32 {
    f(f(n))
}
fn apply_mut(mut f: impl FnMut(&str)) {
    f("a");
    f("b");
}
fn apply_once<R>(f: impl FnOnce() -> R) -> R {
    f()
}
fn adder(k: i32) -> impl Fn(i32) -> i32 + Clone {
    move |x| x + k
}
fn boxed(op: char) -> Box<dyn Fn(f64, f64) -> f64> {
    match op {
        '+' => Box::new(|a, b| a + b),
        '*' => Box::new(|a, b| a * b),
        _ => {
            let scale = 0.5;
            Box::new(move |a, b| (a - b) * scale)
        }
    }
}
fn compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C {
    move |x| g(f(x))
}
fn curry(a: i32) -> impl Fn(i32) -> Box<dyn Fn(i32) -> i32> {
    move |b| Box::new(move |c| a * 100 + b * 10 + c)
}
fn by_dyn(f: &dyn Fn(&str) -> usize) -> usize {
    f("dynamic")
}
fn by_dyn_mut(f: &mut dyn FnMut() -> u32) -> u32 {
    f() + f()
}
fn fix<A: Copy, R>(f: &dyn Fn(&dyn Fn(A) -> R, A) -> R, a: A) -> R {
    f(&|x| fix(f, x), a)
}

struct Counter<F> {
    f: F,
    calls: usize,
}
impl<F: FnMut(usize) -> bool> Counter<F> {
    fn run(&mut self, n: usize) -> usize {
        (0..n)
            .filter(|i| {
                self.calls += 1;
                (self.f)(*i)
            })
            .count()
    }
}

struct Memo {
    f: fn(&mut Memo, u64) -> u64,
    cache: HashMap<u64, u64>,
}
impl Memo {
    fn get(&mut self, n: u64) -> u64 {
        if let Some(v) = self.cache.get(&n) {
            return *v;
        }
        let v = (self.f)(self, n);
        self.cache.insert(n, v);
        v
    }
}

struct Droppy(&'static str);
impl Drop for Droppy {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

fn main() {
    let k = 10;
    println!("{} {}", apply(|x| x * k, 3), apply(adder(5), 1));
    let mut log = Vec::new();
    apply_mut(|s| log.push(s.to_uppercase()));
    println!("{log:?}");
    let owned = String::from("moved");
    println!("{}", apply_once(move || owned + "!"));
    for op in ['+', '*', '-'] {
        println!("{}", boxed(op)(6.0, 4.0));
    }
    println!("{}", compose(|x: i32| x + 1, |y: i32| format!("[{y}]"))(41));
    println!("{}", curry(1)(2)(3));
    let prefix = "dyn".to_string();
    println!("{}", by_dyn(&|s| s.strip_prefix(prefix.as_str()).map_or(0, str::len)));
    let mut n = 0;
    println!(
        "{} {}",
        by_dyn_mut(&mut || {
            n += 1;
            n * n
        }),
        n
    );
    println!("{}", fix(&|me, n: u64| if n < 2 { 1 } else { n * me(n - 1) }, 15));
    let mut c = Counter { f: |i| i % 3 == 0, calls: 0 };
    println!("{} {} {}", c.run(10), c.run(5), c.calls);
    let mut m = Memo { f: |m, n| if n < 2 { n } else { m.get(n - 1) + m.get(n - 2) }, cache: HashMap::new() };
    println!("{} {}", m.get(80), m.cache.len());
    let pt: fn(i32) -> i32 = |x| x - 1;
    println!("{} {:?}", pt(5), [1, 2].map(pt));
    let mut pair = (vec![1], String::from("x"));
    {
        let first = &pair.1;
        let mut push = || pair.0.push(2);
        push();
        push();
        println!("{first}");
    }
    println!("{pair:?}");
    let d = Droppy("captured");
    let f = move || println!("have {}", d.0);
    f();
    f();
    drop(f);
    let d = Droppy("once");
    let f = move || drop(d);
    f();
    let d = Droppy("never called");
    let f: Box<dyn FnOnce()> = Box::new(move || drop(d));
    drop(f);
    let fs: Vec<Box<dyn FnOnce(i32) -> String>> = vec![
        Box::new(|x| x.to_string()),
        Box::new({
            let s = "cap".to_string();
            move |x| s.repeat(x as usize)
        }),
    ];
    for f in fs {
        println!("{}", f(2));
    }
    let mut counters: Vec<Box<dyn FnMut() -> i32>> = (0..3)
        .map(|s| {
            let mut n = s;
            Box::new(move || {
                n += 10;
                n
            }) as Box<dyn FnMut() -> i32>
        })
        .collect();
    for _ in 0..2 {
        println!("{:?}", counters.iter_mut().map(|f| f()).collect::<Vec<_>>());
    }
    let clone_me = adder(7);
    println!("{} {}", clone_me.clone()(1), size_of_val(&clone_me));
    let nested = |a: i32| move |b: i32| move |c: i32| a * b + c;
    println!("{}", nested(3)(4)(5));
    let big = [7u8; 100];
    let g = move |i: usize| big[i];
    println!("{} {}", g(99), size_of_val(&g));
    println!("{:?}", (1..4).map(Some).map(Option::unwrap).map(i64::from).collect::<Vec<_>>());
}
