// Edition 2024: let-else, let chains, labeled blocks, tail-expression temporaries, if-let scrutinee drops, inline const, RPIT capture, never type fallback, gen-free.
// edition: 2024
use std::cell::RefCell;
use std::collections::HashMap;
struct D(&'static str);
impl Drop for D {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}
impl D {
    fn get(&self) -> Option<usize> {
        if self.0.len() > 3 { Some(self.0.len()) } else { None }
    }
    fn len(&self) -> usize {
        self.0.len()
    }
}
fn parse(s: &str) -> Result<(String, u32), String> {
    let Some((k, v)) = s.split_once(':') else {
        return Err(format!("no colon in {s:?}"));
    };
    let (Ok(n) | Err(n)) = v.trim().parse::<u32>().map_err(|_| 0);
    let [first, ..] = k.as_bytes() else { return Err("empty key".into()) };
    if let b'a'..=b'z' = first
        && n > 0
        && let Some(m) = n.checked_mul(2)
        && m < 1000
    {
        return Ok((k.to_uppercase(), m));
    }
    Ok((k.into(), n))
}
fn chain(m: &HashMap<&str, Option<i32>>, k: &str) -> i32 {
    if let Some(o) = m.get(k)
        && let Some(n) = o
        && *n > 0
    {
        *n
    } else if let Some(None) = m.get(k) {
        -1
    } else {
        0
    }
}
fn tail() -> usize {
    let c = RefCell::new(vec![D("tail-temp")]);
    c.borrow().iter().map(D::len).sum()
}
fn search(grid: &[Vec<i32>], want: i32) -> Option<(usize, usize)> {
    let found = 'outer: {
        for (y, row) in grid.iter().enumerate() {
            for (x, v) in row.iter().enumerate() {
                if *v == want {
                    break 'outer Some((x, y));
                }
            }
        }
        None
    };
    found
}
fn captures<'a>(s: &'a str, sep: &char) -> impl Iterator<Item = &'a str> + use<'a> {
    let c = *sep;
    s.split(move |x| x == c)
}
fn all_captured(v: &[i32], k: &i32) -> impl Iterator<Item = i32> {
    v.iter().map(move |x| x * k)
}
fn while_chain(mut v: Vec<Option<i32>>) -> (i32, usize) {
    let mut s = 0;
    while let Some(top) = v.pop()
        && let Some(n) = top
        && n < 100
    {
        s += n;
    }
    (s, v.len())
}
fn diverge(b: bool) -> u8 {
    let x = if b { 5 } else { return 1 };
    let y: u8 = match x {
        5 => 7,
        _ => unreachable!(),
    };
    y
}
fn loops() -> Vec<i32> {
    let mut out = vec![];
    'a: for i in 0.. {
        for j in 0..i {
            if j == 3 {
                continue 'a;
            }
            if i == 6 {
                break 'a;
            }
            out.push(i * 10 + j);
        }
    }
    let mut n = 0;
    let r = loop {
        n += 1;
        if n * n > 50 {
            break n;
        }
    };
    out.push(r);
    out
}
unsafe extern "C" {
    safe fn labs(x: i64) -> i64;
}
#[unsafe(no_mangle)]
pub extern "C" fn exported_symbol(x: i32) -> i32 {
    x + 1
}
fn main() {
    for s in ["key: 21", "Key: 4", "nocolon", ": 5", "big: 900", "bad: x"] {
        println!("{:?}", parse(s));
    }
    let m = HashMap::from([("a", Some(5)), ("b", None), ("c", Some(-5))]);
    println!("{:?}", ["a", "b", "c", "d"].map(|k| chain(&m, k)));
    println!("{}", tail());
    if let Some(n) = D("scrutinee").get() {
        println!("some {n}");
    } else {
        println!("none");
    }
    if let Some(n) = D("abc").get() {
        println!("some {n}");
    } else {
        println!("else after drop");
    }
    match D("match").get() {
        Some(n) => println!("arm {n}"),
        None => {}
    }
    println!("{:?} {:?}", search(&[vec![1, 2], vec![3, 4]], 3), search(&[], 1));
    let sep = ',';
    let it = { captures("a,b,c", &sep) };
    println!("{:?} {:?}", it.collect::<Vec<_>>(), all_captured(&[1, 2], &10).collect::<Vec<_>>());
    println!("{:?} {} {} {:?}", while_chain(vec![None, Some(500), Some(1), Some(2)]), diverge(true), diverge(false), loops());
    println!("{} {} {}", labs(-4), exported_symbol(1), const { 3 * size_of::<u64>() });
    let v: Vec<Box<[i32]>> = vec![Box::new([1, 2]), Box::new([])];
    for b in v {
        for x in b {
            print!("{x} ");
        }
    }
    println!();
    let x @ 1..=9 = 5 else { panic!() };
    let t = (1, (2, [3, 4]));
    let (a, (b, [c, d])) = t;
    println!("{x} {}", a + b + c + d);
}
