// Every iterator adapter and most consumers, on slices, ranges, chars and custom iterators, forwards and backwards.
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::iter::{self, FromIterator, Peekable};
use std::ops::ControlFlow;

#[derive(Clone)]
struct Countdown(u32);
impl Iterator for Countdown {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        self.0.checked_sub(1).map(|n| {
            self.0 = n;
            n
        })
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0 as usize, Some(self.0 as usize))
    }
}
impl DoubleEndedIterator for Countdown {
    fn next_back(&mut self) -> Option<u32> {
        None
    }
}
impl ExactSizeIterator for Countdown {}

#[derive(Debug)]
struct Bag(Vec<i32>);
impl FromIterator<i32> for Bag {
    fn from_iter<I: IntoIterator<Item = i32>>(i: I) -> Self {
        Bag(i.into_iter().collect())
    }
}
impl Extend<i32> for Bag {
    fn extend<I: IntoIterator<Item = i32>>(&mut self, i: I) {
        for x in i {
            self.0.push(x * 100)
        }
    }
}
impl IntoIterator for Bag {
    type Item = i32;
    type IntoIter = std::vec::IntoIter<i32>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
impl<'a> IntoIterator for &'a Bag {
    type Item = &'a i32;
    type IntoIter = std::slice::Iter<'a, i32>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

macro_rules! show { ($($e:expr),* $(,)?) => {$( println!("{:?}", $e.collect::<Vec<_>>()); )*}; }

fn tokens<I: Iterator<Item = char>>(it: &mut Peekable<I>) -> Vec<String> {
    let mut out = vec![];
    while let Some(&c) = it.peek() {
        if c.is_ascii_digit() {
            let mut n = String::new();
            while let Some(d) = it.next_if(|c| c.is_ascii_digit()) {
                n.push(d);
            }
            out.push(n);
        } else {
            it.next();
            if !c.is_whitespace() {
                out.push(c.to_string());
            }
        }
    }
    out
}

fn main() {
    let a = [3, 1, 4, 1, 5, 9, 2, 6];
    show!(a.iter().map(|x| x * 2), a.iter().filter(|x| **x > 2), a.iter().filter_map(|x| (x % 2 == 1).then_some(x + 10)));
    show!(a.iter().enumerate().skip(2).step_by(3), a.iter().take(3).chain(&[7, 7]), a.iter().zip("abc".chars()));
    show!(a.iter().skip_while(|x| **x != 4), a.iter().take_while(|x| **x < 5), a.iter().map_while(|x| (*x < 5).then(|| x * x)));
    show!(
        a.iter().scan(0, |s, x| {
            *s += x;
            (*s < 20).then_some(*s)
        }),
        a.iter().flat_map(|x| (0..*x % 3).map(move |y| (x, y)))
    );
    show!([Some(1), None, Some(3)].into_iter().flatten(), vec![vec![1], vec![], vec![2, 3]].into_iter().flatten());
    show!(a.iter().rev().enumerate(), a.iter().copied().cycle().skip(6).take(5), a.chunks(3).map(|c| c.iter().sum::<i32>()));
    show!(Countdown(3).chain(Countdown(2)), Countdown(4).fuse(), iter::once(1).chain(iter::empty()).chain(iter::repeat_n(9, 2)));
    show!(iter::repeat_with(|| 'x').take(2), iter::zip(1..3, ["a", "b", "c"]), (1..=3).rev().chain(7..9).rev());
    let mut seen = vec![];
    println!(
        "{} {seen:?}",
        a.iter()
            .inspect(|_| ())
            .map(|x| {
                seen.push(*x);
                x
            })
            .any(|x| *x == 4)
    );
    println!("{} {} {:?} {:?}", a.iter().all(|x| *x > 0), a.iter().count(), a.iter().last(), a.iter().nth(3));
    println!("{:?} {:?} {:?}", a.iter().max(), a.iter().min_by_key(|x| **x % 4), a.iter().max_by(|x, y| (*x % 5).cmp(&(*y % 5))));
    println!("{:?} {:?} {:?}", a.iter().find(|x| **x > 4), a.iter().position(|x| *x == 9), a.iter().find_map(|x| (*x > 4).then(|| x * 3)));
    println!("{} {} {:?}", a.iter().sum::<i32>(), a.iter().product::<i32>(), a.iter().copied().reduce(|x, y| x * 2 - y));
    println!("{} {:?}", a.iter().fold(String::new(), |s, x| s + &x.to_string()), a.iter().rfold(0, |s, x| s * 3 + x));
    println!(
        "{:?} {:?}",
        a.iter().try_fold(0i8, |s, x| s.checked_add(*x as i8 * 10)),
        a.iter().try_for_each(|x| if *x > 4 { ControlFlow::Break(*x) } else { ControlFlow::Continue(()) })
    );
    let (even, odd): (Vec<i32>, Vec<i32>) = a.iter().partition(|x| **x % 2 == 0);
    println!("{even:?} {odd:?} {:?}", a.iter().map(|x| (*x, x * x)).unzip::<_, _, Vec<_>, BTreeSet<_>>());
    println!("{:?}", ["1", "2", "x"].iter().map(|s| s.parse::<i32>()).collect::<Result<Vec<_>, _>>().is_err());
    println!(
        "{:?} {:?}",
        ["1", "2"].iter().map(|s| s.parse::<i32>().ok()).collect::<Option<Vec<_>>>(),
        ["5", "6"].iter().map(|s| s.parse::<i32>()).sum::<Result<i32, _>>()
    );
    println!("{:?} {:?}", a.iter().map(|x| (x % 3, *x)).collect::<BTreeMap<_, _>>(), "hello".chars().collect::<BTreeSet<_>>());
    println!(
        "{:?} {}",
        a.iter().fold(HashMap::new(), |mut m: HashMap<i32, u32>, x| {
            *m.entry(x % 2).or_default() += 1;
            m
        })[&1],
        ["a", "b"].iter().copied().collect::<String>()
    );
    println!(
        "{:?} {:?} {} {}",
        [1, 2].iter().cmp([1, 3].iter()),
        [1.0].iter().partial_cmp([f64::NAN].iter()),
        (1..3).eq([1, 2]),
        [1, 3, 3].is_sorted()
    );
    let mut bag: Bag = a.into_iter().collect();
    bag.extend([1, 2]);
    for x in &bag {
        print!("{x} ");
    }
    println!("{} {:?}", bag.0.len(), bag.into_iter().rev().take(2).collect::<Bag>());
    println!("{:?}", tokens(&mut "12+ 345*(6)".chars().peekable()));
    let mut it = a.iter();
    println!("{:?} {:?} {:?} {:?} {:?}", it.by_ref().take(2).collect::<Vec<_>>(), it.next_back(), it.len(), it.as_slice(), it.size_hint());
    let mut p = Countdown(3).peekable();
    println!("{:?}", p.peek());
    println!("{:?} {:?} {:?}", p.next_if_eq(&1), p.next_if_eq(&2), p.len());
    println!(
        "{:?} {:?}",
        iter::successors(Some(1u32), |x| x.checked_mul(10)).last(),
        iter::from_fn({
            let mut s = (0, 1);
            move || {
                s = (s.1, s.0 + s.1);
                (s.0 < 50).then_some(s.0)
            }
        })
        .collect::<Vec<_>>()
    );
    let boxed: Box<dyn Iterator<Item = String>> =
        if a.len() > 3 { Box::new(a.iter().map(|x| format!("b{x}"))) } else { Box::new(iter::empty()) };
    println!("{}", boxed.skip(5).collect::<Vec<_>>().join("+"));
    println!("{:?} {:?}", (0..10).rev().step_by(4).collect::<Vec<_>>(), (0..11u16).step_by(5).rev().collect::<Vec<_>>());
    println!("{:?} {:?} {:?}", (5..1).collect::<Vec<i32>>(), (250u8..).take(3).collect::<Vec<_>>(), ('a'..='e').nth_back(1));
    println!("{:?} {:?}", a.iter().min_by(|x, y| y.cmp(x)), a.iter().map(|&x| x as f64).fold(f64::NAN, f64::min));
    println!("{:?} {:?}", a.array_windows_sum(), a.iter().rev().skip(1).rev().map(|x| x + 1).rposition(|x| x == 10));
    println!("{:?} {:?}", [[1, 2], [3, 4]].iter().flatten().rev().collect::<Vec<_>>(), "a b c".split(' ').rev().collect::<Vec<_>>());
    println!("{:?}", a.iter().is_sorted_by_key(|x| *x / 100));
}

trait Windows2 {
    fn array_windows_sum(&self) -> Vec<i32>;
}
impl Windows2 for [i32] {
    fn array_windows_sum(&self) -> Vec<i32> {
        self.windows(2).map(|w| w[0] + w[1]).collect()
    }
}
