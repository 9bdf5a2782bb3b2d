// UndefinedBehavior: constructing invalid value of type fn(): encountered a null function pointer
fn main() {
    let f: fn() = unsafe { std::mem::transmute(std::hint::black_box(0usize)) };
    f();
}
