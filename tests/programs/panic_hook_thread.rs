// Panics in threads: join returns the payload, names show in messages, poisoned locks, panics in scoped threads.
use std::sync::{Arc, Mutex, RwLock};
use std::thread;
fn main() {
    let h = thread::Builder::new()
        .name("worker".into())
        .spawn(|| {
            if true {
                panic!("in worker");
            }
            5
        })
        .unwrap();
    let e = h.join().unwrap_err();
    println!("{:?}", e.downcast_ref::<&str>());
    let h = thread::spawn(|| -> u8 { panic!("unnamed {}", 1) });
    println!("{:?}", h.join().unwrap_err().downcast_ref::<String>());
    let m = Arc::new(Mutex::new(1));
    let m2 = m.clone();
    let _ = thread::spawn(move || {
        let mut g = m2.lock().unwrap();
        *g = 2;
        panic!("holding the lock")
    })
    .join();
    println!("{} {:?}", m.is_poisoned(), m.lock().map(|g| *g).map_err(|p| *p.into_inner()));
    m.clear_poison();
    println!("{:?} {:?}", m.lock().map(|g| *g).is_ok(), m.try_lock().is_ok());
    let rw = Arc::new(RwLock::new(0));
    let rw2 = rw.clone();
    let _ = thread::spawn(move || {
        let _g = rw2.read().unwrap();
        panic!("reader")
    })
    .join();
    println!("{}", rw.is_poisoned());
    let r = std::panic::catch_unwind(|| {
        thread::scope(|s| {
            let a = s.spawn(|| 1);
            let b = s.spawn(|| -> i32 { panic!("scoped") });
            println!("{} {}", a.join().unwrap(), b.join().is_err());
            s.spawn(|| {
                thread::sleep(std::time::Duration::from_millis(20));
                panic!("left behind")
            });
        })
    });
    println!("{:?}", r.unwrap_err().downcast_ref::<&str>());
    println!("{:?}", thread::current().name());
}
