//! Groups, summaries and histograms of anything that can be measured.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::iter::Sum;
use std::ops::Div;
use std::thread;

/// What a summary needs of a number.
pub trait Measure: Copy + PartialOrd + Sum + Div<Output = Self> {
    const ZERO: Self;
    fn from_count(n: usize) -> Self;
    /// Halfway between two measures.
    fn middle(self, other: Self) -> Self {
        [self, other].into_iter().sum::<Self>() / Self::from_count(2)
    }
}

impl Measure for f64 {
    const ZERO: Self = 0.0;
    fn from_count(n: usize) -> Self {
        n as f64
    }
}

impl Measure for u64 {
    const ZERO: Self = 0;
    fn from_count(n: usize) -> Self {
        n as u64
    }
    fn middle(self, other: Self) -> Self {
        self.midpoint(other)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary<M> {
    pub count: usize,
    pub total: M,
    pub mean: M,
    pub median: M,
    pub least: M,
    pub most: M,
}

impl<M: Measure> FromIterator<M> for Summary<M> {
    fn from_iter<I: IntoIterator<Item = M>>(measures: I) -> Self {
        let mut all: Vec<M> = measures.into_iter().collect();
        all.sort_by(|a, b| a.partial_cmp(b).expect("measures are ordered"));
        let count = all.len();
        let total: M = all.iter().copied().sum();
        let median = match count {
            0 => M::ZERO,
            n if n % 2 == 1 => all[n / 2],
            n => all[n / 2 - 1].middle(all[n / 2]),
        };
        let mean = if count == 0 { M::ZERO } else { total / M::from_count(count) };
        Summary { count, total, mean, median, least: all.first().copied().unwrap_or(M::ZERO), most: all.last().copied().unwrap_or(M::ZERO) }
    }
}

/// Items by key, keys in order, items in the order they came.
pub fn group_by<T, K: Ord>(items: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> BTreeMap<K, Vec<T>> {
    let mut groups = BTreeMap::new();
    for item in items {
        groups.entry(key(&item)).or_insert_with(Vec::new).push(item);
    }
    groups
}

/// The `n` most frequent values with their counts; equal counts in the order of the values.
pub fn most_frequent<T: Hash + Ord>(items: impl IntoIterator<Item = T>, n: usize) -> Vec<(T, usize)> {
    let mut counts = HashMap::new();
    for item in items {
        *counts.entry(item).or_insert(0) += 1;
    }
    let mut all: Vec<_> = counts.into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(n);
    all
}

/// Applies `f` to every item on `workers` threads; results come in the order of the items.
pub fn parallel_map<T: Sync, R: Send>(items: &[T], workers: usize, f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let share = items.len().div_ceil(workers.max(1)).max(1);
    thread::scope(|scope| {
        let handles: Vec<_> = items.chunks(share).map(|chunk| scope.spawn(|| chunk.iter().map(&f).collect::<Vec<_>>())).collect();
        handles.into_iter().flat_map(|h| h.join().expect("a worker panicked")).collect()
    })
}

/// A bar of at most `width` characters.
pub fn bar<M: Measure + Into<f64>>(value: M, most: M, width: usize) -> String {
    let most: f64 = most.into();
    let filled = if most > 0.0 { (value.into() / most * width as f64).round() as usize } else { 0 };
    "█".repeat(filled.min(width))
}
