// Arrays: map, from_fn, comparison, nesting, by-value iteration, conversion, windows and chunks as arrays, indexing, moves, mutation through iterators, matrices.
use std::array;
#[derive(Debug, Clone, Default, PartialEq)]
struct Item {
    n: i32,
    s: String,
}
fn transpose<T: Copy + Default, const R: usize, const C: usize>(m: [[T; C]; R]) -> [[T; R]; C] {
    array::from_fn(|c| array::from_fn(|r| m[r][c]))
}
fn life<const W: usize, const H: usize>(g: &[[bool; W]; H]) -> [[bool; W]; H] {
    let mut out = [[false; W]; H];
    for y in 0..H {
        for x in 0..W {
            let mut n = 0;
            for dy in [H - 1, 0, 1] {
                for dx in [W - 1, 0, 1] {
                    if (dx, dy) != (0, 0) && g[(y + dy) % H][(x + dx) % W] {
                        n += 1;
                    }
                }
            }
            out[y][x] = matches!((g[y][x], n), (true, 2) | (_, 3));
        }
    }
    out
}
fn sieve<const N: usize>() -> Vec<usize> {
    let mut s = [true; N];
    let mut i = 2;
    while i * i < N {
        if s[i] {
            let mut j = i * i;
            while j < N {
                s[j] = false;
                j += i;
            }
        }
        i += 1;
    }
    (2..N).filter(|i| s[*i]).collect()
}
fn lcs(a: &[u8], b: &[u8]) -> usize {
    let mut t = [[0usize; 32]; 32];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            t[i + 1][j + 1] = if x == y { t[i][j] + 1 } else { t[i][j + 1].max(t[i + 1][j]) };
        }
    }
    t[a.len()][b.len()]
}
fn main() {
    let a = [3, 1, 2];
    println!("{:?} {:?} {:?}", a.map(|x| x * 2), a.map(|x| x.to_string()), array::from_fn::<_, 4, _>(|i| 1 << i));
    let mut items: [Item; 3] = Default::default();
    items[1].n = 5;
    items[2].s.push('z');
    for (i, it) in items.iter_mut().enumerate() {
        it.n += i as i32;
    }
    println!("{items:?} {}", items == items.clone());
    let [x, y, z] = items;
    println!("{} {} {}", x.n, y.n, z.s);
    println!("{:?} {:?}", transpose([[1, 2, 3], [4, 5, 6]]), [[0u8; 2]; 3].concat().len());
    let mut g = [[false; 6]; 6];
    for (x, y) in [(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)] {
        g[y][x] = true;
    }
    for _ in 0..4 {
        g = life(&g);
    }
    for row in &g {
        println!("{}", row.map(|b| if b { '#' } else { '.' }).iter().collect::<String>());
    }
    println!("{:?} {}", sieve::<50>(), sieve::<10000>().len());
    println!("{}", lcs(b"the quick brown", b"teh quack bowrn"));
    let strings = ["a", "b"].map(String::from);
    let mut it = strings.into_iter();
    println!("{:?} {:?} {:?}", it.next(), it.len(), it.as_slice());
    drop(it);
    println!("{:?} {:?}", <[u8; 4]>::try_from(&b"abcd"[..]), <&[u8; 2]>::try_from(&b"abc"[..]).is_err());
    println!("{:?} {:?}", a.iter().max(), a.first().zip(a.last()));
    println!("{} {} {}", [1, 2, 3] < [1, 2, 4], [[1], [2]] == [[1], [2]], ["x"; 0] == [""; 0]);
    let mut m = [[0; 3]; 3];
    for (i, row) in m.iter_mut().enumerate() {
        for (j, c) in row.iter_mut().enumerate() {
            *c = i * 3 + j;
        }
    }
    m.swap(0, 2);
    let [first, .., last] = &mut m;
    std::mem::swap(&mut first[1], &mut last[1]);
    println!("{m:?} {}", m.iter().flatten().sum::<usize>());
    let i = std::hint::black_box(2);
    println!("{} {:?} {:?}", a[i], a.get(i + 1), m[i][i]);
    println!("{:?} {:?}", a.as_slice().iter().rev().copied().collect::<Vec<_>>(), a.each_ref().map(|x| x + 1));
    let b: Box<[i32; 3]> = Box::new(a);
    let v: Vec<i32> = b.to_vec();
    let back: [i32; 3] = v.try_into().unwrap();
    println!("{back:?} {:?}", array::from_ref(&5));
    println!("{:?} {:?}", [1, 2, 3, 4, 5].split_first_chunk::<2>(), [[1, 2], [3, 4]].as_flattened().iter().sum::<i32>());
    let c = [Some(1), None, Some(3)];
    println!("{:?} {:?}", c.iter().flatten().collect::<Vec<_>>(), c.map(|o| o.unwrap_or(-1)));
    let s = [b'h', b'i'];
    println!("{:?} {:?}", std::str::from_utf8(&s), s.escape_ascii().to_string());
    println!("{:?}", [const { Vec::<u8>::new() }; 2]);
    println!("{:?}", {
        let mut k = [5, 3, 9, 1];
        k.sort();
        k.reverse();
        k
    });
    let r = std::panic::catch_unwind(|| {
        let a = [1, 2, 3];
        a[std::hint::black_box(3)]
    });
    println!("{}", r.is_err());
}
