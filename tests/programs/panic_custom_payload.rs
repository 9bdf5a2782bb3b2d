// A panic with a payload that is not a string, leaving main.
fn main() {
    struct Payload(#[allow(dead_code)] u8);
    println!("before");
    std::panic::panic_any(Payload(3));
}
