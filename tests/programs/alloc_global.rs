// A counting #[global_allocator]: allocations, frees, reallocations and zeroed allocations of collections are all seen by it.
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
struct Counting;
static ALLOCS: AtomicUsize = AtomicUsize::new(0);
static FREES: AtomicUsize = AtomicUsize::new(0);
static REALLOCS: AtomicUsize = AtomicUsize::new(0);
static ZEROED: AtomicUsize = AtomicUsize::new(0);
static LIVE: AtomicUsize = AtomicUsize::new(0);
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, l: Layout) -> *mut u8 {
        ALLOCS.fetch_add(1, Relaxed);
        LIVE.fetch_add(l.size(), Relaxed);
        unsafe { System.alloc(l) }
    }
    unsafe fn dealloc(&self, p: *mut u8, l: Layout) {
        FREES.fetch_add(1, Relaxed);
        LIVE.fetch_sub(l.size(), Relaxed);
        unsafe { System.dealloc(p, l) }
    }
    unsafe fn realloc(&self, p: *mut u8, l: Layout, n: usize) -> *mut u8 {
        REALLOCS.fetch_add(1, Relaxed);
        LIVE.fetch_add(n, Relaxed);
        LIVE.fetch_sub(l.size(), Relaxed);
        unsafe { System.realloc(p, l, n) }
    }
    unsafe fn alloc_zeroed(&self, l: Layout) -> *mut u8 {
        ZEROED.fetch_add(1, Relaxed);
        LIVE.fetch_add(l.size(), Relaxed);
        unsafe { System.alloc_zeroed(l) }
    }
}
#[global_allocator]
static A: Counting = Counting;
fn measure<R>(name: &str, f: impl FnOnce() -> R) -> R {
    let before = [&ALLOCS, &FREES, &REALLOCS, &ZEROED, &LIVE].map(|c| c.load(Relaxed));
    let r = std::hint::black_box(f());
    let after = [&ALLOCS, &FREES, &REALLOCS, &ZEROED, &LIVE].map(|c| c.load(Relaxed));
    let d: [isize; 5] = std::array::from_fn(|i| after[i] as isize - before[i] as isize);
    println!("{name}: alloc {} free {} realloc {} zeroed {} live {}", d[0], d[1], d[2], d[3], d[4]);
    r
}
fn main() {
    println!("warm up {}", String::from("x"));
    let v = measure("vec", || {
        let mut v = Vec::new();
        for i in 0..1000u32 {
            v.push(i);
        }
        v
    });
    measure("drop", move || drop(v));
    let z = measure("zeroed", || vec![0u64; 100]);
    measure("box", || std::hint::black_box(Box::new([1u8; 32])).len());
    let s = measure("string", || std::hint::black_box("abc".repeat(10)) + "tail");
    measure("shrink", move || {
        let mut s = s;
        s.shrink_to_fit();
        s.len() + z.len()
    });
    let m = measure("map", || (0..50).map(|i| (i, i.to_string())).collect::<std::collections::BTreeMap<_, _>>());
    measure("map drop", move || m.into_values().map(|s| s.len()).sum::<usize>());
    measure("rc", || {
        let r: std::rc::Rc<[u8]> = std::hint::black_box(vec![1, 2, 3]).into();
        r.len()
    });
    measure("zst", || {
        let v = vec![(); 100];
        std::hint::black_box(Box::new(v.len()));
    });
    measure("aligned", || {
        #[repr(align(256))]
        struct A(#[allow(dead_code)] u8);
        let b = std::hint::black_box(Box::new(A(1)));
        &raw const *b as usize % 256
    });
}
