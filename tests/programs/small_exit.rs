// Integer code and nothing of std but process::exit: the exit code is the result.
fn fib(n: u32) -> u32 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}

fn main() {
    let mut acc = 0u32;
    let mut i = 0;
    while i < 12 {
        acc = acc.wrapping_mul(3) ^ fib(i);
        i += 1;
    }
    std::process::exit((acc % 200) as i32)
}
