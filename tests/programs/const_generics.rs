// Const generics: arrays of any length, bool/char parameters, defaults, inference, impls per value, iteration over arrays by value.
use std::fmt::Debug;
use std::ops::{Index, Mul};
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mat<T, const R: usize, const C: usize = R>([[T; C]; R]);
impl<T: Copy + Default, const R: usize, const C: usize> Mat<T, R, C> {
    fn t(&self) -> Mat<T, C, R> {
        let mut o = Mat([[T::default(); R]; C]);
        for i in 0..R {
            for j in 0..C {
                o.0[j][i] = self.0[i][j];
            }
        }
        o
    }
}
impl<T: Copy + Default + Mul<Output = T> + std::ops::AddAssign, const R: usize, const K: usize, const C: usize> Mul<Mat<T, K, C>>
    for Mat<T, R, K>
{
    type Output = Mat<T, R, C>;
    fn mul(self, o: Mat<T, K, C>) -> Mat<T, R, C> {
        let mut out = Mat([[T::default(); C]; R]);
        for i in 0..R {
            for j in 0..C {
                for k in 0..K {
                    out.0[i][j] += self.0[i][k] * o.0[k][j];
                }
            }
        }
        out
    }
}
struct Stack<T, const CAP: usize> {
    items: [Option<T>; CAP],
    len: usize,
}
impl<T, const CAP: usize> Stack<T, CAP> {
    fn new() -> Self {
        Stack { items: [const { None }; CAP], len: 0 }
    }
    fn push(&mut self, t: T) -> Result<(), T> {
        if self.len == CAP {
            return Err(t);
        }
        self.items[self.len] = Some(t);
        self.len += 1;
        Ok(())
    }
    fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        self.items[self.len].take()
    }
}
impl<T, const CAP: usize> Index<usize> for Stack<T, CAP> {
    type Output = T;
    fn index(&self, i: usize) -> &T {
        self.items[i].as_ref().unwrap()
    }
}
struct Flag<const B: bool>;
trait Which {
    fn which(&self) -> &'static str;
}
impl Which for Flag<true> {
    fn which(&self) -> &'static str {
        "yes"
    }
}
impl Which for Flag<false> {
    fn which(&self) -> &'static str {
        "no"
    }
}
struct Sep<const S: char>;
impl<const S: char> Sep<S> {
    fn join(&self, v: &[&str]) -> String {
        v.join(&S.to_string())
    }
}
struct Offset<const N: i8>;
impl<const N: i8> Offset<N> {
    const DOUBLE: i32 = N as i32 * 2;
    fn apply(x: i32) -> i32 {
        x + N as i32
    }
}
fn sum<const N: usize>(a: [i32; N]) -> i32 {
    a.iter().sum::<i32>() * N as i32
}
fn first_n<const N: usize>(v: &[u8]) -> Option<[u8; N]> {
    v.get(..N)?.try_into().ok()
}
fn show<T: Debug, const N: usize>(a: &[T; N]) -> String {
    format!("{N}:{a:?}")
}
fn chunks<const N: usize>(v: &[u8]) -> Vec<[u8; N]> {
    v.chunks_exact(N).map(|c| c.try_into().unwrap()).collect()
}
fn rec<const N: usize>(depth: u32) -> usize {
    if depth == 0 {
        N
    } else if N < 8 {
        rec8::<N>(depth)
    } else {
        0
    }
}
fn rec8<const N: usize>(depth: u32) -> usize {
    rec::<N>(depth - 1) + N
}
trait Shape {
    const SIDES: usize;
    fn angles(&self) -> [f64; 4]
    where
        Self: Sized,
    {
        [Self::SIDES as f64; 4]
    }
}
impl<const N: usize> Shape for [u8; N] {
    const SIDES: usize = N;
}
fn main() {
    let m = Mat([[1, 2, 3], [4, 5, 6]]);
    println!("{:?} {:?} {:?}", m.t(), m * m.t(), m.t() * m);
    let sq: Mat<f32, 2> = Mat([[0.5; 2]; 2]);
    println!("{:?}", sq * sq);
    let mut s = Stack::<String, 3>::new();
    for w in ["a", "b", "c", "d"] {
        println!("{:?}", s.push(w.to_string()));
    }
    println!("{}", s[1]);
    println!("{:?} {:?}", s.pop(), s.pop());
    println!("{}", s.len);
    println!("{} {} {} {}", Flag::<true>.which(), Flag::<{ 1 > 2 }>.which(), Sep::<'+'>.join(&["x", "y"]), Sep::<'é'>.join(&["1", "2"]));
    println!("{} {} {}", Offset::<-3>::apply(10), Offset::<-128>::DOUBLE, Offset::<{ 5 - 4 }>::apply(0));
    println!("{} {} {}", sum([]), sum([1, 2, 3]), sum([1; 100]));
    println!("{:?} {:?} {:?}", first_n::<2>(b"abc"), first_n::<4>(b"abc"), first_n::<0>(b""));
    println!("{} {} {:?}", show(&["x"]), show(&[(); 3]), chunks::<3>(b"abcdefgh"));
    println!("{} {} {:?}", rec::<3>(5), rec::<9>(2), [0u8; 5].angles());
    println!("{:?}", [1, 2, 3].map(|x| x * 2).into_iter().rev().collect::<Vec<_>>());
    println!("{:?} {:?}", std::array::from_fn::<usize, 5, _>(|i| i * i), [[1, 2], [3, 4]].as_flattened());
    println!("{:?} {:?}", [3, 1, 2].each_ref().map(|x| *x + 1), <[Option<u8>; 3]>::default());
    println!("{} {} {:?}", [1, 2] < [1, 3], [0u8; 40] == [0; 40], <[i32; 3]>::try_from(&[1, 2, 3, 4][1..]));
    let mut big = [[0u8; 64]; 64];
    big[63][63] = 5;
    println!("{} {}", big.iter().flatten().map(|x| *x as u32).sum::<u32>(), size_of_val(&big));
}
