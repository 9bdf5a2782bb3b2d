// UndefinedBehavior: memory access failed: alloc has been freed, so this pointer is dangling
// flags: -Zmir-opt-level=0
fn main() {
    let p: *const [u64; 2];
    {
        let x = std::hint::black_box([1u64, 2]);
        p = &raw const x;
        println!("{}", x[0]);
    }
    let x = unsafe { (*p)[1] };
    println!("{x}");
}
