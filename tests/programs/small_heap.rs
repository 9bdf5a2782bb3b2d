// Box, Vec and String with drops, printed one at a time.
struct Noisy(u8);
impl Drop for Noisy {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

fn main() {
    let b = Box::new(41);
    println!("{}", *b + 1);
    let mut v = Vec::new();
    for i in 0..5u64 {
        v.push(i * i);
    }
    println!("{}", v.iter().sum::<u64>());
    let mut s = String::new();
    for x in &v {
        s.push_str(if x % 2 == 0 { "even " } else { "odd " });
    }
    println!("{}", s.trim_end());
    let noisy = vec![Noisy(1), Noisy(2)];
    let moved = Box::new(Noisy(3));
    drop(noisy);
    println!("end {}", moved.0);
}
