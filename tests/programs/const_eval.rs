// const fn evaluation: loops, recursion, const generics arithmetic, strings, match, Option, pointers, const panics avoided, const traits by hand, inline const.
const fn fact(n: u64) -> u64 {
    if n == 0 { 1 } else { n * fact(n - 1) }
}
const fn is_prime(n: u32) -> bool {
    if n < 2 {
        return false;
    }
    let mut i = 2;
    while i * i <= n {
        if n % i == 0 {
            return false;
        }
        i += 1;
    }
    true
}
const fn primes<const N: usize>() -> [u32; N] {
    let mut out = [0; N];
    let (mut i, mut n) = (0, 2);
    while i < N {
        if is_prime(n) {
            out[i] = n;
            i += 1;
        }
        n += 1;
    }
    out
}
const fn crc_table() -> [u32; 256] {
    let mut t = [0u32; 256];
    let mut i = 0;
    while i < 256 {
        let mut c = i as u32;
        let mut k = 0;
        while k < 8 {
            c = if c & 1 != 0 { 0xedb88320 ^ (c >> 1) } else { c >> 1 };
            k += 1;
        }
        t[i] = c;
        i += 1;
    }
    t
}
const fn crc(s: &[u8]) -> u32 {
    let mut c = !0u32;
    let mut i = 0;
    while i < s.len() {
        c = CRC[((c ^ s[i] as u32) & 0xff) as usize] ^ (c >> 8);
        i += 1;
    }
    !c
}
const CRC: [u32; 256] = crc_table();
const CHECK: u32 = crc(b"123456789");
const PRIMES: [u32; 12] = primes();
const FACTS: [u64; 5] = [fact(1), fact(5), fact(10), fact(15), fact(20)];
const fn upper<const N: usize>(s: &str) -> [u8; N] {
    let b = s.as_bytes();
    let mut o = [0; N];
    let mut i = 0;
    while i < N {
        o[i] = b[i].to_ascii_uppercase();
        i += 1;
    }
    o
}
const UP: &str = match std::str::from_utf8(&upper::<5>("hello")) {
    Ok(s) => s,
    Err(_) => panic!(),
};
#[derive(Debug, Clone, Copy, PartialEq)]
enum Tok {
    Num(i32),
    Plus,
    Minus,
}
const fn lex(s: &str) -> ([Tok; 8], usize) {
    let b = s.as_bytes();
    let mut out = [Tok::Plus; 8];
    let (mut n, mut i) = (0, 0);
    while i < b.len() {
        match b[i] {
            b'0'..=b'9' => {
                let mut v = 0;
                while i < b.len() && b[i].is_ascii_digit() {
                    v = v * 10 + (b[i] - b'0') as i32;
                    i += 1;
                }
                out[n] = Tok::Num(v);
                n += 1;
                continue;
            }
            b'+' => {
                out[n] = Tok::Plus;
                n += 1;
            }
            b'-' => {
                out[n] = Tok::Minus;
                n += 1;
            }
            _ => {}
        }
        i += 1;
    }
    (out, n)
}
const fn eval(t: &([Tok; 8], usize)) -> i32 {
    let (mut acc, mut sign, mut i) = (0, 1, 0);
    while i < t.1 {
        match t.0[i] {
            Tok::Num(n) => acc += sign * n,
            Tok::Plus => sign = 1,
            Tok::Minus => sign = -1,
        }
        i += 1;
    }
    acc
}
const TOKS: ([Tok; 8], usize) = lex("12 + 30-5");
const RESULT: i32 = eval(&TOKS);
struct Matrix<const R: usize, const C: usize>([[i64; C]; R]);
impl<const R: usize, const C: usize> Matrix<R, C> {
    const CELLS: usize = R * C;
    const ZERO: Self = Matrix([[0; C]; R]);
    const fn mul<const K: usize>(&self, o: &Matrix<C, K>) -> Matrix<R, K> {
        let mut out = Matrix::<R, K>::ZERO;
        let mut i = 0;
        while i < R {
            let mut j = 0;
            while j < K {
                let mut k = 0;
                while k < C {
                    out.0[i][j] += self.0[i][k] * o.0[k][j];
                    k += 1;
                }
                j += 1;
            }
            i += 1;
        }
        out
    }
}
const FIB: Matrix<2, 2> = {
    let b = Matrix([[1, 1], [1, 0]]);
    let mut m = Matrix([[1, 0], [0, 1]]);
    let mut i = 0;
    while i < 50 {
        m = m.mul(&b);
        i += 1;
    }
    m
};
const OPT: Option<u8> = {
    let x: Option<u8> = 200u8.checked_add(55);
    match x {
        Some(n) => n.checked_sub(5),
        None => None,
    }
};
const FLOAT: f64 = {
    let mut x = 1.0;
    let mut i = 0;
    while i < 30 {
        x = (x + 2.0 / x) / 2.0;
        i += 1;
    }
    x
};
const SIZES: [usize; 4] = [size_of::<Tok>(), align_of::<u128>(), size_of::<Matrix<3, 4>>(), Matrix::<3, 4>::CELLS];
const SWAPPED: (u8, u8) = {
    let mut p = (1, 2);
    std::mem::swap(&mut p.0, &mut p.1);
    p
};
const SLICE: &[u32] = PRIMES.split_at(4).1;
const REPR: [u8; 8] = 0x0102030405060708u64.to_be_bytes();
const TRANSMUTED: u32 = unsafe { std::mem::transmute::<[u8; 4], u32>([1, 0, 0, 1]) };
static REPR_STATIC: [u8; 8] = REPR;
const PTR: *const u8 = &raw const REPR_STATIC[3];
const NESTED: &Option<&[Option<&str>]> = &Some(&[None, Some("deep")]);
const fn generic_len<T, const N: usize>(_: &[T; N]) -> usize {
    const { N * size_of::<T>() }
}
trait Id {
    const ID: u32;
}
struct A;
struct B<T>(T);
impl Id for A {
    const ID: u32 = 3;
}
impl<T: Id> Id for B<T> {
    const ID: u32 = T::ID * 10 + 1;
}
struct Check<const N: usize>;
impl<const N: usize> Check<N> {
    const OK: () = assert!(N % 2 == 0, "N must be even");
    fn get(&self) -> usize {
        let () = Self::OK;
        N / 2
    }
}
fn main() {
    println!("{PRIMES:?} {FACTS:?} {CHECK:#x} {UP}");
    println!("{TOKS:?} {RESULT} {:?} {OPT:?} {FLOAT}", FIB.0);
    println!("{SIZES:?} {SWAPPED:?} {SLICE:?} {REPR:?} {TRANSMUTED} {} {NESTED:?}", unsafe { *PTR });
    println!("{} {} {}", generic_len(&[1u64; 3]), generic_len(&["a"; 2]), generic_len::<(), 7>(&[(); 7]));
    println!("{} {} {}", A::ID, B::<A>::ID, <B<B<B<A>>>>::ID);
    println!("{} {}", Check::<10>.get(), const { fact(6) + PRIMES[3] as u64 });
    let arr = [const { fact(3) as u8 }; PRIMES.len() / 4];
    println!("{arr:?} {:?}", [const { String::new() }; 2]);
    println!(
        "{}",
        (0..15).map(fact).sum::<u64>() == {
            const S: u64 = {
                let mut s = 0;
                let mut i = 0;
                while i < 15 {
                    s += fact(i);
                    i += 1;
                }
                s
            };
            S
        }
    );
}
