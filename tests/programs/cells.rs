// Cell, RefCell, OnceCell, LazyCell, UnsafeCell: interior mutability, borrow states, mapped borrows, BorrowMutError panic at the end.
use std::cell::{Cell, LazyCell, OnceCell, Ref, RefCell, RefMut, UnsafeCell};
use std::fmt::Debug;
#[derive(Debug, Default)]
struct Account {
    balance: Cell<i64>,
    log: RefCell<Vec<String>>,
    cached: OnceCell<String>,
}
impl Account {
    fn deposit(&self, n: i64) {
        self.balance.set(self.balance.get() + n);
        self.log.borrow_mut().push(format!("+{n}"));
    }
    fn last(&self) -> Option<Ref<'_, str>> {
        Ref::filter_map(self.log.borrow(), |l| l.last().map(String::as_str)).ok()
    }
    fn first_mut(&self) -> RefMut<'_, String> {
        RefMut::map(self.log.borrow_mut(), |l| &mut l[0])
    }
    fn name(&self) -> &str {
        self.cached.get_or_init(|| {
            println!("computing");
            format!("acct{}", self.balance.get())
        })
    }
}
struct MyCell<T>(UnsafeCell<T>);
impl<T: Copy + Debug> MyCell<T> {
    fn update(&self, f: impl Fn(T) -> T) -> T {
        unsafe {
            let p = self.0.get();
            *p = f(*p);
            *p
        }
    }
}
fn main() {
    let a = Account::default();
    println!("{:?}", a.last().map(|r| r.to_string()));
    a.deposit(5);
    a.deposit(-2);
    println!("{} {:?} {}", a.balance.get(), a.log.borrow(), &*a.last().unwrap());
    a.first_mut().push_str("!!");
    println!("{} {} {a:?}", a.name(), a.name());
    let r = RefCell::new((1, "x".to_string()));
    {
        let b1 = r.borrow();
        let b2 = r.borrow();
        println!("{} {} {:?} {}", b1.0, b2.1, r.try_borrow_mut().map(|_| ()).map_err(|e| e.to_string()), r.try_borrow().is_ok());
        let (n, s) = Ref::map_split(b1, |t| (&t.0, &t.1));
        println!("{n} {s}");
    }
    {
        let mut m = r.borrow_mut();
        m.0 = 2;
        println!("{:?} {:?}", r.try_borrow().map(|_| ()).map_err(|e| e.to_string()), r);
    }
    println!("{:?} {:?} {:?}", r.replace((9, "new".into())), r.take(), r);
    let other = RefCell::new((5, "o".into()));
    r.swap(&other);
    println!("{r:?} {:?}", other.into_inner());
    let c = Cell::new(vec![1]);
    let mut v = c.take();
    v.push(2);
    c.set(v);
    println!("{:?} {:?}", c.replace(vec![]), c.into_inner());
    let arr = Cell::new([1, 2, 3]);
    let slice: &Cell<[i32]> = &arr;
    slice.as_slice_of_cells()[1].set(20);
    println!("{:?} {}", arr.get(), {
        let x = Cell::new(1);
        let y = Cell::new(2);
        x.swap(&y);
        x.get() * 10 + y.get()
    });
    let once: OnceCell<u8> = OnceCell::new();
    println!("{:?} {:?} {:?} {:?}", once.get(), once.set(3), once.set(4), once.get_or_init(|| 5));
    let lazy = LazyCell::new(|| {
        println!("forced");
        vec![1, 2, 3]
    });
    println!("before");
    println!("{} {:?}", lazy.len(), *lazy);
    println!("{} {}", MyCell(UnsafeCell::new(4)).update(|x| x * x), size_of::<RefCell<u8>>());
    let shared = RefCell::new(vec![1, 2, 3]);
    let _guard = shared.borrow();
    for x in [1, 2] {
        println!("pushing {x}");
        shared.borrow_mut().push(x);
    }
}
