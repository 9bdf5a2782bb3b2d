// Drop order: locals, temporaries, fields, tuples, arrays, reassignments, partial moves, conditionals, loops, shadowing, mem::forget.
struct D(&'static str);
impl Drop for D {
    fn drop(&mut self) {
        println!("  drop {}", self.0);
    }
}
impl D {
    fn touch(&self) -> usize {
        println!("  touch {}", self.0);
        self.0.len()
    }
}

struct Fields {
    b: D,
    a: D,
    _n: u8,
}
struct Outer {
    inner: Fields,
    own: D,
}
impl Drop for Outer {
    fn drop(&mut self) {
        println!("  drop outer of {} {}", self.inner.a.0, self.own.0);
    }
}
enum E {
    One(D),
    Two(D, D),
    Zero,
}

fn section(s: &str) {
    println!("{s}");
}
fn make(s: &'static str) -> D {
    println!("  make {s}");
    D(s)
}
fn pass(d: D) -> D {
    d
}
fn early(n: u8) -> Option<D> {
    let _x = D("x");
    let y = D("y");
    if n == 0 {
        return None;
    }
    let _z = D("z");
    if n == 1 {
        return Some(y);
    }
    Some(D("new"))
}

fn main() {
    section("locals");
    {
        let _a = D("a");
        let _b = D("b");
        let _ = D("ignored");
        let _c = D("c");
    }
    section("shadow");
    {
        let _x = D("x1");
        let _x = D("x2");
        println!("  end");
    }
    section("fields");
    {
        let _f = Fields { a: make("fa"), b: make("fb"), _n: 0 };
    }
    section("outer");
    {
        let _o = Outer { inner: Fields { a: D("ia"), b: D("ib"), _n: 1 }, own: D("own") };
    }
    section("tuple and array");
    {
        let _t = (D("t0"), D("t1"));
        let _a = [D("a0"), D("a1"), D("a2")];
    }
    section("temporaries");
    {
        let n = D("tmp1").touch() + D("temp2").touch();
        println!("  n {n}");
    }
    {
        match D("scrutinee").touch() {
            9 => println!("  nine"),
            _ => println!("  arm"),
        }
    }
    {
        let _r = &D("extended");
        println!("  after");
    }
    section("assign");
    {
        let mut a = D("old");
        println!("  before");
        a = D("new");
        println!("  after {}", a.0);
    }
    section("deferred init");
    {
        let a;
        let _b = D("b");
        a = D("late");
        a.touch();
    }
    section("partial move");
    {
        let f = Fields { a: D("fa"), b: D("fb"), _n: 2 };
        let taken = f.a;
        println!("  took {}", taken.0);
    }
    {
        let (x, _) = (D("left"), D("right"));
        x.touch();
    }
    section("conditional move");
    for flag in [true, false] {
        let d = D("cond");
        if flag {
            drop(d);
        }
        println!("  flag {flag}");
    }
    section("loop");
    for i in 0..4 {
        let _d = D("it");
        if i == 1 {
            continue;
        }
        if i == 2 {
            break;
        }
        println!("  body {i}");
    }
    section("early returns");
    for n in 0..3 {
        println!("  got {:?}", early(n).as_ref().map(|d| d.0));
    }
    section("args");
    {
        let d = pass(pass(D("passed")));
        println!("  back {}", d.0);
    }
    section("box, vec, option");
    {
        let _b: Box<[D]> = Box::new([D("b0"), D("b1")]);
        let mut v = vec![D("v0"), D("v1"), D("v2")];
        v.remove(1);
        v.truncate(1);
        let mut o = Some(D("o"));
        o.take();
        println!("  taken");
        o.replace(D("p"));
    }
    section("enum");
    for e in [E::Zero, E::One(D("one")), E::Two(D("two0"), D("two1"))] {
        if let E::Two(a, _) = e {
            println!("  moved {}", a.0);
        }
    }
    section("into_iter");
    for d in vec![D("i0"), D("i1"), D("i2")] {
        if d.0 == "i1" {
            break;
        }
    }
    section("closure");
    {
        let d = D("cap");
        let f = || d.touch();
        f();
        println!("  not moved");
    }
    section("replace and swap");
    {
        let mut a = D("ra");
        let mut b = D("rb");
        std::mem::swap(&mut a, &mut b);
        let old = std::mem::replace(&mut a, D("rc"));
        println!("  {} {} {}", a.0, b.0, old.0);
    }
    section("forget and ManuallyDrop");
    {
        std::mem::forget(D("forgotten"));
        let mut m = std::mem::ManuallyDrop::new(D("manual"));
        m.touch();
        unsafe { std::mem::ManuallyDrop::drop(&mut m) };
    }
    section("and-or temporaries");
    {
        if D("lhs").touch() == 3 && D("rhs").touch() == 0 {
            println!("  yes");
        } else {
            println!("  no");
        }
    }
    section("trait object");
    {
        let _o: Box<dyn std::any::Any> = Box::new(D("dynamic"));
    }
    section("labeled block");
    {
        let _r = 'l: {
            let _d = D("in block");
            if _d.0.len() > 3 {
                break 'l 5;
            }
            6
        };
        println!("  out {_r}");
    }
    section("end");
}
