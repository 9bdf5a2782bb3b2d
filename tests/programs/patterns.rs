// Pattern matching: slices, ranges, bindings, guards, or-patterns, nested structs, references, constants, boxes by deref.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Debug, Clone)]
enum Shape {
    Circle { c: Point, r: u32 },
    Rect(Point, Point),
    Poly(Vec<Point>),
    Empty,
}

const ORIGIN: Point = Point { x: 0, y: 0 };
const LIMIT: i32 = 10;

fn slice(v: &[i32]) -> String {
    match v {
        [] => "empty".into(),
        [x] => format!("one {x}"),
        [0, rest @ ..] => format!("zero then {rest:?}"),
        [first, .., last] if first == last => format!("same ends {first}"),
        [a, b] => format!("two {a} {b}"),
        [a, mid @ .., 9] => format!("{a} .. {} .. nine", mid.len()),
        [_, _, third, ..] => format!("third {third}"),
    }
}

fn number(n: i64) -> &'static str {
    match n {
        i64::MIN..=-1 => "negative",
        0 => "zero",
        1 | 3 | 5 | 7 | 9 => "small odd",
        2..=8 => "small even",
        10..100 => "two digits",
        x if x % 1000 == 0 => "thousands",
        100.. => "big",
    }
}

fn shape(s: &Shape) -> String {
    match s {
        Shape::Circle { c: Point { x: 0, y: 0 }, r } => format!("centered {r}"),
        Shape::Circle { c, r: r @ 1..=5 } => format!("small {r} at {c:?}"),
        Shape::Circle { r, .. } => format!("circle {r}"),
        Shape::Rect(ORIGIN, p @ Point { x, .. }) if *x > LIMIT => format!("wide to {p:?}"),
        Shape::Rect(Point { x: x1, .. }, Point { x: x2, .. }) => format!("rect {}", x2 - x1),
        Shape::Poly(v) => match v.as_slice() {
            [a, b, ..] if a == b => "degenerate".to_string(),
            [Point { x: -1 | 1, .. }, ..] => "unit start".to_string(),
            other => format!("poly {}", other.len()),
        },
        Shape::Empty => "empty".to_string(),
    }
}

fn chars(c: char) -> u8 {
    match c {
        'a'..='f' | 'A'..='F' => 1,
        '0'..='9' => 2,
        '\u{80}'.. => 3,
        _ => 0,
    }
}

fn text(s: &str, o: Option<&str>) -> i32 {
    match (s, o) {
        ("alpha", None) => 1,
        ("alpha", Some("x")) => 2,
        ("beta" | "gamma", Some(t)) if t.len() > 2 => 3,
        (t, Some(u)) if t == u => 4,
        ("", _) | (_, Some("")) => 5,
        _ => 6,
    }
}

fn main() {
    for v in [&[][..], &[4], &[0, 1, 2], &[5, 1, 5], &[1, 2], &[1, 2, 3, 9], &[1, 2, 3, 4]] {
        println!("{}", slice(v));
    }
    for n in [-5, 0, 3, 4, 42, 5000, 123, i64::MAX] {
        println!("{n} {}", number(n));
    }
    let p = |x, y| Point { x, y };
    for s in [
        Shape::Circle { c: p(0, 0), r: 9 },
        Shape::Circle { c: p(1, 2), r: 3 },
        Shape::Circle { c: p(1, 2), r: 30 },
        Shape::Rect(p(0, 0), p(11, 1)),
        Shape::Rect(p(0, 0), p(5, 1)),
        Shape::Poly(vec![p(3, 3), p(3, 3)]),
        Shape::Poly(vec![p(-1, 3)]),
        Shape::Poly(vec![]),
        Shape::Empty,
    ] {
        println!("{}", shape(&s));
    }
    println!("{:?}", "aZ7~é".chars().map(chars).collect::<Vec<_>>());
    for (s, o) in
        [("alpha", None), ("alpha", Some("x")), ("beta", Some("long")), ("q", Some("q")), ("", None), ("z", Some("")), ("beta", None)]
    {
        print!("{} ", text(s, o));
    }
    println!();
    let mut pair = (String::from("left"), Some(3));
    if let (s, Some(n)) = &mut pair {
        s.push('!');
        *n += 1;
    }
    let (ref s, n) = pair;
    println!("{s} {n:?}");
    let mut stack = vec![1, 2, 3];
    while let Some(top) = stack.pop() {
        print!("{top} ");
    }
    println!();
    let v @ (a, b) = (1, 2);
    println!("{v:?} {a} {b}");
    let nested = Some(Ok::<_, String>(Some(5)));
    println!("{}", matches!(nested, Some(Ok(Some(1..=5)))));
    let [x, y, .., z] = [1, 2, 3, 4, 5];
    let ((a, b), [c, d]) = ((x, y), [z, x]);
    println!("{a}{b}{c}{d}");
    let mut m;
    (m, _) = (10, 20);
    [m, _] = [m + 1, 0];
    println!("{m}");
    for (i, &(ref name, val)) in [("n".to_string(), 1), ("m".to_string(), 2)].iter().enumerate() {
        print!("{i}{name}{val} ");
    }
    println!();
    println!(
        "{}",
        match 3.5f64 {
            0.0 => "zero",
            x if x.fract() == 0.5 => "half",
            _ => "other",
        }
    );
    println!(
        "{}",
        match (true, false) {
            (true, true) => 1,
            (false, _) => 2,
            (_, false) => 3,
        }
    );
    println!(
        "{}",
        match b"GET /" {
            [b'G', b'E', b'T', ..] => "get",
            _ => "?",
        }
    );
}
