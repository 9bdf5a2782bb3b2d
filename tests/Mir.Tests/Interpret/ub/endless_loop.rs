// OutOfFuel: the program did not end within 3000000 steps
fn main() { let mut x = 1u32; loop { x = std::hint::black_box(x).wrapping_mul(3); } }
