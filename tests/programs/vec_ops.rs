// Vec: growth, insertion, removal, draining, splicing, dedup, splitting, sorting, ZST elements, capacity, raw parts, leaks.
use std::mem::ManuallyDrop;
use std::rc::Rc;
fn main() {
    let mut v = Vec::new();
    for i in 0..20 {
        v.push(i * i % 13);
    }
    println!("{v:?} {}", v.len());
    v.insert(3, 100);
    v.insert(v.len(), 200);
    println!("{} {} {:?}", v.remove(0), v.swap_remove(5), v.pop());
    println!("{v:?}");
    println!("{:?}", v.drain(2..6).collect::<Vec<_>>());
    println!("{:?}", v.splice(1..3, [7, 7, 7, 7]).collect::<Vec<_>>());
    v.dedup();
    println!("{v:?}");
    v.dedup_by_key(|x| *x / 5);
    println!("{v:?}");
    v.retain(|x| x % 2 == 0);
    v.retain_mut(|x| {
        *x += 1;
        *x > 2
    });
    println!("{v:?}");
    let tail = v.split_off(1);
    println!("{v:?} {tail:?}");
    v.append(&mut tail.clone());
    v.resize(8, -1);
    v.resize_with(10, Default::default);
    println!("{v:?} {:?}", v.iter().rev().take(3).collect::<Vec<_>>());
    v.truncate(4);
    v.extend_from_slice(&[5, 6]);
    println!("{:?}", v.extract_if(.., |x| *x > 4).collect::<Vec<_>>());
    v.clear();
    println!("{v:?} {} {:?}", v.is_empty(), v.first());
    let mut w: Vec<String> = Vec::with_capacity(10);
    println!("{}", w.capacity());
    w.extend(["b", "a", "c"].map(String::from));
    w.shrink_to_fit();
    println!("{} {:?}", w.capacity(), w);
    w.sort();
    w.reverse();
    w.swap(0, 1);
    println!("{:?} {:?}", w.concat(), w.join("/"));
    let rc = Rc::new(5);
    let many = vec![rc.clone(); 10];
    println!("{}", Rc::strong_count(&rc));
    let mut it = many.into_iter();
    it.nth(3);
    println!("{}", Rc::strong_count(&rc));
    drop(it);
    println!("{}", Rc::strong_count(&rc));
    let mut units = vec![(); 5];
    units.push(());
    println!("{} {:?} {}", units.len(), units.pop(), units.capacity() == usize::MAX);
    let nested: Vec<Vec<u8>> = (0..4).map(|n| vec![n; n as usize]).collect();
    println!("{nested:?} {:?} {}", nested.concat(), nested.iter().map(Vec::len).sum::<usize>());
    let mut raw = ManuallyDrop::new(vec![1u16, 2, 3]);
    let re = unsafe { Vec::from_raw_parts(raw.as_mut_ptr(), raw.len(), raw.capacity()) };
    println!("{re:?}");
    println!("{:?}", re.leak());
    println!("{:?} {:?}", vec![1, 2, 3] == [1, 2, 3], vec![1, 2] < vec![1, 2, 0]);
    let b: Box<[i32]> = vec![1, 2, 3].into_boxed_slice();
    println!("{:?} {:?}", b, b.clone().into_vec());
    let arr: Result<[i32; 3], _> = b.into_vec().try_into();
    println!("{arr:?} {:?}", <[i32; 2]>::try_from(vec![1]).is_err());
    let mut grow = Vec::new();
    let mut caps = vec![];
    for i in 0..200u8 {
        grow.push(i);
        if caps.last() != Some(&grow.capacity()) {
            caps.push(grow.capacity());
        }
    }
    println!("{caps:?}");
    let mut big: Vec<[u64; 9]> = vec![];
    for i in 0..10 {
        big.push([i; 9]);
    }
    big.rotate_left(3);
    println!("{:?}", big.iter().map(|x| x[8]).collect::<Vec<_>>());
    println!(
        "{:?}",
        std::panic::catch_unwind(|| {
            let mut v = vec![1];
            v.insert(std::hint::black_box(5), 1);
        })
        .is_err()
    );
    println!("{:?}", std::panic::catch_unwind(|| vec![1].remove(std::hint::black_box(1))).is_err());
    println!("{:?}", Vec::<u64>::new().try_reserve(usize::MAX).is_err());
}
