// std::mem and friends: swap, replace, take, size_of, align_of, discriminant, needs_drop, offset_of, Pin, Box::into_raw, leak, NonZero, Wrapping, Saturating, Reverse, Ordering.
use std::cmp::{Ordering, Reverse, max, max_by_key, min};
use std::marker::PhantomPinned;
use std::mem::{align_of, align_of_val, discriminant, needs_drop, offset_of, replace, size_of, size_of_val, swap, take};
use std::num::{NonZero, NonZeroU16, Saturating, Wrapping};
use std::pin::{Pin, pin};
#[derive(Debug, Default, Clone, PartialEq)]
struct S {
    name: String,
    list: Vec<i32>,
    opt: Option<Box<S>>,
}
#[repr(C)]
struct C {
    a: u8,
    b: u32,
    c: u16,
    d: [u64; 2],
}
struct R {
    a: u8,
    b: u32,
    c: u16,
    d: u64,
}
enum E {
    A(u8),
    B { x: i32 },
    C,
}
#[derive(Default)]
enum Machine {
    #[default]
    Idle,
    Running {
        job: String,
        ticks: u32,
    },
    Done(String),
}
impl Machine {
    fn step(&mut self) {
        *self = match take(self) {
            Machine::Idle => Machine::Running { job: "j".into(), ticks: 0 },
            Machine::Running { job, ticks } if ticks < 2 => Machine::Running { job: job + "+", ticks: ticks + 1 },
            Machine::Running { job, .. } => Machine::Done(job),
            d @ Machine::Done(_) => d,
        }
    }
    fn show(&self) -> String {
        match self {
            Self::Idle => "idle".into(),
            Self::Running { job, ticks } => format!("{job}@{ticks}"),
            Self::Done(j) => format!("done {j}"),
        }
    }
}
struct SelfRef {
    data: String,
    ptr: *const u8,
    _pin: PhantomPinned,
}
impl SelfRef {
    fn new(s: &str) -> Pin<Box<Self>> {
        let mut b = Box::pin(SelfRef { data: s.into(), ptr: std::ptr::null(), _pin: PhantomPinned });
        let p = b.data.as_ptr();
        unsafe {
            b.as_mut().get_unchecked_mut().ptr = p;
        }
        b
    }
    fn first(self: Pin<&Self>) -> u8 {
        unsafe { *self.ptr }
    }
}
struct Node {
    v: i32,
    next: Option<Box<Node>>,
}
struct List {
    head: Option<Box<Node>>,
}
impl List {
    fn push(&mut self, v: i32) {
        let old = self.head.take();
        self.head = Some(Box::new(Node { v, next: old }));
    }
    fn reverse(&mut self) {
        let mut prev = None;
        let mut cur = self.head.take();
        while let Some(mut n) = cur {
            cur = replace(&mut n.next, prev.take());
            prev = Some(n);
        }
        self.head = prev;
    }
    fn iter(&self) -> impl Iterator<Item = i32> + '_ {
        std::iter::successors(self.head.as_deref(), |n| n.next.as_deref()).map(|n| n.v)
    }
    fn remove(&mut self, v: i32) -> bool {
        let mut cur = &mut self.head;
        loop {
            match cur {
                None => return false,
                Some(n) if n.v == v => {
                    *cur = n.next.take();
                    return true;
                }
                Some(n) => cur = &mut n.next,
            }
        }
    }
}
fn main() {
    let (mut a, mut b) = (S { name: "a".into(), ..S::default() }, S { list: vec![1], opt: Some(Box::default()), ..Default::default() });
    swap(&mut a, &mut b);
    println!("{a:?} {b:?}");
    println!("{:?} {:?} {:?}", replace(&mut a.list, vec![9, 9]), take(&mut b.name), a.opt.take().map(|s| *s));
    println!("{a:?} {b:?}");
    println!("{} {} {} {}", size_of::<C>(), size_of::<R>(), size_of::<E>(), size_of::<S>());
    println!("{} {} {} {}", align_of::<C>(), align_of_val(&1u16), size_of_val("hello"), size_of_val(&[1u32, 2][..]));
    println!(
        "{} {} {} {}",
        offset_of!(C, b),
        offset_of!(C, d),
        offset_of!((u8, u64), 0) != offset_of!((u8, u64), 1),
        offset_of!(R, a) < size_of::<R>()
    );
    println!("{} {} {} {}", needs_drop::<S>(), needs_drop::<R>(), needs_drop::<[Box<u8>; 0]>(), needs_drop::<&S>());
    println!(
        "{} {} {}",
        discriminant(&E::A(1)) == discriminant(&E::A(2)),
        discriminant(&E::B { x: 1 }) == discriminant(&E::C),
        discriminant(&Some(1)) == discriminant(&None)
    );
    println!("{} {}", size_of::<Option<Option<bool>>>(), size_of::<Result<Box<u8>, ()>>());
    let r = R { a: 1, b: 2, c: 3, d: 4 };
    println!("{}", r.a as u64 + r.b as u64 + r.c as u64 + r.d);
    let mut m = Machine::default();
    for _ in 0..6 {
        print!("{} ", m.show());
        m.step();
    }
    println!();
    println!("{} {}", SelfRef::new("pinned").as_ref().first(), {
        let p = pin!(5);
        *p + 1
    });
    let mut l = List { head: None };
    for i in 0..6 {
        l.push(i * i);
    }
    l.reverse();
    println!("{:?} {} {} {:?}", l.iter().collect::<Vec<_>>(), l.remove(9), l.remove(7), l.iter().last());
    let p = Box::into_raw(Box::new(S::default()));
    unsafe {
        (*p).name.push('z');
        println!("{:?}", Box::from_raw(p).name);
    }
    let leaked: &'static mut [i32] = Box::leak(vec![1, 2, 3].into_boxed_slice());
    leaked[0] = 10;
    println!("{leaked:?} {:?}", Box::<str>::from("s").len());
    let n = NonZeroU16::new(300).unwrap();
    println!("{n} {:?} {:?} {:?} {}", NonZero::<u8>::new(0), n.checked_mul(n), n.trailing_zeros(), size_of::<Option<NonZero<u64>>>());
    let mut w = Wrapping(250u8);
    w += 10;
    w = -w << 1;
    let s = Saturating(100i8) * Saturating(2) - Saturating(3);
    println!("{w:?} {s} {}", Wrapping(i32::MIN) - Wrapping(1));
    let mut v = vec![(1, 'b'), (3, 'a'), (1, 'a')];
    v.sort_by(|x, y| y.0.cmp(&x.0).then_with(|| x.1.cmp(&y.1)));
    println!("{v:?} {:?} {:?}", Reverse(1).cmp(&Reverse(2)), Ordering::Less.reverse().then(Ordering::Equal));
    println!("{} {} {:?} {:?}", max("a", "b"), min(2.5 as i32, 7), max_by_key((1, 9), (2, 3), |p| p.1), 5.clamp(1, 3));
    println!(
        "{:?} {:?} {:?}",
        Ordering::Less.is_le(),
        1.partial_cmp(&2).map(Ordering::is_gt),
        [Ordering::Greater, Ordering::Less].iter().min()
    );
}
