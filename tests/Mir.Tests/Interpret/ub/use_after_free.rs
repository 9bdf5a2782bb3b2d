// UndefinedBehavior: memory access failed: alloc has been freed, so this pointer is dangling
fn main() {
    let b = Box::new(5);
    let p = &raw const *b;
    drop(b);
    let x = unsafe { *p };
    println!("{x}");
}
