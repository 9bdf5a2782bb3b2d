// Trait objects: vtables, supertraits and upcasting, generics over dyn, defaults, by-value self on Box, size and alignment.
use std::collections::BTreeMap;
use std::fmt::{self, Debug, Display};
use std::rc::Rc;
use std::sync::Arc;

trait Base {
    fn id(&self) -> u32;
    fn kind(&self) -> String {
        format!("base{}", self.id())
    }
}
trait Left: Base {
    fn left(&self) -> String {
        format!("L({})", self.kind())
    }
}
trait Right: Base {
    fn right(&self, by: u32) -> u32 {
        self.id() * by
    }
}
trait Bottom: Left + Right + Debug {
    fn bottom(&mut self) -> u32;
    fn consume(self: Box<Self>) -> String;
    fn shared(self: Rc<Self>) -> usize;
}

#[derive(Debug, Clone)]
struct Small(u8);
#[derive(Debug, Clone)]
#[repr(align(32))]
struct Large {
    data: [u32; 10],
    name: String,
}

impl Base for Small {
    fn id(&self) -> u32 {
        self.0 as u32
    }
}
impl Left for Small {}
impl Right for Small {
    fn right(&self, by: u32) -> u32 {
        by + 1
    }
}
impl Bottom for Small {
    fn bottom(&mut self) -> u32 {
        self.0 += 1;
        self.0.into()
    }
    fn consume(self: Box<Self>) -> String {
        format!("consumed {}", self.0)
    }
    fn shared(self: Rc<Self>) -> usize {
        Rc::strong_count(&self)
    }
}
impl Base for Large {
    fn id(&self) -> u32 {
        self.data.iter().sum()
    }
    fn kind(&self) -> String {
        self.name.clone()
    }
}
impl Left for Large {
    fn left(&self) -> String {
        "override".into()
    }
}
impl Right for Large {}
impl Bottom for Large {
    fn bottom(&mut self) -> u32 {
        self.data[9] += 100;
        self.data[9]
    }
    fn consume(mut self: Box<Self>) -> String {
        std::mem::take(&mut self.name)
    }
    fn shared(self: Rc<Self>) -> usize {
        Rc::strong_count(&self) + 10
    }
}
impl Drop for Large {
    fn drop(&mut self) {
        println!("drop large {}", self.id());
    }
}

impl Large {
    fn new() -> Self {
        Large { data: std::array::from_fn(|i| i as u32), name: "large".into() }
    }
}

fn use_base(b: &dyn Base) -> String {
    format!("{}:{}", b.id(), b.kind())
}
fn generic<T: ?Sized + Left>(t: &T) -> (String, usize, usize) {
    (t.left(), size_of_val(t), align_of_val(t))
}

trait Generic<T> {
    fn conv(&self, t: T) -> String;
}
impl Generic<i32> for Small {
    fn conv(&self, t: i32) -> String {
        format!("i{}", t + self.0 as i32)
    }
}
impl Generic<&str> for Small {
    fn conv(&self, t: &str) -> String {
        t.repeat(self.0 as usize)
    }
}

trait WithAssoc {
    type Out: Display;
    fn out(&self) -> Self::Out;
}
impl WithAssoc for u8 {
    type Out = String;
    fn out(&self) -> String {
        format!("<{self}>")
    }
}
impl WithAssoc for &str {
    type Out = String;
    fn out(&self) -> String {
        self.to_string()
    }
}

struct Tree {
    children: Vec<Box<dyn Node>>,
}
trait Node {
    fn depth(&self) -> usize;
    fn visit(&self, f: &mut dyn FnMut(usize));
}
impl Node for Tree {
    fn depth(&self) -> usize {
        1 + self.children.iter().map(|c| c.depth()).max().unwrap_or(0)
    }
    fn visit(&self, f: &mut dyn FnMut(usize)) {
        f(self.children.len());
        for c in &self.children {
            c.visit(f);
        }
    }
}
impl Node for usize {
    fn depth(&self) -> usize {
        0
    }
    fn visit(&self, f: &mut dyn FnMut(usize)) {
        f(*self * 100)
    }
}

impl dyn Base {
    fn inherent(&self) -> u32 {
        self.id() + 1000
    }
}
impl Display for dyn Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dyn Left {}", self.left())
    }
}
impl PartialEq for dyn Left {
    fn eq(&self, o: &dyn Left) -> bool {
        self.id() == o.id()
    }
}

fn main() {
    let mut all: Vec<Box<dyn Bottom>> = vec![Box::new(Small(3)), Box::new(Large::new())];
    for b in all.iter_mut() {
        println!("{} {} {} {}", b.bottom(), b.left(), b.right(3), b.kind());
        println!("{:?}", generic(&**b));
        let l: &dyn Left = &**b;
        let r: &dyn Right = &**b;
        println!("{} {} {} {}", use_base(l), use_base(r), (l as &dyn Base).inherent(), l);
        println!("{}", *l == *l);
    }
    println!("{all:?}");
    for b in all {
        println!("{}", b.consume());
    }
    let up: Box<dyn Base> = Box::new(Large::new()) as Box<dyn Bottom>;
    println!("{}", up.kind());
    drop(up);
    let rc: Rc<dyn Bottom> = Rc::new(Small(9));
    let rc2: Rc<dyn Right> = rc.clone();
    println!("{} {}", rc.clone().shared(), rc2.right(1));
    let arc: Arc<dyn Left + Send + Sync> = Arc::new(Small(4));
    println!("{} {}", arc.left(), size_of_val(&arc));
    let s = Small(2);
    let (a, b): (&dyn Generic<i32>, &dyn Generic<&str>) = (&s, &s);
    println!("{} {}", a.conv(5), b.conv("ab"));
    let outs: [&dyn WithAssoc<Out = String>; 2] = [&5u8, &"text"];
    println!("{}", outs.map(|o| o.out()).join(","));
    let t =
        Tree { children: vec![Box::new(5usize), Box::new(Tree { children: vec![Box::new(Tree { children: vec![] }), Box::new(1usize)] })] };
    let mut seen = vec![];
    t.visit(&mut |n| seen.push(n));
    println!("{} {seen:?}", t.depth());
    let mut registry: BTreeMap<&str, Box<dyn Fn(&[i32]) -> i32>> = BTreeMap::new();
    registry.insert("sum", Box::new(|v| v.iter().sum()));
    registry.insert("len", Box::new(|v| v.len() as i32));
    for (k, f) in &registry {
        println!("{k} {}", f(&[1, 2, 3]));
    }
    let dbg: &[&dyn Debug] = &[&1, &"s", &[1.5], &None::<()>, &(1, 'c')];
    println!("{dbg:?}");
}
