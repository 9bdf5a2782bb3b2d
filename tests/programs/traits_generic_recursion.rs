// Generic recursion with trait objects and type-level lists: HLists, Peano numbers, tuples, visitors over nested generics, expression trees.
use std::collections::HashMap;
use std::fmt::Debug;
use std::marker::PhantomData;
struct Nil;
struct Cons<H, T>(H, T);
trait HList {
    const LEN: usize;
    fn show(&self, out: &mut Vec<String>);
}
impl HList for Nil {
    const LEN: usize = 0;
    fn show(&self, _: &mut Vec<String>) {}
}
impl<H: Debug, T: HList> HList for Cons<H, T> {
    const LEN: usize = T::LEN + 1;
    fn show(&self, out: &mut Vec<String>) {
        out.push(format!("{:?}", self.0));
        self.1.show(out);
    }
}
macro_rules! hlist { () => { Nil }; ($h:expr $(, $t:expr)*) => { Cons($h, hlist!($($t),*)) }; }
struct Z;
struct S<N>(PhantomData<N>);
trait Nat {
    const N: u32;
    fn desc() -> String;
}
impl Nat for Z {
    const N: u32 = 0;
    fn desc() -> String {
        "Z".into()
    }
}
impl<M: Nat> Nat for S<M> {
    const N: u32 = M::N + 1;
    fn desc() -> String {
        format!("S({})", M::desc())
    }
}
trait Plus<R> {
    type Out: Nat;
}
impl<R: Nat> Plus<R> for Z {
    type Out = R;
}
impl<M: Plus<R>, R> Plus<R> for S<M> {
    type Out = S<M::Out>;
}
type Two = S<S<Z>>;
type Three = S<Two>;
enum Expr {
    Num(f64),
    Var(&'static str),
    Bin(Box<Expr>, char, Box<Expr>),
    Call(String, Vec<Expr>),
    Let(&'static str, Box<Expr>, Box<Expr>),
}
trait Visitor {
    type Out;
    fn num(&mut self, n: f64) -> Self::Out;
    fn var(&mut self, v: &str) -> Self::Out;
    fn bin(&mut self, l: &Expr, op: char, r: &Expr) -> Self::Out;
    fn call(&mut self, f: &str, a: &[Expr]) -> Self::Out;
    fn bind(&mut self, v: &'static str, e: &Expr, body: &Expr) -> Self::Out;
}
impl Expr {
    fn accept<V: Visitor + ?Sized>(&self, v: &mut V) -> V::Out {
        match self {
            Expr::Num(n) => v.num(*n),
            Expr::Var(s) => v.var(s),
            Expr::Bin(l, o, r) => v.bin(l, *o, r),
            Expr::Call(f, a) => v.call(f, a),
            Expr::Let(n, e, b) => v.bind(n, e, b),
        }
    }
}
struct Eval {
    env: HashMap<&'static str, f64>,
    fns: HashMap<String, Box<dyn Fn(&[f64]) -> Result<f64, String>>>,
}
impl Visitor for Eval {
    type Out = Result<f64, String>;
    fn num(&mut self, n: f64) -> Self::Out {
        Ok(n)
    }
    fn var(&mut self, v: &str) -> Self::Out {
        self.env.get(v).copied().ok_or_else(|| format!("unbound {v}"))
    }
    fn bin(&mut self, l: &Expr, op: char, r: &Expr) -> Self::Out {
        let (a, b) = (l.accept(self)?, r.accept(self)?);
        Ok(match op {
            '+' => a + b,
            '*' => a * b,
            '/' if b == 0.0 => return Err("division by zero".into()),
            '/' => a / b,
            _ => return Err(format!("op {op}")),
        })
    }
    fn call(&mut self, f: &str, a: &[Expr]) -> Self::Out {
        let args = a.iter().map(|e| e.accept(self)).collect::<Result<Vec<_>, _>>()?;
        self.fns.get(f).ok_or(format!("no fn {f}"))?(&args)
    }
    fn bind(&mut self, v: &'static str, e: &Expr, b: &Expr) -> Self::Out {
        let x = e.accept(self)?;
        let old = self.env.insert(v, x);
        let r = b.accept(self);
        match old {
            Some(o) => self.env.insert(v, o),
            None => self.env.remove(v),
        };
        r
    }
}
struct Show(usize);
impl Visitor for Show {
    type Out = String;
    fn num(&mut self, n: f64) -> String {
        n.to_string()
    }
    fn var(&mut self, v: &str) -> String {
        v.to_owned()
    }
    fn bin(&mut self, l: &Expr, op: char, r: &Expr) -> String {
        self.0 += 1;
        format!("({} {op} {})", l.accept(self), r.accept(self))
    }
    fn call(&mut self, f: &str, a: &[Expr]) -> String {
        format!("{f}({})", a.iter().map(|e| e.accept(self)).collect::<Vec<_>>().join(", "))
    }
    fn bind(&mut self, v: &'static str, e: &Expr, b: &Expr) -> String {
        format!("let {v} = {} in {}", e.accept(self), b.accept(self))
    }
}
trait Depth {
    fn depth(&self) -> usize;
}
impl Depth for i32 {
    fn depth(&self) -> usize {
        0
    }
}
impl<T: Depth> Depth for Vec<T> {
    fn depth(&self) -> usize {
        1 + self.iter().map(T::depth).max().unwrap_or(0)
    }
}
impl<T: Depth + ?Sized> Depth for Box<T> {
    fn depth(&self) -> usize {
        10 + (**self).depth()
    }
}
impl<A: Depth, B: Depth> Depth for (A, B) {
    fn depth(&self) -> usize {
        100 + self.0.depth().max(self.1.depth())
    }
}
fn wrap(n: u32, d: Box<dyn Depth>) -> Box<dyn Depth> {
    if n == 0 { d } else { wrap(n - 1, Box::new((d, 1))) }
}
enum Tree<T> {
    Leaf,
    Node(Box<Tree<T>>, T, Box<Tree<T>>),
}
impl<T: Ord> Tree<T> {
    fn insert(self, x: T) -> Self {
        match self {
            Tree::Leaf => Tree::Node(Box::new(Tree::Leaf), x, Box::new(Tree::Leaf)),
            Tree::Node(l, v, r) => {
                if x < v {
                    Tree::Node(Box::new(l.insert(x)), v, r)
                } else {
                    Tree::Node(l, v, Box::new(r.insert(x)))
                }
            }
        }
    }
    fn walk<'a>(&'a self, f: &mut dyn FnMut(&'a T)) {
        if let Tree::Node(l, v, r) = self {
            l.walk(f);
            f(v);
            r.walk(f);
        }
    }
    fn height(&self) -> usize {
        match self {
            Tree::Leaf => 0,
            Tree::Node(l, _, r) => 1 + l.height().max(r.height()),
        }
    }
}
fn main() {
    let mut out = vec![];
    let h = hlist![1, "two", 3.0, Some('4'), vec![5u8]];
    h.show(&mut out);
    println!("{out:?} {}", {
        fn len<L: HList>(_: &L) -> usize {
            L::LEN
        }
        len(&h)
    });
    println!("{} {} {}", Three::N, <Two as Plus<Three>>::Out::N, <S<Two> as Plus<Two>>::Out::desc());
    use Expr::*;
    let mul = Bin(Box::new(Var("x")), '*', Box::new(Num(2.5)));
    let e =
        Let("x", Box::new(Num(4.0)), Box::new(Bin(Box::new(mul), '+', Box::new(Call("max".into(), vec![Num(1.0), Var("x"), Num(-3.0)])))));
    let mut s = Show(0);
    println!("{} {}", e.accept(&mut s), s.0);
    let mut ev = Eval { env: HashMap::new(), fns: HashMap::new() };
    ev.fns.insert("max".into(), Box::new(|a| a.iter().copied().reduce(f64::max).ok_or("empty".into())));
    let bias = 0.5;
    ev.fns.insert("bias".into(), Box::new(move |a| Ok(a.len() as f64 + bias)));
    println!("{:?} {:?}", e.accept(&mut ev), ev.env);
    for bad in [
        Var("y"),
        Bin(Box::new(Num(1.0)), '/', Box::new(Num(0.0))),
        Call("nope".into(), vec![]),
        Call("max".into(), vec![]),
        Call("bias".into(), vec![Num(1.0)]),
        Bin(Box::new(Num(1.0)), '%', Box::new(Num(2.0))),
    ] {
        println!("{:?}", bad.accept(&mut ev));
    }
    let dynv: &mut dyn Visitor<Out = String> = &mut Show(0);
    println!("{}", e.accept(dynv));
    println!("{} {} {}", vec![vec![1], vec![]].depth(), (Box::new(vec![1]), vec![vec![Box::new(2)]]).depth(), wrap(5, Box::new(3)).depth());
    let t = [5, 2, 8, 1, 9, 3, 7].into_iter().fold(Tree::Leaf, Tree::insert);
    let mut v = vec![];
    t.walk(&mut |x| v.push(*x));
    println!("{v:?} {}", t.height());
}
