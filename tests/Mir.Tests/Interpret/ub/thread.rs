// Unsupported: threads
fn main() { std::thread::spawn(|| 1).join().unwrap(); }
