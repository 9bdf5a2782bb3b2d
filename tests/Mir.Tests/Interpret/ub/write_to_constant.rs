// UndefinedBehavior: writing to alloc which is read-only
static X: u32 = 1;
fn main() {
    unsafe { *(&raw const X).cast_mut() = 2 };
    println!("{X}");
}
