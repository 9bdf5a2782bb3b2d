// async: a small executor with a hand-written waker, join, select by polling, async blocks with drops, async closures, streams, Pin, recursion by boxing.
// edition: 2024
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn, ready};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Wake, Waker};
static WAKES: AtomicUsize = AtomicUsize::new(0);
const VTABLE: RawWakerVTable = RawWakerVTable::new(
    |p| {
        WAKES.fetch_add(100, Ordering::SeqCst);
        RawWaker::new(p, &VTABLE)
    },
    |_| {
        WAKES.fetch_add(1, Ordering::SeqCst);
    },
    |_| {
        WAKES.fetch_add(1, Ordering::SeqCst);
    },
    |_| {},
);
fn raw_waker() -> Waker {
    unsafe { Waker::from_raw(RawWaker::new(std::ptr::null(), &VTABLE)) }
}
fn block_on<F: Future>(f: F) -> F::Output {
    let mut f = pin!(f);
    let w = raw_waker();
    let mut cx = Context::from_waker(&w);
    loop {
        if let Poll::Ready(r) = f.as_mut().poll(&mut cx) {
            return r;
        }
    }
}
struct Yield(bool);
impl Future for Yield {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            Poll::Ready(())
        } else {
            self.0 = true;
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    }
}
fn yield_now() -> Yield {
    Yield(false)
}
struct D(&'static str);
impl Drop for D {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}
async fn add(a: u32, b: u32) -> u32 {
    yield_now().await;
    a + b
}
async fn nested(n: u32) -> u32 {
    let mut t = 0;
    for i in 0..n {
        let _d = D("iter");
        t += add(i, 1).await;
    }
    t
}
async fn borrow(v: &mut Vec<u32>) -> usize {
    for i in 0..3 {
        v.push(i);
        yield_now().await;
    }
    v.len()
}
async fn fails(n: u32) -> Result<u32, String> {
    if n > 2 {
        Err(format!("{n} too big"))?;
    }
    yield_now().await;
    Ok(n * 10)
}
async fn tries() -> Result<u32, String> {
    let a = fails(1).await?;
    let b = fails(2).await?;
    let c = fails(a).await?;
    Ok(a + b + c)
}
fn fact(n: u64) -> Pin<Box<dyn Future<Output = u64>>> {
    Box::pin(async move {
        if n == 0 {
            1
        } else {
            yield_now().await;
            n * fact(n - 1).await
        }
    })
}
async fn join<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut ra, mut rb) = (None, None);
    poll_fn(|cx| {
        if ra.is_none() {
            if let Poll::Ready(x) = a.as_mut().poll(cx) {
                ra = Some(x);
            }
        }
        if rb.is_none() {
            if let Poll::Ready(x) = b.as_mut().poll(cx) {
                rb = Some(x);
            }
        }
        if ra.is_some() && rb.is_some() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    (ra.unwrap(), rb.unwrap())
}
struct Task {
    fut: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
    queue: Arc<Mutex<VecDeque<Arc<Task>>>>,
    name: u8,
}
impl Wake for Task {
    fn wake(self: Arc<Self>) {
        let q = self.queue.clone();
        q.lock().unwrap().push_back(self);
    }
}
#[derive(Clone, Default)]
struct Exec {
    queue: Arc<Mutex<VecDeque<Arc<Task>>>>,
}
impl Exec {
    fn spawn(&self, name: u8, f: impl Future<Output = ()> + Send + 'static) {
        self.queue.lock().unwrap().push_back(Arc::new(Task { fut: Mutex::new(Some(Box::pin(f))), queue: self.queue.clone(), name }));
    }
    fn run(&self) -> Vec<u8> {
        let mut order = vec![];
        while let Some(t) = {
            let t = self.queue.lock().unwrap().pop_front();
            t
        } {
            order.push(t.name);
            let w = Waker::from(t.clone());
            let mut slot = t.fut.lock().unwrap();
            if let Some(mut f) = slot.take() {
                if f.as_mut().poll(&mut Context::from_waker(&w)).is_pending() {
                    *slot = Some(f);
                }
            }
        }
        order
    }
}
async fn call<F: AsyncFn(u32) -> u32>(f: F) -> u32 {
    f(1).await + f(2).await
}
async fn call_mut(mut f: impl AsyncFnMut(&str)) {
    f("x").await;
    f("yy").await;
}
async fn state(flag: bool) -> u32 {
    let a = D("a");
    let n = if flag {
        let _b = D("b");
        yield_now().await;
        1
    } else {
        drop(a);
        yield_now().await;
        2
    };
    println!("state {n}");
    n
}
trait Service {
    fn call(&self, n: u32) -> impl Future<Output = u32>;
    async fn twice(&self, n: u32) -> u32 {
        let x = self.call(n).await;
        self.call(x).await
    }
}
struct Plus(u32);
impl Service for Plus {
    async fn call(&self, n: u32) -> u32 {
        yield_now().await;
        n + self.0
    }
}
fn main() {
    println!("{} {}", block_on(add(1, 2)), block_on(nested(3)));
    let mut v = vec![9];
    println!("{} {v:?}", block_on(borrow(&mut v)));
    println!("{:?} {}", block_on(tries()), block_on(fact(10)));
    println!("{:?}", block_on(join(nested(2), join(add(5, 5), ready("r")))));
    for f in [true, false] {
        block_on(state(f));
    }
    {
        let mut f = Box::pin(state(true));
        let w = Waker::noop();
        println!("{:?}", f.as_mut().poll(&mut Context::from_waker(w)).is_pending());
        println!("cancel");
    }
    drop(state(true));
    let ex = Exec::default();
    let log = Arc::new(Mutex::new(vec![]));
    for id in 0..3u8 {
        let log = log.clone();
        ex.spawn(id, async move {
            for k in 0..=id {
                log.lock().unwrap().push((id, k));
                yield_now().await;
            }
        });
    }
    println!("{:?} {:?}", ex.run(), log.lock().unwrap());
    let base = 10;
    println!(
        "{}",
        block_on(call(async |x| {
            yield_now().await;
            x + base
        }))
    );
    let mut total = 0;
    block_on(call_mut(async |s| {
        yield_now().await;
        total += s.len();
    }));
    println!("{total} {}", block_on(Plus(3).twice(4)));
    let cell = Rc::new(Cell::new(1));
    let c2 = cell.clone();
    let blk = async move {
        let r = RefCell::new(c2);
        r.borrow().set(5);
        yield_now().await;
        r.into_inner().get()
    };
    println!("{} {} {}", size_of_val(&blk) > 0, block_on(blk), cell.get());
    let r = std::panic::catch_unwind(|| {
        block_on(async {
            let _d = D("unwound");
            yield_now().await;
            if true {
                panic!("in async")
            }
        })
    });
    println!("{}", r.is_err());
    println!("{}", WAKES.load(Ordering::SeqCst));
}
