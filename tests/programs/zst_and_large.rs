// Zero-sized types everywhere, and large values: MBs on the heap, 100 KB on the stack, big array copies, big structs in collections, alignment.
use std::collections::{BTreeMap, HashSet};
use std::hint::black_box as bb;
use std::marker::PhantomData;
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct Z;
#[derive(Debug, Default)]
struct Holder<T> {
    a: Z,
    _p: PhantomData<T>,
    b: [Z; 10],
    c: (),
}
struct CountDrop;
static mut DROPS: u32 = 0;
impl Drop for CountDrop {
    fn drop(&mut self) {
        unsafe {
            DROPS += 1;
        }
    }
}
#[derive(Clone, Copy)]
#[repr(C)]
struct Big {
    head: u64,
    body: [u8; 4096],
    tail: u32,
}
#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(align(4096))]
struct Page(u8);
trait Tr {
    fn f(&self) -> u8 {
        3
    }
}
impl Tr for Z {}
fn gen_fn<T: Default>(_: impl Fn() -> T) -> usize {
    size_of::<T>()
}
#[inline(never)]
fn stack_heavy(n: u32) -> u64 {
    let mut a = [0u32; 25_000];
    for (i, x) in a.iter_mut().enumerate() {
        *x = (i as u32).wrapping_mul(n);
    }
    bb(&a).iter().map(|x| *x as u64).sum()
}
#[inline(never)]
fn nest(depth: u8, b: Big) -> Big {
    let mut b2 = b;
    b2.body[depth as usize] = depth;
    b2.tail += 1;
    if depth == 0 { b2 } else { nest(depth - 1, b2) }
}
#[inline(never)]
fn make(n: u8) -> [u8; 4096] {
    [n; 4096]
}
#[inline(never)]
fn swap_big(a: &mut Big, b: &mut Big) {
    std::mem::swap(a, b)
}
fn main() {
    let v = vec![Z; 1000];
    println!(
        "{} {:?} {:?} {}",
        v.len(),
        v.iter().position(|z| *z == Z),
        v.iter().rev().skip(998).count(),
        v.chunks(300).map(<[Z]>::len).sum::<usize>()
    );
    let (l, r) = v.split_at(400);
    println!("{} {} {} {:?}", l.len(), r.len(), l < r, v.binary_search(&Z).is_ok());
    let mut it = v.into_iter();
    it.next_back();
    println!("{} {:?} {:?}", it.len(), it.next(), it.nth(997));
    println!(
        "{:?} {} {}",
        Holder::<String>::default(),
        size_of::<Holder<String>>(),
        [Holder::<u8>::default()].iter().map(|h| h.b.len() + size_of_val(&h.c) + (h.a == Z) as usize).sum::<usize>()
    );
    {
        let _a = [const { CountDrop }; 5];
        let b = Box::new(CountDrop);
        let v: Vec<CountDrop> = (0..7).map(|_| CountDrop).collect();
        drop(b);
        std::mem::forget(v);
    }
    println!("{}", unsafe { DROPS });
    let set: HashSet<Z> = [Z, Z].into();
    let map = BTreeMap::from([(Z, 1), (Z, 2)]);
    println!("{set:?} {map:?} {} {:?}", (&Z as &dyn Tr).f(), Box::new(Z) as Box<dyn std::fmt::Debug>);
    println!("{} {} {:?}", gen_fn(|| Z), size_of_val(&|| 1), Some(Z).zip(Some(())));
    println!("{:?} {:?}", [(); 3].map(|_| Z), std::iter::repeat_n(Z, 3).collect::<std::rc::Rc<[Z]>>());
    let mut heap = vec![0u64; 1 << 19];
    for (i, x) in heap.iter_mut().enumerate() {
        *x = (i * i) as u64;
    }
    let copy = heap.clone();
    println!("{} {} {}", heap.len() * 8, copy == heap, copy.iter().fold(0u64, |a, b| a.rotate_left(5) ^ b));
    let boxed: Box<[[u16; 1024]]> = vec![[3; 1024]; 512].into_boxed_slice();
    println!("{} {}", size_of_val(&*boxed), boxed.iter().flatten().map(|x| *x as u64).sum::<u64>());
    println!("{} {}", stack_heavy(3), stack_heavy(0x10001));
    let b = nest(20, Big { head: 1, body: [9; 4096], tail: 0 });
    println!("{} {:?} {} {}", b.head, &b.body[..23], b.tail, size_of::<Big>());
    let (mut x, mut y) = (b, Big { head: 2, body: make(5), tail: 7 });
    swap_big(&mut x, &mut y);
    println!("{} {} {}", x.head, y.tail, x.body.iter().map(|b| *b as u32).sum::<u32>());
    let pages = vec![Page(1), Page(2)];
    println!("{} {} {:?}", size_of::<Page>(), &pages[0] as *const _ as usize % 4096, Some(pages[1]).map(|p| p.0));
    let local = Page(8);
    println!("{} {}", (bb(&local) as *const Page as usize) % 4096, local == Page(8));
    let t: ([u8; 1000], u8, [u16; 500]) = bb(([1; 1000], 2, [3; 500]));
    let u = (t.0, t.1 + 1, t.2);
    println!("{} {}", t != u, u.0.iter().map(|x| *x as u32).sum::<u32>() + u.1 as u32);
    let opt: Option<[u64; 100]> = bb(Some([7; 100]));
    println!("{:?} {}", opt.map(|a| a[99]), size_of_val(&opt));
}
