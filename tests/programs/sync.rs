// Mutex, RwLock, Condvar, Once, OnceLock, LazyLock, Barrier and atomics between threads.
use std::collections::HashMap;
use std::sync::atomic::*;
use std::sync::{Arc, Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock};
use std::thread;
use std::time::Duration;

static COUNT: AtomicU64 = AtomicU64::new(0);
static INIT: Once = Once::new();
static CONFIG: OnceLock<String> = OnceLock::new();
static TABLE: LazyLock<HashMap<&str, i32>> = LazyLock::new(|| {
    println!("table built");
    [("a", 1), ("b", 2)].into()
});
static GLOBAL: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn spawn_all<T: Send + 'static>(n: usize, f: impl Fn(usize) -> T + Send + Sync + 'static) -> Vec<T> {
    let f = Arc::new(f);
    let hs: Vec<_> = (0..n)
        .map(|i| {
            let f = f.clone();
            thread::spawn(move || f(i))
        })
        .collect();
    hs.into_iter().map(|h| h.join().unwrap()).collect()
}

fn main() {
    spawn_all(4, |_| {
        for _ in 0..1000 {
            COUNT.fetch_add(1, Ordering::Relaxed);
        }
    });
    println!("{}", COUNT.load(Ordering::SeqCst));
    spawn_all(4, |_| INIT.call_once(|| println!("once")));
    println!("{} {:?}", INIT.is_completed(), CONFIG.get());
    spawn_all(3, |_| CONFIG.get_or_init(|| "cfg".to_string()).len());
    println!("{:?} {:?}", CONFIG.get(), CONFIG.set("x".into()));
    println!("before table");
    println!("{:?}", spawn_all(3, |_| TABLE["b"]));
    spawn_all(4, |i| {
        for k in 0..25 {
            GLOBAL.lock().unwrap().push(i as u32 * 100 + k)
        }
    });
    let mut g = GLOBAL.lock().unwrap();
    g.sort();
    println!("{} {:?} {}", g.len(), &g[..3], g.iter().sum::<u32>());
    drop(g);
    let m = Mutex::new(5);
    {
        let l = m.lock().unwrap();
        println!("{} {}", *l, m.try_lock().is_err());
    }
    println!("{m:?}");
    println!("{}", m.into_inner().unwrap());
    let rw = Arc::new(RwLock::new(vec![0u32; 3]));
    let r2 = rw.clone();
    spawn_all(3, move |i| {
        r2.write().unwrap()[i] += i as u32;
        r2.read().unwrap().len()
    });
    {
        let (a, b) = (rw.read().unwrap(), rw.read().unwrap());
        println!("{a:?} {} {}", b.len(), rw.try_write().is_err());
    }
    let pair = Arc::new((Mutex::new(0), Condvar::new()));
    let p2 = pair.clone();
    let waiter = thread::spawn(move || {
        let (m, c) = &*p2;
        let g = c.wait_while(m.lock().unwrap(), |n| *n < 3).unwrap();
        *g
    });
    for _ in 0..3 {
        *pair.0.lock().unwrap() += 1;
        pair.1.notify_all();
    }
    println!("{}", waiter.join().unwrap());
    let (g, t) = pair.1.wait_timeout(pair.0.lock().unwrap(), Duration::from_millis(5)).unwrap();
    println!("{} {}", *g, t.timed_out());
    drop(g);
    let barrier = Arc::new(Barrier::new(3));
    let b2 = barrier.clone();
    let leaders = spawn_all(3, move |_| b2.wait().is_leader());
    println!("{}", leaders.iter().filter(|l| **l).count());
    let a = AtomicI32::new(5);
    println!(
        "{} {} {} {}",
        a.swap(7, Ordering::AcqRel),
        a.fetch_sub(10, Ordering::SeqCst),
        a.fetch_max(4, Ordering::Relaxed),
        a.fetch_min(-9, Ordering::Relaxed)
    );
    println!(
        "{:?} {:?}",
        a.compare_exchange(-9, 1, Ordering::SeqCst, Ordering::Relaxed),
        a.compare_exchange(5, 2, Ordering::AcqRel, Ordering::Acquire)
    );
    println!(
        "{:?} {:?}",
        a.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |x| Some(x * 3)),
        a.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |_| None)
    );
    let b = AtomicU8::new(0b1100);
    println!(
        "{} {} {} {} {}",
        b.fetch_and(0b0110, Ordering::SeqCst),
        b.fetch_or(1, Ordering::SeqCst),
        b.fetch_xor(0xff, Ordering::SeqCst),
        b.fetch_nand(0xf, Ordering::SeqCst),
        b.fetch_add(250, Ordering::SeqCst)
    );
    println!("{} {}", b.load(Ordering::Acquire), {
        b.store(1, Ordering::Release);
        b.into_inner()
    });
    let flag = AtomicBool::new(false);
    println!("{} {} {}", flag.fetch_or(true, Ordering::SeqCst), flag.fetch_not(Ordering::SeqCst), flag.load(Ordering::SeqCst));
    let mut x = 3;
    let p = AtomicPtr::new(&mut x);
    unsafe {
        *p.load(Ordering::Relaxed) += 1;
    }
    println!("{x}");
    while a.compare_exchange_weak(3, 0, Ordering::SeqCst, Ordering::Relaxed).is_err() {}
    fence(Ordering::SeqCst);
    compiler_fence(Ordering::Release);
    println!("{a:?} {:?}", AtomicUsize::default());
}
