// Scoped threads: borrowing from the stack, nested scopes, splitting slices, results, thread-locals with destructors, builder, parking.
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
struct Tls(&'static str);
impl Drop for Tls {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::SeqCst);
        println!("tls drop {} {}", self.0, COUNTER.try_with(|c| c.get()).is_ok());
    }
}
static DROPPED: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    static COUNTER: Cell<u32> = const { Cell::new(1) };
    static NAMES: RefCell<Vec<String>> = RefCell::new(vec!["init".to_string()]);
    static WITH_DROP: Tls = Tls("lazy");
    static CONST_DROP: RefCell<Option<Tls>> = const { RefCell::new(None) };
}
fn par_sum(v: &[u64]) -> u64 {
    if v.len() <= 1000 {
        return v.iter().sum();
    }
    let (a, b) = v.split_at(v.len() / 2);
    thread::scope(|s| {
        let h = s.spawn(|| par_sum(a));
        par_sum(b) + h.join().unwrap()
    })
}
fn main() {
    let data: Vec<u64> = (0..5000).collect();
    println!("{}", par_sum(&data));
    let mut out = vec![0u64; 8];
    thread::scope(|s| {
        for (i, chunk) in out.chunks_mut(3).enumerate() {
            s.spawn(move || {
                for (k, c) in chunk.iter_mut().enumerate() {
                    *c = (i * 10 + k) as u64;
                }
            });
        }
    });
    println!("{out:?}");
    let name = String::from("borrowed");
    let (l, r) = thread::scope(|s| {
        let a = s.spawn(|| name.len());
        let b = s.spawn(|| name.to_uppercase());
        (a.join().unwrap(), b.join().unwrap())
    });
    println!("{l} {r}");
    COUNTER.set(50);
    let t = thread::spawn(|| {
        COUNTER.with(|c| {
            let old = c.get();
            c.set(c.get() + 10);
            (old, c.get())
        })
    });
    println!("{:?} {}", t.join().unwrap(), COUNTER.get());
    NAMES.with_borrow_mut(|n| n.push("main".into()));
    let t = thread::spawn(|| {
        NAMES.with_borrow_mut(|n| n.push("child".into()));
        NAMES.take()
    });
    println!("{:?} {:?}", t.join().unwrap(), NAMES.with_borrow(|n| n.clone()));
    thread::spawn(|| {
        WITH_DROP.with(|t| println!("touch {}", t.0));
        CONST_DROP.replace(Some(Tls("const"))).is_none()
    })
    .join()
    .unwrap();
    thread::spawn(|| println!("untouched")).join().unwrap();
    println!("{}", DROPPED.load(Ordering::SeqCst));
    let t = thread::Builder::new().name("named".into()).stack_size(1 << 20).spawn(|| thread::current().name().map(str::to_owned)).unwrap();
    println!("{:?}", t.join().unwrap());
    let flag = AtomicUsize::new(0);
    thread::scope(|s| {
        let h = s.spawn(|| {
            while flag.load(Ordering::Acquire) == 0 {
                thread::park();
            }
            flag.fetch_add(1, Ordering::SeqCst)
        });
        flag.store(5, Ordering::Release);
        h.thread().unpark();
        println!("{} {}", h.join().unwrap(), flag.load(Ordering::SeqCst));
    });
    thread::yield_now();
    thread::sleep(std::time::Duration::from_millis(1));
    println!("{} {}", thread::available_parallelism().is_ok(), thread::current().id() == thread::current().id());
    let r: Vec<thread::Result<u8>> =
        (0..3).map(|i| thread::spawn(move || if i == 1 { std::panic::resume_unwind(Box::new(i)) } else { i }).join()).collect();
    println!("{:?}", r.into_iter().map(|r| r.map_err(|e| *e.downcast::<u8>().unwrap() + 100)).collect::<Vec<_>>());
}
