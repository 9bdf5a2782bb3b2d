// Drops while unwinding: locals, partially built arrays and vectors, arguments, temporaries, callee and caller frames, nested panics caught in drop.
use std::panic::{AssertUnwindSafe, catch_unwind};

struct D(u32);
impl Drop for D {
    fn drop(&mut self) {
        println!("  drop {}{}", self.0, if std::thread::panicking() { " (panicking)" } else { "" });
    }
}
fn make(n: u32, fail: u32) -> D {
    if n == fail {
        panic!("make {n}");
    }
    D(n)
}
struct Cleanup;
impl Drop for Cleanup {
    fn drop(&mut self) {
        let r = catch_unwind(|| {
            let _d = D(900);
            panic!("inside drop")
        });
        println!("  nested caught {}", r.is_err());
    }
}
struct Pair {
    a: D,
    b: D,
}
fn run(name: &str, f: impl FnOnce()) {
    println!("{name}");
    let r = catch_unwind(AssertUnwindSafe(f));
    match r {
        Ok(()) => println!("  ok"),
        Err(p) => println!("  caught {:?}", p.downcast_ref::<String>().map(String::as_str).or(p.downcast_ref::<&str>().copied())),
    }
}
fn takes(_a: D, _b: D, _c: D) {
    println!("  called");
}
fn deep(n: u32) {
    let _d = D(n);
    if n == 3 {
        panic!("bottom");
    }
    deep(n + 1);
    println!("not reached");
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    run("locals", || {
        let _a = D(1);
        let _b = D(2);
        panic!("static");
    });
    run("array", || {
        let _x = [make(1, 9), make(2, 9), make(3, 3), make(4, 9)];
    });
    run("vec", || {
        let _v: Vec<D> = (1..6).map(|n| make(n, 4)).collect();
    });
    run("struct", || {
        let p = Pair { a: make(1, 9), b: make(2, 2) };
        drop(p.a);
        drop(p.b);
    });
    run("args", || takes(make(1, 9), make(2, 9), make(3, 3)));
    run("args ok", || takes(make(1, 9), make(2, 9), make(3, 9)));
    run("deep", || deep(0));
    run("moved", || {
        let a = D(1);
        let b = D(2);
        drop(a);
        if b.0 == 2 {
            panic!("after move");
        }
    });
    run("box", || {
        let _b = Box::new((make(1, 9), make(2, 2)));
    });
    run("nested", || {
        let _c = Cleanup;
        let _d = D(5);
        panic!("outer");
    });
    run("sort", || {
        let mut v: Vec<Box<u32>> = (0..30).rev().map(Box::new).collect();
        let mut n = 0;
        v.sort_by(|a, b| {
            n += 1;
            if n == 40 {
                panic!("cmp");
            }
            a.cmp(b)
        });
    });
    run("retain", || {
        let mut v: Vec<D> = (0..5).map(D).collect();
        v.retain(|d| {
            if d.0 == 3 {
                panic!("retain");
            }
            d.0 % 2 == 0
        });
    });
    run("drain", || {
        let mut v: Vec<D> = (0..5).map(D).collect();
        for d in v.drain(1..4) {
            if d.0 == 2 {
                panic!("drain");
            }
        }
    });
    run("from_fn", || {
        let _a: [D; 4] = std::array::from_fn(|i| make(i as u32, 2));
    });
    run("map", || {
        let _a = [D(1), D(2), D(3)].map(|d| {
            if d.0 == 2 {
                panic!("map");
            }
            (d, 1)
        });
    });
    run("clone", || {
        #[derive(Clone)]
        struct C(std::rc::Rc<()>);
        let rc = std::rc::Rc::new(());
        let v = vec![C(rc.clone()); 3];
        let w = v.clone();
        println!("  rc {}", std::rc::Rc::strong_count(&rc));
        drop(w);
        panic!("{}", std::rc::Rc::strong_count(&v[0].0));
    });
    run("loop", || {
        for i in 0.. {
            let _d = D(i);
            if i == 2 {
                panic!("loop {i}");
            }
        }
    });
    run("finally", || {
        struct F<T: FnMut()>(T);
        impl<T: FnMut()> Drop for F<T> {
            fn drop(&mut self) {
                (self.0)()
            }
        }
        let mut n = 1;
        {
            let _f = F(|| {
                n += 1;
                println!("  finally {n}")
            });
        }
        let _g = F(|| println!("  guard"));
        None::<u8>.expect("expected");
    });
    run("drop panics", || {
        struct P;
        impl Drop for P {
            fn drop(&mut self) {
                panic!("from drop");
            }
        }
        let _a = D(1);
        let _p = P;
        let _b = D(2);
    });
    run("vec elem drop panics", || {
        struct P(u32, D);
        impl Drop for P {
            fn drop(&mut self) {
                println!("  P{}", self.0);
                if self.0 == 1 {
                    panic!("elem");
                }
            }
        }
        drop(vec![P(0, D(0)), P(1, D(1)), P(2, D(2))]);
    });
    run("field drop panics", || {
        struct P;
        impl Drop for P {
            fn drop(&mut self) {
                panic!("field");
            }
        }
        struct S {
            _a: D,
            _p: P,
            _b: D,
        }
        drop(S { _a: D(1), _p: P, _b: D(2) });
    });
}
