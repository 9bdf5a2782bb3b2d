// Generics, a trait, a closure and an Option, with the least of println.
trait Scale {
    fn scale(&self, by: i64) -> i64;
}
impl Scale for i64 {
    fn scale(&self, by: i64) -> i64 {
        self * by
    }
}
impl<T: Scale> Scale for Option<T> {
    fn scale(&self, by: i64) -> i64 {
        match self {
            Some(t) => t.scale(by) + 1,
            None => 0,
        }
    }
}

fn largest<T: PartialOrd + Copy>(v: &[T]) -> Option<T> {
    let mut best = *v.first()?;
    for x in v {
        if *x > best {
            best = *x;
        }
    }
    Some(best)
}

fn apply<F: Fn(i64) -> i64>(f: F) -> i64 {
    f(1) + f(2)
}

fn main() {
    let k = 10;
    let n = Some(Some(4i64)).scale(3) + None::<i64>.scale(9) + apply(|x| x * k);
    println!("{n}");
    println!("{}", largest(&[3, 9, 2]).unwrap_or(0));
    println!("{}", largest(&[2.5, 0.5]).map_or("none", |x| if x > 2.0 { "big" } else { "small" }));
    println!("{}", largest::<u8>(&[]).is_none());
}
