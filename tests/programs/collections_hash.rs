// HashMap and HashSet: entry API, removal, retain, merging, custom hashers, tuple/struct/enum/string keys, set algebra. Output is sorted.
use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};

#[derive(Default, Clone)]
struct Fnv(u64);
impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, b: &[u8]) {
        for x in b {
            self.0 = (self.0 ^ *x as u64).wrapping_mul(0x100000001b3);
        }
    }
}
type FnvMap<K, V> = HashMap<K, V, BuildHasherDefault<Fnv>>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    Num(i64),
    Name(String),
    Pair(u8, char),
    Unit,
}

struct CaseFold(&'static str);
impl PartialEq for CaseFold {
    fn eq(&self, o: &Self) -> bool {
        self.0.eq_ignore_ascii_case(o.0)
    }
}
impl Eq for CaseFold {}
impl Hash for CaseFold {
    fn hash<H: Hasher>(&self, h: &mut H) {
        for b in self.0.bytes() {
            h.write_u8(b.to_ascii_lowercase());
        }
    }
}

fn sorted<K: Ord + Clone, V: Clone, S: BuildHasher>(m: &HashMap<K, V, S>) -> Vec<(K, V)> {
    let mut v: Vec<_> = m.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    v.sort_by(|a, b| a.0.cmp(&b.0));
    v
}
fn set(s: impl IntoIterator<Item = i32>) -> Vec<i32> {
    let mut v: Vec<_> = s.into_iter().collect();
    v.sort();
    v
}
fn digest<T: Hash>(t: T) -> u64 {
    let mut h = DefaultHasher::new();
    t.hash(&mut h);
    h.finish()
}

fn main() {
    let text = "the quick brown fox jumps over the lazy dog the end";
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for w in text.split(' ') {
        *counts.entry(w).or_insert(0) += 1;
    }
    println!("{:?}", sorted(&counts));
    println!("{:?} {:?} {}", counts.get("the"), counts.get("cat"), counts["fox"]);
    println!("{:?} {:?}", counts.insert("fox", 10), counts.insert("cat", 1));
    println!("{:?} {:?} {}", counts.remove("dog"), counts.remove_entry("nope"), counts.contains_key("dog"));
    match counts.entry("lazy") {
        Entry::Occupied(mut e) => {
            *e.get_mut() += 5;
            println!("{} {}", e.key(), e.get());
        }
        Entry::Vacant(_) => unreachable!(),
    }
    counts.entry("new").or_insert_with_key(|k| k.len() as u32);
    counts.entry("new").and_modify(|v| *v *= 2).or_default();
    if let Entry::Occupied(e) = counts.entry("end") {
        e.remove();
    }
    counts.retain(|k, v| k.len() > 3 || *v > 2);
    for v in counts.values_mut() {
        *v += 100;
    }
    println!("{:?} {}", sorted(&counts), counts.values().sum::<u32>());
    let mut big: HashMap<u64, u64> = (0..5000).map(|i| (i * 7919, i)).collect();
    println!("{} {:?} {:?}", big.len(), big.get(&(4999 * 7919)), big.get(&1));
    for i in (0..5000).step_by(2) {
        big.remove(&(i * 7919));
    }
    big.extend((0..10).map(|i| (i, 0)));
    big.shrink_to_fit();
    println!("{} {}", big.len(), big.values().sum::<u64>());
    println!("{}", big.drain().map(|(k, _)| k).fold(0, |a, k| a ^ k));
    let mut mixed: FnvMap<Key, Vec<u8>> = FnvMap::default();
    for (i, k) in [Key::Num(-1), Key::Name("n".into()), Key::Pair(1, 'p'), Key::Unit, Key::Num(-1)].into_iter().enumerate() {
        mixed.entry(k).or_default().push(i as u8);
    }
    println!("{:?}", sorted(&mixed));
    let cf: HashMap<CaseFold, i32> = [(CaseFold("Abc"), 1), (CaseFold("ABC"), 2), (CaseFold("x"), 3)].into();
    println!("{} {:?}", cf.len(), cf.get(&CaseFold("aBc")));
    let a: HashSet<i32> = (1..8).collect();
    let b: HashSet<i32> = [5, 6, 7, 8, 9].into();
    println!("{:?} {:?}", set(a.intersection(&b).copied()), set(a.union(&b).copied()));
    println!("{:?} {:?} {:?}", set(&a - &b), set(a.symmetric_difference(&b).copied()), set(&a & &b));
    println!("{} {} {}", a.is_subset(&b), a.is_disjoint(&[100].into()), [5].into_iter().collect::<HashSet<_>>().is_subset(&b));
    let mut c = a.clone();
    println!("{} {} {:?} {:?} {}", c.insert(3), c.insert(30), c.take(&4), c.replace(5), c == a);
    let nested: HashMap<(i32, &str), HashMap<char, bool>> = [((1, "a"), [('x', true)].into())].into();
    println!("{nested:?} {:?}", nested == nested.clone());
    println!("{:x} {:x} {:x}", digest("abc"), digest((1u8, [2u16, 3], Some("x"))), digest(Key::Pair(1, 'z')));
    println!("{:x}", BuildHasherDefault::<Fnv>::default().hash_one(12345u32));
    let s: HashSet<String> = ["one"].map(String::from).into();
    println!("{} {:?}", s.contains("one"), s.get("one"));
}
