// Sorting and searching: stable and unstable, by key, cached keys, strings, floats, patterns of inputs, select_nth, binary search, partition_point.
use std::cmp::Reverse;
struct Rng(u64);
impl Rng {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
fn checksum<T: std::hash::Hash>(v: &[T]) -> u64 {
    use std::hash::*;
    let mut h = std::collections::hash_map::DefaultHasher::new();
    v.hash(&mut h);
    h.finish()
}
fn patterns(n: usize) -> Vec<(&'static str, Vec<u32>)> {
    let mut r = Rng(88172645463325252);
    let random: Vec<u32> = (0..n).map(|_| r.next() as u32).collect();
    let mut mostly: Vec<u32> = (0..n as u32).collect();
    for _ in 0..n / 20 {
        let (i, j) = (r.next() as usize % n.max(1), r.next() as usize % n.max(1));
        mostly.swap(i, j);
    }
    vec![
        ("random", random),
        ("sorted", (0..n as u32).collect()),
        ("reversed", (0..n as u32).rev().collect()),
        ("equal", vec![7; n]),
        ("few", (0..n).map(|_| (r.next() % 4) as u32).collect()),
        ("mostly", mostly),
        ("saw", (0..n as u32).map(|x| x % 17).collect()),
        ("organ", (0..n as u32 / 2).chain((0..n as u32 / 2).rev()).collect()),
    ]
}
fn main() {
    for n in [0, 1, 2, 5, 19, 20, 33, 64, 257, 3000] {
        for (name, v) in patterns(n) {
            let (mut a, mut b, mut c) = (v.clone(), v.clone(), v.clone());
            a.sort();
            b.sort_unstable();
            c.sort_by(|x, y| y.cmp(x));
            assert!(a == b && a.is_sorted() && c.iter().rev().eq(&a), "{name} {n}");
            let mut pairs: Vec<(u32, usize)> = v.iter().map(|x| x % 10).zip(0..).collect();
            pairs.sort_by_key(|p| p.0);
            assert!(pairs.windows(2).all(|w| w[0] < w[1]), "stable {name} {n}");
            let mut strs: Vec<String> = v.iter().map(|x| format!("k{x}")).collect();
            strs.sort_unstable();
            let mut big: Vec<[u64; 5]> = v.iter().map(|x| [*x as u64, 1, 2, 3, *x as u64 * 2]).collect();
            big.sort_unstable_by_key(|x| Reverse(x[4]));
            assert!(big.is_sorted_by(|a, b| a[0] >= b[0]));
            if !v.is_empty() {
                let k = v.len() / 3;
                let mut s = v.clone();
                let (lo, m, hi) = s.select_nth_unstable(k);
                assert!(lo.iter().all(|x| x <= m) && hi.iter().all(|x| x >= m));
                assert_eq!(*m, a[k]);
            }
            if n >= 64 {
                println!("{name} {n} {:x} {:x} {:?}", checksum(&a), checksum(&strs), a.partition_point(|x| *x < 10));
            }
        }
    }
    let mut words = ["pear", "Apple", "fig", "banana", "kiwi"].map(String::from).to_vec();
    words.sort();
    println!("{words:?}");
    words.sort_by_key(|s| (s.len(), Reverse(s.clone())));
    println!("{words:?}");
    words.sort_by_cached_key(|s| s.to_lowercase());
    println!("{words:?}");
    let mut f = [2.5, -0.0, f64::INFINITY, 0.0, -3.0, f64::NAN];
    f.sort_by(f64::total_cmp);
    println!("{f:?}");
    let v = [1, 3, 3, 3, 5, 9];
    println!("{:?} {:?} {:?}", v.binary_search(&5), v.binary_search(&4), v.binary_search_by_key(&18, |x| x * 2));
    println!("{} {} {:?}", v.partition_point(|x| *x < 3), v.partition_point(|x| *x <= 3), v.binary_search_by(|x| x.cmp(&0)));
    let mut calls = 0;
    let mut z: Vec<Box<i32>> = (0..100).map(|i| Box::new(i * 37 % 101)).collect();
    z.sort_by(|a, b| {
        calls += 1;
        a.cmp(b)
    });
    println!("{} {:?}", calls > 100, &z[..4]);
    let mut zst = [(); 30];
    zst.sort();
    let mut bytes = *b"the quick brown fox jumps over";
    bytes.sort_unstable();
    println!("{} {:?}", zst.len(), std::str::from_utf8(&bytes).unwrap().trim());
    bytes.reverse();
    println!("{:?}", bytes.iter().map(|b| *b as char).collect::<String>().trim());
}
