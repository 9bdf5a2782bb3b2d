// Threads, iterator adaptors and containers: rayon, crossbeam-channel, itertools, indexmap, hashbrown, smallvec, flate2.
use indexmap::IndexMap;
use itertools::{Itertools, iproduct};
use rayon::prelude::*;
use smallvec::SmallVec;
use std::io::{Read, Write};

fn collatz(mut n: u64) -> usize {
    let mut steps = 0;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        steps += 1;
    }
    steps
}

fn main() {
    let longest = (1..30_000u64).into_par_iter().map(|n| (collatz(n), n)).max().unwrap();
    println!("longest: {longest:?}");
    let mut words: Vec<String> = (0..2000u32).map(|i| format!("{:x}", i.wrapping_mul(2_654_435_761))).collect();
    words.par_sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    println!("{:?} {:?}", &words[..3], words.last());
    let total: f64 = words.par_chunks(64).map(|c| c.iter().map(|w| w.len() as f64).sum::<f64>()).sum();
    println!("{total}");
    let (left, right) = rayon::join(|| words.iter().filter(|w| w.starts_with('a')).count(), || words.iter().map(|w| w.len()).max());
    println!("{left} {right:?}");
    let caught = std::panic::catch_unwind(|| (0..100).into_par_iter().for_each(|i| assert!(i != 90, "too large")));
    println!("{}", caught.is_err());

    let groups: IndexMap<usize, SmallVec<[&str; 4]>> = words
        .iter()
        .take(40)
        .map(|w| (w.bytes().map(usize::from).sum::<usize>() % 7, w.as_str()))
        .fold(IndexMap::new(), |mut m, (k, w)| {
            m.entry(k).or_insert_with(SmallVec::new).push(w);
            m
        });
    for (k, g) in &groups {
        println!("{k}: {} {}", if g.spilled() { "heap" } else { "inline" }, g.iter().sorted().take(3).join("/"));
    }
    let lookup: hashbrown::HashMap<&str, usize> = words.iter().enumerate().map(|(i, w)| (w.as_str(), i)).collect();
    println!("{:?} {:?}", lookup.get("0"), lookup.get("nothing"));
    println!("{}", iproduct!(0..3, "ab".chars()).map(|(i, c)| format!("{c}{i}")).join(" "));
    println!("{:?}", (1..=5).tuple_windows::<(_, _, _)>().map(|(a, b, c)| a * b * c).collect_vec());
    println!("{:?}", [3, 1, 2].iter().permutations(2).unique().sorted().map(|p| p.iter().join("-")).format(";").to_string());
    println!("{:?}", "aaabccd".chars().dedup_with_count().chunk_by(|(n, _)| *n > 1).into_iter().map(|(k, g)| (k, g.count())).collect_vec());

    let (send, receive) = crossbeam_channel::bounded::<(usize, Vec<u8>)>(2);
    let packed: Vec<(usize, usize)> = std::thread::scope(|s| {
        for i in 0..3usize {
            let send = send.clone();
            s.spawn(move || {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(3 * i as u32 + 1));
                encoder.write_all("all work and no play ".repeat(500).as_bytes()).unwrap();
                send.send((i, encoder.finish().unwrap())).unwrap();
            });
        }
        drop(send);
        receive
            .iter()
            .map(|(i, bytes)| {
                let mut text = String::new();
                flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
                (i, text.len())
            })
            .sorted()
            .collect()
    });
    println!("{packed:?}");
}
