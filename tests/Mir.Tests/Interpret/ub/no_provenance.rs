// UndefinedBehavior: memory access failed: attempting to access 4 bytes, but got ADDRESS which is a dangling pointer (it has no provenance)
fn main() {
    let x = 7u32;
    let p = std::ptr::without_provenance::<u32>((&raw const x).addr());
    let y = unsafe { *p };
    println!("{x} {y}");
}
