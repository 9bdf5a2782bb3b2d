#[track_caller]
fn here() -> u32 {
    let l = std::panic::Location::caller();
    println!("{}:{}:{}", l.file(), l.line(), l.column());
    l.line()
}
macro_rules! outer { ($e:expr) => { inner!($e) + here() } }
macro_rules! inner { ($e:expr) => { $e + here() } }
#[track_caller]
fn through(x: u32) -> u32 { x + here() }
trait T { fn method(&self) -> u32 { here() } }
impl T for u8 {}
pub fn main() {
	here();
		let _a = { "	tab"; here() };
    let _b = ("日本語", "é", "🦀", here(), "e\u{301} combining: é́", here());
    let _c = outer!(1) + inner!(2);
    let _d = through(3); let _e = (|| here())();
    5u8.method();
    for _ in 0..1 { here(); }
    let _f = [1u32].iter().map(|_| here()).sum::<u32>();
}
