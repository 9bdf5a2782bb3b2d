// The Rust ABI: tuples, nested structs, arrays, slices, options and closures by value with many arguments and returns, method receivers, recursion.
use std::hint::black_box as bb;
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct P2 {
    x: f32,
    y: f32,
}
#[derive(Debug, Clone, Copy, PartialEq)]
struct Deep {
    a: (u8, (u16, (u32, (u64, i128)))),
    p: [P2; 2],
    f: bool,
}
#[derive(Debug, Clone, PartialEq)]
struct Own {
    s: String,
    v: Vec<u8>,
    o: Option<Box<Own>>,
}
#[derive(Debug, Clone, Copy)]
struct Zst;
#[derive(Debug, Clone, Copy, PartialEq)]
struct One(u64);
#[derive(Debug, Clone, Copy, PartialEq)]
struct Two(u64, u64);
#[derive(Debug, Clone, Copy, PartialEq)]
struct Three(u64, u8, u64);
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mixed(u8, &'static str, f64);
#[inline(never)]
fn many(
    a: u8,
    b: i16,
    c: u32,
    d: i64,
    e: u128,
    f: f32,
    g: f64,
    h: bool,
    i: char,
    j: &str,
    k: &[u8],
    l: (),
    m: Option<u8>,
    n: Option<&u8>,
    o: Box<u8>,
    p: (u8, u64),
    q: [u16; 3],
    r: One,
    s: Two,
    t: Three,
    u: Mixed,
    v: Zst,
) -> String {
    format!("{a} {b} {c} {d} {e} {f} {g} {h} {i} {j} {k:?} {l:?} {m:?} {n:?} {o} {p:?} {q:?} {r:?} {s:?} {t:?} {u:?} {v:?}")
}
#[inline(never)]
fn deep(d: Deep, n: u8) -> Deep {
    Deep { a: (d.a.0 + n, d.a.1), f: !d.f, p: [d.p[1], d.p[0]] }
}
#[inline(never)]
fn own(mut o: Own, extra: Own) -> (Own, usize) {
    o.s.push_str(&extra.s);
    let n = o.v.len() + extra.v.len();
    o.o = Some(Box::new(extra));
    (o, n)
}
#[inline(never)]
fn ret_tuple(n: u64) -> (u8, u64, bool, [u8; 3], Option<u32>) {
    (n as u8, n * 2, n % 2 == 0, [n as u8; 3], (n > 1).then_some(n as u32))
}
#[inline(never)]
fn ret_pair(n: i32) -> (i32, i32) {
    (n, -n)
}
#[inline(never)]
fn ret_fat(s: &str) -> (&str, &[u8]) {
    (&s[1..], s.as_bytes())
}
#[inline(never)]
fn ret_res(n: u32) -> Result<(u64, u64), String> {
    if n > 5 { Err("x".repeat(n as usize)) } else { Ok((n as u64, n as u64 + 1)) }
}
#[inline(never)]
fn ret_opt3(n: u8) -> Option<Three> {
    n.checked_sub(3).map(|m| Three(m as u64, n, 9))
}
#[inline(never)]
fn ret_arr(n: u8) -> [u8; 8] {
    std::array::from_fn(|i| i as u8 * n)
}
#[inline(never)]
fn ret_arr_big(n: u8) -> [u32; 33] {
    [n as u32; 33]
}
#[inline(never)]
fn ret_unit_like(_: u8) -> ((), Zst, [u64; 0]) {
    ((), Zst, [])
}
#[inline(never)]
fn small(a: [u8; 2], b: (u8, u8), c: [u8; 3], d: (u16, u8), e: [f32; 2], f: (f32, f64)) -> f64 {
    a[1] as f64 + b.1 as f64 + c[2] as f64 + d.0 as f64 + e[1] as f64 + f.1
}
#[inline(never)]
fn mutate(mut a: [u64; 10], i: usize) -> u64 {
    a[i] = 100;
    a.iter().sum()
}
#[inline(never)]
fn option_args(a: Option<u64>, b: Option<Two>, c: Option<&str>, d: Option<Option<bool>>, e: Result<u8, u16>) -> String {
    format!("{a:?} {b:?} {c:?} {d:?} {e:?}")
}
#[inline(never)]
fn takes_fns(f: impl Fn(P2) -> P2, g: fn(One, One) -> Two, h: &dyn Fn(Three) -> Two, p: P2) -> (P2, Two) {
    (f(f(p)), g(One(h(Three(1, 2, 3)).1), One(4)))
}
impl Deep {
    #[inline(never)]
    fn by_val(self, o: Self) -> bool {
        self == o
    }
    #[inline(never)]
    fn by_ref(&self) -> u64 {
        self.a.1.1.1.0
    }
    #[inline(never)]
    fn by_mut(&mut self) -> &mut P2 {
        self.f = true;
        &mut self.p[1]
    }
}
fn ackermann(m: u64, n: u64) -> u64 {
    if m == 0 {
        n + 1
    } else if n == 0 {
        ackermann(m - 1, 1)
    } else {
        ackermann(m - 1, ackermann(m, n - 1))
    }
}
fn hanoi(n: u32, a: char, b: char, c: char, out: &mut Vec<(char, char)>) {
    if n > 0 {
        hanoi(n - 1, a, c, b, out);
        out.push((a, c));
        hanoi(n - 1, b, a, c, out);
    }
}
fn even(n: u32) -> bool {
    n == 0 || odd(n - 1)
}
fn odd(n: u32) -> bool {
    n != 0 && even(n - 1)
}
fn main() {
    println!(
        "{}",
        many(
            1,
            -2,
            3,
            -4,
            5,
            6.5,
            7.5,
            true,
            'i',
            "jj",
            &[1, 2],
            (),
            Some(3),
            Some(&4),
            Box::new(5),
            (6, 7),
            [8, 9, 10],
            One(11),
            Two(12, 13),
            Three(14, 15, 16),
            Mixed(17, "m", 18.5),
            Zst
        )
    );
    let d = Deep { a: (1, (2, (3, (4, -5)))), p: [P2 { x: 1.0, y: 2.0 }, P2::default()], f: false };
    let mut e = deep(bb(d), 41);
    e.by_mut().x = 8.0;
    println!("{e:?} {} {} {}", e.by_val(d), d.by_val(d), e.by_ref());
    let o = |s: &str| Own { s: s.into(), v: s.bytes().collect(), o: None };
    let (a, n) = own(o("left"), o("right"));
    println!("{a:?} {n} {:?}", own(a.clone(), a.clone()).1);
    println!("{:?} {:?} {:?} {:?}", ret_tuple(bb(1)), ret_tuple(bb(258)), ret_pair(bb(5)), ret_fat(bb("héy")).1);
    println!("{:?} {:?} {:?} {:?}", ret_res(bb(5)), ret_res(bb(6)), ret_opt3(bb(2)), ret_opt3(bb(4)));
    println!("{:?} {} {:?}", ret_arr(bb(3)), ret_arr_big(bb(7)).iter().sum::<u32>(), ret_unit_like(1));
    println!(
        "{} {}",
        small(bb([1, 2]), bb((3, 4)), bb([5, 6, 7]), bb((8, 9)), bb([10.0, 11.0]), bb((12.0, 13.0))),
        mutate(bb([1; 10]), bb(3))
    );
    println!(
        "{} {}",
        option_args(bb(None), bb(Some(Two(1, 2))), bb(None), bb(Some(None)), bb(Err(300))),
        option_args(Some(1), None, Some("s"), None, Ok(1))
    );
    let k = bb(2.0);
    println!(
        "{:?}",
        takes_fns(|p| P2 { x: p.y * k, y: p.x }, |a, b| Two(a.0 * 10, b.0), &|t| Two(t.1 as u64, t.0 + t.2), P2 { x: 1.0, y: 3.0 })
    );
    let mut moves = vec![];
    hanoi(5, 'a', 'b', 'c', &mut moves);
    println!("{} {} {:?} {} {}", ackermann(2, 9), moves.len(), &moves[28..], even(1001), odd(777));
}
