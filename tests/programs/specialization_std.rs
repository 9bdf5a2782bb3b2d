// Paths std specializes: to_string, collecting and extending vectors, fills, copies, comparisons, zips, sums, byte searches.
use std::collections::VecDeque;
use std::hint::black_box as bb;
use std::rc::Rc;

fn main() {
    println!("{} {} {} {} {}", "str".to_string(), 'c'.to_string(), true.to_string(), 5u8.to_string(), (-5i8).to_string());
    println!("{} {} {}", String::from("own").to_string(), (&&"ref").to_string(), std::borrow::Cow::from("cow").to_string());
    println!("{} {}", 1.5f32.to_string(), u128::MAX.to_string());
    println!("{}", format_args!("{} {}", 1, "x").to_string());

    let v: Vec<u32> = (0..10).collect();
    println!("{:?} {}", v, v.capacity() >= 10);
    let w: Vec<u32> = v.into_iter().filter(|x| x % 3 != 0).map(|x| x * 2).collect();
    println!("{w:?}");
    let x: Vec<u64> = w.iter().map(|&x| x as u64).collect();
    let strings: Vec<String> = x.iter().map(|x| format!("n{x}")).collect();
    let lens: Vec<usize> = strings.into_iter().map(|s| s.len()).collect();
    println!("{lens:?}");
    let opts: Vec<Option<Box<i32>>> = (0..3).map(|i| (i != 1).then(|| Box::new(i))).collect();
    println!("{:?}", opts.into_iter().flatten().map(|b| *b).collect::<Vec<_>>());

    let mut e = vec![1u8];
    e.extend(&[2, 3]);
    e.extend(vec![4, 5]);
    e.extend([6, 7].iter());
    e.extend((8..=9).chain(20..22));
    e.extend("ab".bytes());
    e.extend_from_slice(&[100; 3]);
    e.extend(std::iter::repeat_n(7, 2));
    e.extend(Some(1));
    e.extend_from_within(..2);
    println!("{e:?}");

    let mut s = String::from("s");
    s.extend(['a', 'b']);
    s.extend(["cd", "ef"]);
    s.extend(vec![String::from("gh")]);
    s.extend(&['z']);
    println!("{s}");

    println!("{:?} {:?} {:?}", vec![0u8; 4], vec![7u16; 3], vec![String::from("r"); 2]);
    println!("{:?} {:?}", vec![None::<Rc<u8>>; 2], vec![(1, 'x'); 2]);
    let mut f = [1i8; 5];
    f.fill(-1);
    println!("{f:?} {:?}", [0xabu8; 3].to_vec());
    let mut strs = vec![String::new(); 2];
    strs.fill("fill".to_string());
    strs.clone_from_slice(&["x".to_string(), "y".to_string()]);
    println!("{strs:?}");
    let mut c = [0u32; 4];
    c.copy_from_slice(&[4, 3, 2, 1]);
    c[1..].clone_from_slice(&[9, 8, 7]);
    println!("{c:?}");

    println!("{} {} {}", [1u8, 2] == [1, 2], vec![1i32, 2][..] < [1, 3][..], ["a"].as_slice() == ["a".to_string()].as_slice());
    println!("{:?} {:?}", b"abc".cmp(b"abd"), [1.0f64, f64::NAN].partial_cmp(&[1.0, 2.0]));
    println!("{} {}", [1, 2, 3].contains(&3), b"hello".contains(&b'l'));
    println!("{} {}", bb([1u8; 100]).iter().eq(&[1u8; 100]), [1, 2].iter().lt([1, 3].iter()));

    let a = [1, 2, 3, 4];
    let b = vec![10, 20, 30];
    println!("{}", a.iter().zip(&b).map(|(x, y)| x * y).sum::<i32>());
    println!("{:?}", a.iter().zip(b.iter()).rev().collect::<Vec<_>>());
    println!("{:?}", a.iter().copied().zip(b.into_iter()).unzip::<i32, i32, Vec<_>, VecDeque<_>>());
    println!(
        "{} {} {}",
        a.iter().copied().sum::<i32>(),
        a.iter().cloned().product::<i32>(),
        a.iter().copied().rev().skip(1).step_by(2).count()
    );
    println!("{:?} {:?}", a.iter().max(), a.iter().min_by_key(|x| (**x - 3).abs()));
    println!("{:?}", a.iter().copied().chain(a).skip(3).take(3).collect::<VecDeque<_>>());
    println!("{:?} {:?}", (0..100).nth(50), (0..=5).rev().step_by(2).last());
    println!("{:?}", (0u8..=255).fold(0u8, |a, b| a ^ b));
    println!("{:?}", Rc::<[i32]>::from(a.to_vec()).iter().rev().collect::<Rc<[_]>>());
    println!("{:?}", a.into_iter().collect::<Box<[_]>>());
    println!("{:?}", "a-b-c".split('-').map(str::to_owned).collect::<Vec<_>>().concat());
    let mut it = vec![1, 2, 3, 4, 5].into_iter();
    it.next();
    it.next_back();
    println!("{:?}", it.as_slice());
    println!("{:?}", it.collect::<Vec<_>>());
    println!("{:?}", vec![3, 1, 2].into_iter().peekable().map(|x| x + 1).collect::<Vec<_>>());
    println!("{:?}", vec![1, 1, 2].into_iter().enumerate().skip_while(|(i, _)| *i == 0).collect::<Vec<_>>());
}
