// Rc, Weak, Arc: counts, cycles broken by Weak, make_mut, get_mut, try_unwrap, ptr_eq, unsized Rcs, new_cyclic, Arc between threads, Cow.
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

struct Node {
    name: String,
    parent: RefCell<Weak<Node>>,
    children: RefCell<Vec<Rc<Node>>>,
}
impl Node {
    fn new(name: &str) -> Rc<Node> {
        Rc::new(Node { name: name.into(), parent: RefCell::default(), children: RefCell::default() })
    }
    fn add(self: &Rc<Self>, c: Rc<Node>) {
        *c.parent.borrow_mut() = Rc::downgrade(self);
        self.children.borrow_mut().push(c);
    }
    fn path(&self) -> String {
        match self.parent.borrow().upgrade() {
            Some(p) => p.path() + "/" + &self.name,
            None => self.name.clone(),
        }
    }
}
impl Drop for Node {
    fn drop(&mut self) {
        println!("drop node {}", self.name);
    }
}
struct Gadget {
    me: Weak<Gadget>,
    n: Cell<u32>,
}
static LIVE: AtomicUsize = AtomicUsize::new(0);
struct Live(u8);
impl Live {
    fn new(n: u8) -> Self {
        LIVE.fetch_add(1, Ordering::Relaxed);
        Live(n)
    }
}
impl Clone for Live {
    fn clone(&self) -> Self {
        Live::new(self.0)
    }
}
impl Drop for Live {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

fn normalize(s: &str) -> Cow<'_, str> {
    if s.contains(' ') { Cow::Owned(s.replace(' ', "_")) } else { Cow::Borrowed(s) }
}
fn absolute(v: &mut Cow<'_, [i32]>) {
    for i in 0..v.len() {
        if v[i] < 0 {
            v.to_mut()[i] = -v[i];
        }
    }
}

fn main() {
    let root = Node::new("root");
    let leaf = Node::new("leaf");
    {
        let mid = Node::new("mid");
        mid.add(leaf.clone());
        root.add(mid);
        root.add(Node::new("other"));
    }
    println!("{} {} {}", leaf.path(), Rc::strong_count(&leaf), Rc::weak_count(&root));
    drop(root);
    println!("{} {:?}", leaf.path(), leaf.parent.borrow().upgrade().map(|p| p.name.clone()));
    let mut a = Rc::new(vec![1, 2]);
    let b = Rc::clone(&a);
    Rc::make_mut(&mut a).push(3);
    println!("{a:?} {b:?} {} {:?}", Rc::ptr_eq(&a, &b), Rc::get_mut(&mut a).map(|v| v.len()));
    println!("{:?} {:?}", Rc::try_unwrap(a), {
        let c = b.clone();
        (Rc::try_unwrap(b).is_err(), Rc::into_inner(c))
    });
    let w: Weak<i32>;
    {
        let r = Rc::new(5);
        w = Rc::downgrade(&r);
        println!("{:?} {}", w.upgrade(), w.strong_count());
    }
    println!("{:?} {:?}", w.upgrade(), Weak::<i32>::new().upgrade());
    let g = Rc::new_cyclic(|me| Gadget { me: me.clone(), n: Cell::new(3) });
    g.me.upgrade().unwrap().n.set(8);
    println!("{} {}", g.n.get(), Rc::weak_count(&g));
    let s: Rc<str> = "rc str".into();
    let sl: Rc<[Live]> = (0..4).map(Live::new).collect();
    let d: Rc<dyn Fn(u8) -> u8> = Rc::new({
        let sl = sl.clone();
        move |i| sl[i as usize].0 * 2
    });
    println!("{s} {} {} {} {}", s.len(), d(3), Rc::strong_count(&sl), LIVE.load(Ordering::Relaxed));
    drop((sl, d));
    println!("{}", LIVE.load(Ordering::Relaxed));
    let mut arc = Arc::new(Live::new(1));
    let arc2 = arc.clone();
    Arc::make_mut(&mut arc).0 = 9;
    println!("{} {} {}", arc.0, arc2.0, LIVE.load(Ordering::Relaxed));
    let hs: Vec<_> = (0..4)
        .map(|i| {
            let a = Arc::clone(&arc);
            std::thread::spawn(move || a.0 as usize + i)
        })
        .collect();
    println!("{:?} {}", hs.into_iter().map(|h| h.join().unwrap()).collect::<Vec<_>>(), Arc::strong_count(&arc));
    let raw = Arc::into_raw(arc);
    let back = unsafe { Arc::from_raw(raw) };
    println!("{} {:?}", back.0, Arc::downgrade(&back).upgrade().is_some());
    drop((back, arc2));
    println!("{}", LIVE.load(Ordering::Relaxed));
    for t in ["plain", "has space"] {
        let c = normalize(t);
        println!("{c} {} {}", matches!(c, Cow::Owned(_)), c.clone().into_owned().len());
    }
    for v in [vec![1, 2], vec![1, -2]] {
        let mut c = Cow::from(&v);
        absolute(&mut c);
        println!("{c:?} {}", matches!(c, Cow::Borrowed(_)));
    }
    println!("{} {:?}", Cow::from("a") + "b", Cow::<str>::from("x").cmp(&Cow::from("y".to_string())));
    let e: Arc<str> = Arc::from(String::from("arc"));
    println!("{e} {:?} {:?}", Arc::<[u8]>::from(&b"ab"[..]), Rc::<str>::default());
    #[repr(align(64))]
    struct Al(u8);
    let al: Rc<Al> = Rc::new(Al(7));
    println!("{} {}", (&*al as *const Al as usize) % 64, al.0);
}
