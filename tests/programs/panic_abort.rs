// With panic=abort a panic prints its message, runs the hook but no destructors, and kills the process with SIGABRT.
// compile-flags: -C panic=abort
struct D(&'static str);
impl Drop for D {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}
fn work(v: &[u32]) -> u32 {
    let _d = D("work");
    v.iter().map(|x| 10 / x).sum()
}
fn main() {
    let _a = D("main");
    let s: String = ["a", "b"].concat();
    println!("{} {}", work(&[1, 2, 5]), s);
    let t = std::thread::spawn(|| vec![1, 2, 3].into_iter().map(|x| x * x).sum::<i32>());
    println!("{}", t.join().unwrap());
    println!("{}", work(&[1, 0]));
    println!("not reached");
}
