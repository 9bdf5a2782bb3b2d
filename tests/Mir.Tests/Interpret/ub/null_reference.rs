// UndefinedBehavior: constructing invalid value of type &u32: encountered a null reference
fn main() {
    let r: &u32 = unsafe { std::mem::transmute(std::hint::black_box(0usize)) };
    println!("{}", std::ptr::from_ref(r).is_null());
}
