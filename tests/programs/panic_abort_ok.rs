// A program with panic=abort that ends normally, using collections, threads and closures.
// compile-flags: -C panic=abort
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
fn main() {
    let total = Arc::new(Mutex::new(BTreeMap::new()));
    let hs: Vec<_> = (0..4u64)
        .map(|i| {
            let t = Arc::clone(&total);
            std::thread::spawn(move || {
                t.lock().unwrap().insert(i, i * i);
            })
        })
        .collect();
    for h in hs {
        h.join().unwrap();
    }
    println!("{:?}", total.lock().unwrap());
    let m: HashMap<String, usize> = ["x", "yy", "zzz"].iter().map(|s| (s.to_string(), s.len())).collect();
    let mut v: Vec<_> = m.iter().collect();
    v.sort();
    println!("{v:?}");
    println!("{:?}", "1,2,x".split(',').map(str::parse::<i32>).collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string()));
}
