// OutOfResources: reached the configured maximum number of stack frames
fn f(x: u32) -> u32 { if std::hint::black_box(x) == 0 { 1 } else { f(x) + 1 } }
fn main() { println!("{}", f(1)); }
