// VecDeque and LinkedList: wrap-around, both ends, rotation, slices, ranges, drains, make_contiguous, cursors by splitting.
use std::collections::{LinkedList, VecDeque};
struct D(u8);
impl Drop for D {
    fn drop(&mut self) {
        print!("d{} ", self.0);
    }
}
fn main() {
    let mut d: VecDeque<i32> = VecDeque::with_capacity(4);
    for i in 0..4 {
        d.push_back(i);
    }
    for i in 0..6 {
        d.pop_front();
        d.push_back(i * 10);
        d.push_front(-i);
    }
    println!("{d:?} {} {:?} {:?}", d.len(), d.front(), d.back());
    let (a, b) = d.as_slices();
    println!("{}", a.len() + b.len());
    d.rotate_left(3);
    println!("{d:?} {:?} {:?}", d.get(2), d.get(100));
    d.make_contiguous().sort();
    println!("{d:?} {:?}", d.binary_search(&20));
    d.insert(2, 99);
    println!("{:?} {:?}", d.remove(0), d.swap_remove_back(1));
    println!("{:?}", d.drain(1..3).collect::<Vec<_>>());
    d.extend([1, 2, 3]);
    println!("{:?} {:?}", d.iter().rev().collect::<Vec<_>>(), d.range(1..3).sum::<i32>());
    let tail = d.split_off(3);
    println!("{d:?} {tail:?} {}", d < tail);
    d.append(&mut tail.clone());
    d.retain(|x| x % 2 == 1 || *x > 5);
    d.truncate(4);
    d.resize(6, 7);
    for x in d.iter_mut() {
        *x *= 2;
    }
    d[0] = -5;
    d.swap(0, 1);
    println!("{d:?} {:?} {}", Vec::from(d.clone()), d == [0; 6]);
    let mut q: VecDeque<(u32, u32)> = VecDeque::from([(0, 0)]);
    let mut steps = vec![];
    while let Some((n, depth)) = q.pop_front() {
        steps.push(n);
        if depth < 3 {
            q.push_back((n * 2 + 1, depth + 1));
            q.push_front((n * 2 + 2, depth + 1));
        }
    }
    println!("{steps:?}");
    {
        let mut x: VecDeque<D> = (0..3).map(D).collect();
        x.pop_front();
        x.push_back(D(9));
        x.push_front(D(8));
        x.rotate_right(1);
        x.drain(1..3);
        println!("| {}", x.len());
    }
    println!();
    let mut l: LinkedList<String> = ["b", "c"].map(String::from).into();
    l.push_front("a".into());
    l.push_back("d".into());
    let mut m = l.split_off(2);
    println!("{l:?} {m:?} {:?}", l.front());
    println!(
        "{:?}",
        m.back_mut().map(|s| {
            s.push('!');
            s.len()
        })
    );
    l.append(&mut m);
    println!("{:?} {} {}", l.iter().rev().collect::<Vec<_>>(), l.len(), m.is_empty());
    println!("{:?} {:?} {}", l.pop_back(), l.pop_front(), l.contains(&"c".to_string()));
    l.extend(["z".to_string()]);
    for s in l.iter_mut() {
        s.insert(0, '-');
    }
    println!("{:?} {:?}", l, l.clone().into_iter().collect::<String>());
    let _dl: LinkedList<D> = (20..23).map(D).collect();
}
