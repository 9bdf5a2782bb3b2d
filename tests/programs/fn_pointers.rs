// Function pointers: tables, generics coerced, methods and constructors as values, closures coerced, dyn Fn from fn, comparison, higher-order, unsafe and extern fns.
use std::hint::black_box as bb;
type Bin = fn(i64, i64) -> i64;
fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
fn identity<T>(t: T) -> T {
    t
}
fn compose(f: fn(i32) -> i32, g: fn(i32) -> i32) -> impl Fn(i32) -> i32 {
    move |x| g(f(x))
}
fn state_a(input: &[u8], out: &mut String) -> Option<State> {
    out.push('a');
    match input.first()? {
        b'x' => Some(State(state_b)),
        _ => Some(State(state_a)),
    }
}
fn state_b(input: &[u8], out: &mut String) -> Option<State> {
    out.push('b');
    if *input.first()? == b'!' { None } else { Some(State(state_a)) }
}
struct State(fn(&[u8], &mut String) -> Option<State>);
#[derive(Debug, PartialEq, Clone, Copy)]
struct Wrapper(i32);
#[derive(Debug, PartialEq)]
enum Kind {
    Num(i32),
    Text(String),
}
impl Wrapper {
    fn double(&self) -> i32 {
        self.0 * 2
    }
    fn into(self) -> Kind {
        Kind::Num(self.0)
    }
    fn add(&mut self, n: i32) -> &mut Self {
        self.0 += n;
        self
    }
}
trait Speak {
    fn speak(&self, n: usize) -> String;
    fn new() -> Self
    where
        Self: Sized;
}
impl Speak for u8 {
    fn speak(&self, n: usize) -> String {
        "u8".repeat(n)
    }
    fn new() -> Self {
        8
    }
}
impl Speak for &str {
    fn speak(&self, n: usize) -> String {
        format!("{self}{n}")
    }
    fn new() -> Self {
        "s"
    }
}
unsafe fn deref(p: *const i32) -> i32 {
    unsafe { *p }
}
extern "C" fn c_add(a: i32, b: i32) -> i32 {
    a + b
}
struct Vtable {
    name: &'static str,
    call: unsafe fn(*const (), i32) -> i32,
    drop: unsafe fn(*mut ()),
}
struct Erased {
    data: *mut (),
    vt: &'static Vtable,
}
impl Erased {
    fn new<F: Fn(i32) -> i32 + 'static>(f: F) -> Self {
        trait Vt {
            const VT: Vtable;
        }
        impl<F: Fn(i32) -> i32> Vt for F {
            const VT: Vtable = Vtable {
                name: "closure",
                call: |p, x| unsafe { (*(p as *const F))(x) },
                drop: |p| unsafe { drop(Box::from_raw(p as *mut F)) },
            };
        }
        Erased { data: Box::into_raw(Box::new(f)) as *mut (), vt: &<F as Vt>::VT }
    }
    fn call(&self, x: i32) -> i32 {
        unsafe { (self.vt.call)(self.data, x) }
    }
}
impl Drop for Erased {
    fn drop(&mut self) {
        println!("drop {}", self.vt.name);
        unsafe { (self.vt.drop)(self.data) }
    }
}
fn main() {
    let table: [(&str, Bin); 6] = [
        ("add", |a, b| a + b),
        ("mul", |a, b| a * b),
        ("gcd", gcd),
        ("min", i64::min),
        ("pow", |a, b| a.pow(b as u32)),
        ("max", std::cmp::max),
    ];
    for (n, f) in table {
        print!("{n}={} ", bb(f)(12, 8));
    }
    println!();
    println!("{:?}", table.iter().map(|t| t.1 as usize != 0).all(|x| x));
    println!(
        "{} {} {:?}",
        identity::<fn(u8) -> u8>(identity)(5),
        (identity as fn(&'static str) -> &'static str)("s"),
        Some(3).map(identity).map(i64::from)
    );
    println!("{} {}", compose(|x| x + 1, i32::wrapping_neg)(4), compose(i32::abs, |x| x * x)(-3));
    let mut out = String::new();
    let mut st = State(state_a);
    for i in 0.. {
        match (st.0)(&b"yxzx!"[i..], &mut out) {
            Some(s) => st = s,
            None => break,
        }
    }
    println!("{out}");
    println!("{:?} {:?}", [1, 2].map(Wrapper), ["a", "b"].map(String::from).map(Kind::Text));
    println!("{:?} {:?}", [Wrapper(1), Wrapper(5)].iter().map(Wrapper::double).collect::<Vec<_>>(), [Wrapper(1)].map(Wrapper::into));
    let m: for<'a> fn(&'a mut Wrapper, i32) -> &'a mut Wrapper = Wrapper::add;
    let mut w = Wrapper(1);
    m(m(&mut w, 4), 5);
    println!("{w:?}");
    let f: fn(&u8, usize) -> String = <u8 as Speak>::speak;
    let g: fn() -> &'static str = <&str as Speak>::new;
    println!("{} {} {}", f(&<u8 as Speak>::new(), 2), g(), Speak::speak(&g(), 7));
    let u: unsafe fn(*const i32) -> i32 = deref;
    let c: extern "C" fn(i32, i32) -> i32 = c_add;
    println!("{} {} {}", unsafe { bb(u)(&5) }, bb(c)(2, 3), unsafe {
        let d: unsafe fn(i32) -> i32 = |x| x + 1;
        d(1)
    });
    let ds: Vec<&dyn Fn(i64, i64) -> i64> = table.iter().map(|t| &t.1 as _).collect();
    println!("{:?}", ds.iter().map(|f| f(3, 2)).collect::<Vec<_>>());
    let o: Option<Bin> = bb(None);
    println!("{} {}", o.is_none(), size_of::<Option<Bin>>());
    println!(
        "{:?} {}",
        "1-2".split('-').map(str::parse::<u8>).map(Result::unwrap).collect::<Vec<_>>(),
        ["b", "a"].iter().map(ToString::to_string).min_by(Ord::cmp).unwrap()
    );
    let k = 10;
    let es = [Erased::new(move |x| x + k), Erased::new(|x| x * x), Erased::new(i32::wrapping_neg)];
    println!("{:?}", es.iter().map(|e| e.call(7)).collect::<Vec<_>>());
    println!("{}", (|f: fn(u32) -> u32, n| (0..n).fold(1, |a, _| f(a)))(|x| x * 3, 4));
}
