// A panic that would leave an extern "C" function aborts; one that leaves extern "C-unwind" goes on.
use std::panic::catch_unwind;
extern "C-unwind" fn may(n: i32) -> i32 {
    if n > 1 {
        panic!("through C-unwind")
    }
    n
}
extern "C" fn must_not(n: i32) -> i32 {
    if n > 1 {
        panic!("through C")
    }
    n
}
fn main() {
    println!("{} {}", may(1), must_not(1));
    println!("{}", catch_unwind(|| may(std::hint::black_box(2))).is_err());
    let r = catch_unwind(|| must_not(std::hint::black_box(2)));
    println!("not reached {}", r.is_err());
}
