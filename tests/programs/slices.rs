// Slices: indexing by ranges, splitting, comparing, copying, filling, rotating, concatenating, mutating.
fn main() {
    let mut a = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    println!("{:?} {:?} {:?} {:?} {:?}", &a[2..5], &a[..3], &a[7..], &a[..=1], &a[4..4]);
    println!("{:?} {:?} {:?} {:?}", a.get(3), a.get(9), a.get(2..4), a.get(5..20));
    println!("{:?} {:?} {:?}", a.first(), a.last(), a.split_first().map(|(h, t)| (*h, t.len())));
    let (l, r) = a.split_at(4);
    println!("{l:?} {r:?} {:?}", a.split_at_checked(10));
    {
        let (l, r) = a.split_at_mut(4);
        std::mem::swap(&mut l[0], &mut r[0]);
        l.reverse();
        r.swap(0, 4);
    }
    println!("{a:?}");
    a.rotate_left(3);
    println!("{a:?}");
    a.rotate_right(1);
    println!("{a:?}");
    a[2..6].fill(0);
    println!("{a:?}");
    a[..3].copy_from_slice(&[10, 20, 30]);
    a.copy_within(0..3, 5);
    println!("{a:?}");
    println!("{:?}", a.chunks(4).map(|c| c.iter().sum::<i32>()).collect::<Vec<_>>());
    println!("{:?} {:?}", a.chunks_exact(4).map(<[i32]>::len).collect::<Vec<_>>(), a.chunks_exact(4).remainder());
    println!("{:?}", a.rchunks(4).map(|c| c.to_vec()).collect::<Vec<_>>());
    println!("{:?}", a.windows(3).filter(|w| w[0] < w[2]).count());
    for c in a.chunks_mut(2) {
        c[0] += 1;
    }
    println!("{a:?}");
    println!("{:?}", a.split(|x| *x == 1).collect::<Vec<_>>());
    println!("{:?}", a.splitn(2, |x| *x == 20).collect::<Vec<_>>());
    println!("{:?}", a.chunk_by(|x, y| x <= y).collect::<Vec<_>>());
    println!("{} {} {}", a.contains(&20), a.starts_with(&[11]), a.ends_with(&[30, 0]));
    println!("{:?} {:?}", a.iter().position(|x| *x == 30), a.iter().rposition(|x| *x == 30));
    println!("{:?} {:?}", [1, 2, 3][..] < [1, 3][..], [1, 2][..].cmp(&[1, 2, 0][..]));
    println!("{:?} {:?}", [[1, 2], [3, 4]].concat(), [vec![1], vec![2, 3]].join(&0));
    println!("{:?} {:?}", ["a", "b"].join("-"), ["x", "y"].concat());
    println!("{:?}", [7, 8].repeat(3));
    println!("{:?}", a.iter().rev().step_by(2).collect::<Vec<_>>());
    if let [first, .., last] = &mut a[..] {
        std::mem::swap(first, last);
    }
    println!("{a:?} {:?} {:?}", a.first_chunk::<2>(), a.last_chunk::<20>());
    let (chunks, rest) = a.as_chunks::<4>();
    println!("{chunks:?} {rest:?}");
    let s: &[u8] = b"Hello, Slices";
    println!("{:?} {} {}", s.to_ascii_uppercase(), s.is_ascii(), s.eq_ignore_ascii_case(b"hello, slices"));
    let r = std::panic::catch_unwind(|| {
        let n = std::hint::black_box(20);
        a[3..n].len()
    });
    println!("{}", r.is_err());
    let r = std::panic::catch_unwind(|| {
        let n = std::hint::black_box(5);
        a[n..3].len()
    });
    println!("{}", r.is_err());
}
