// UndefinedBehavior: constructing invalid value of type &u32: encountered a dangling reference (use-after-free)
fn main() {
    let b = Box::new(5u32);
    let p = &raw const *b;
    drop(b);
    let r = unsafe { &*p };
    println!("{}", std::ptr::from_ref(r).is_null());
}
