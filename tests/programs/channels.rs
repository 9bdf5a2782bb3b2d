// mpsc channels: unbounded, bounded, rendezvous, several producers, disconnection, iteration, timeouts, drops of undelivered messages.
use std::sync::mpsc::{self, RecvTimeoutError, TryRecvError, TrySendError};
use std::thread;
use std::time::Duration;
#[derive(Debug)]
struct Msg(u32, String);
impl Drop for Msg {
    fn drop(&mut self) {
        if self.0 >= 100 {
            println!("undelivered {}", self.0);
        }
    }
}
fn main() {
    let (tx, rx) = mpsc::channel();
    let hs: Vec<_> = (0..3u32)
        .map(|id| {
            let tx = tx.clone();
            thread::spawn(move || {
                for k in 0..40 {
                    tx.send((id, k)).unwrap()
                }
            })
        })
        .collect();
    drop(tx);
    let mut all: Vec<_> = rx.iter().collect();
    for h in hs {
        h.join().unwrap();
    }
    println!("{} {}", all.len(), all.windows(2).filter(|w| w[0].0 == w[1].0 && w[0].1 > w[1].1).count());
    all.sort();
    println!("{:?} {:?} {:?}", all[0], all[119], rx.try_recv());
    let (tx, rx) = mpsc::channel::<Msg>();
    println!(
        "{:?} {:?}",
        rx.try_recv().unwrap_err() == TryRecvError::Empty,
        rx.recv_timeout(Duration::from_millis(1)).unwrap_err() == RecvTimeoutError::Timeout
    );
    for i in 0..70 {
        tx.send(Msg(i, format!("m{i}"))).unwrap();
    }
    println!("{:?}", rx.try_iter().take(3).map(|m| m.1.clone()).collect::<Vec<_>>());
    tx.send(Msg(100, "lost".into())).unwrap();
    println!("{}", rx.into_iter().take(5).map(|m| m.0).sum::<u32>());
    let e = tx.send(Msg(7, "late".into())).unwrap_err();
    println!("{} {:?}", e, e.0);
    let (tx, rx) = mpsc::sync_channel(2);
    println!("{:?} {:?} {:?}", tx.try_send(1), tx.try_send(2), matches!(tx.try_send(3), Err(TrySendError::Full(3))));
    let t = thread::spawn(move || {
        for i in 3..8 {
            tx.send(i).unwrap();
        }
    });
    println!("{:?}", rx.iter().collect::<Vec<i32>>());
    t.join().unwrap();
    let (tx, rx) = mpsc::sync_channel::<&str>(0);
    let t = thread::spawn(move || {
        let got = rx.recv().unwrap();
        format!("{got} received")
    });
    tx.send("rendezvous").unwrap();
    println!("{}", t.join().unwrap());
    println!("{:?}", tx.send("nobody").is_err());
    let (req, server) = mpsc::channel::<(u64, mpsc::Sender<u64>)>();
    let s = thread::spawn(move || {
        let mut n = 0;
        for (x, back) in server {
            n += 1;
            back.send(x * x).unwrap();
        }
        n
    });
    let answers: Vec<u64> = (0..5)
        .map(|x| {
            let (b, r) = mpsc::channel();
            req.send((x, b)).unwrap();
            r.recv().unwrap()
        })
        .collect();
    drop(req);
    println!("{answers:?} {}", s.join().unwrap());
    let (tx, rx) = mpsc::channel::<Box<dyn FnOnce() -> String + Send>>();
    let t = thread::spawn(move || rx.into_iter().map(|f| f()).collect::<Vec<_>>().join(","));
    for i in 0..3 {
        tx.send(Box::new(move || format!("job{i}"))).unwrap();
    }
    drop(tx);
    println!("{}", t.join().unwrap());
}
