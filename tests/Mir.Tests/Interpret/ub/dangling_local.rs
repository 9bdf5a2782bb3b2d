// UndefinedBehavior: memory access failed: alloc has been freed, so this pointer is dangling
fn f() -> *const i32 {
    let x = 5;
    &raw const x
}
fn main() {
    let p = f();
    let x = unsafe { *p };
    println!("{x}");
}
