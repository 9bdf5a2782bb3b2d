// UndefinedBehavior: constructing invalid value of type fn(): encountered alloc, but expected a function pointer
fn main() {
    let x = 5u64;
    let f: fn() = unsafe { std::mem::transmute(&raw const x) };
    f();
}
