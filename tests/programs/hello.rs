// The smallest program: formatted output on both streams.
fn main() {
    println!("Hello, world!");
    print!("no newline, ");
    println!("{} and {0}", 42);
    eprintln!("to stderr");
}
