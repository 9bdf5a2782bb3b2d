// BTreeMap, BTreeSet and BinaryHeap: ranges, entries, splitting, first/last, many splits and merges, ordered iteration, Reverse.
use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::ops::Bound::*;
struct D(u32);
impl Drop for D {
    fn drop(&mut self) {
        DROPS.with(|d| d.set(d.get() + self.0));
    }
}
thread_local!(static DROPS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
#[derive(Debug, PartialEq, Eq)]
struct Job {
    pri: u32,
    name: &'static str,
}
impl Ord for Job {
    fn cmp(&self, o: &Self) -> std::cmp::Ordering {
        self.pri.cmp(&o.pri).then_with(|| o.name.cmp(self.name))
    }
}
impl PartialOrd for Job {
    fn partial_cmp(&self, o: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(o))
    }
}

fn dijkstra(edges: &[(usize, usize, u32)], n: usize) -> Vec<Option<u32>> {
    let mut dist = vec![None; n];
    let mut heap = BinaryHeap::from([Reverse((0, 0))]);
    while let Some(Reverse((d, u))) = heap.pop() {
        if dist[u].is_some_and(|x| x <= d) {
            continue;
        }
        dist[u] = Some(d);
        heap.extend(edges.iter().filter(|e| e.0 == u).map(|e| Reverse((d + e.2, e.1))));
    }
    dist
}

fn main() {
    let mut m: BTreeMap<u32, String> = (0..300).map(|i| ((i * 37) % 300, format!("v{i}"))).collect();
    println!("{} {:?} {:?}", m.len(), m.first_key_value(), m.last_key_value());
    println!("{:?}", m.range(100..103).collect::<Vec<_>>());
    println!("{:?}", m.range((Excluded(296), Unbounded)).rev().map(|(k, _)| *k).collect::<Vec<_>>());
    println!("{:?}", m.range(..=2).map(|(_, v)| v.as_str()).collect::<String>());
    for i in (0..300).filter(|i| i % 5 != 0) {
        m.remove(&i);
    }
    println!("{} {:?}", m.len(), m.keys().take(8).collect::<Vec<_>>());
    let mut hi = m.split_off(&150);
    println!("{} {} {:?} {:?}", m.len(), hi.len(), m.pop_last(), hi.pop_first());
    m.append(&mut hi);
    m.retain(|k, _| k % 2 == 0);
    println!("{} {}", m.len(), hi.len());
    match m.entry(7) {
        Entry::Vacant(e) => {
            e.insert("seven".into());
        }
        Entry::Occupied(_) => unreachable!(),
    }
    m.entry(7).and_modify(|s| s.push('!')).or_default();
    println!("{:?}", m.get(&7));
    println!(
        "{:?}",
        m.get_mut(&10).map(|s| {
            s.push('x');
            s.len()
        })
    );
    if let Some(mut e) = m.first_entry() {
        e.insert("first".into());
    }
    for (k, v) in m.range_mut(0..20) {
        v.push_str(&k.to_string());
    }
    println!("{:?}", m.iter().take(4).collect::<Vec<_>>());
    println!("{:?}", m.values().map(String::len).sum::<usize>());
    let mut big: BTreeMap<(u8, String), Vec<D>> = BTreeMap::new();
    for i in 0..200u32 {
        big.entry(((i % 7) as u8, format!("{}", i % 11))).or_default().push(D(i));
    }
    println!("{} {:?}", big.len(), big.iter().map(|(k, v)| k.0 as usize * v.len()).sum::<usize>());
    let mut it = big.into_iter();
    println!("{:?} {:?}", it.next().map(|(k, v)| (k, v.len())), it.next_back().map(|(k, v)| (k, v.len())));
    drop(it);
    println!("{}", DROPS.with(|d| d.get()));
    let a: BTreeSet<i32> = (0..10).collect();
    let b: BTreeSet<i32> = (5..15).step_by(2).collect();
    println!("{:?} {:?} {:?} {:?}", &a & &b, &a - &b, &a ^ &b, a.union(&b).count());
    println!("{:?} {:?} {}", a.range(3..).next(), b.range(..6).next_back(), b.is_superset(&[5, 7].into()));
    println!("{:?} {:?} {:?}", a.first(), b.last(), b.iter().rev().collect::<Vec<_>>());
    println!("{:?}", ["b", "a", "c", "a"].into_iter().collect::<BTreeSet<_>>());
    println!("{:?} {}", BTreeMap::from([("k", 1)]).cmp(&BTreeMap::from([("k", 2)])), a == (0..10).collect());
    let mut h = BinaryHeap::new();
    for (pri, name) in [(2, "b"), (5, "x"), (2, "a"), (9, "top"), (0, "last")] {
        h.push(Job { pri, name });
    }
    println!("{:?} {}", h.peek(), h.len());
    if let Some(mut top) = h.peek_mut() {
        top.pri = 1;
    }
    while let Some(j) = h.pop() {
        print!("{}{} ", j.name, j.pri);
    }
    println!();
    println!(
        "{:?} {:?}",
        BinaryHeap::from(vec![3, 1, 4, 1, 5]).into_sorted_vec(),
        dijkstra(&[(0, 1, 4), (0, 2, 1), (2, 1, 2), (1, 3, 5), (2, 3, 8)], 5)
    );
}
