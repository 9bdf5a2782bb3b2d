// Reading standard input: lines, words, numbers, bytes, buffered and raw.
// stdin: 3 4 5
// stdin: first line
// stdin:
// stdin: key=value with spaces
// stdin: the rest
// stdin: of it
use std::io::{self, BufRead, Read, Write};
fn main() -> io::Result<()> {
    let mut first = String::new();
    println!("{}", io::stdin().read_line(&mut first)?);
    println!("{:?}", first.split_whitespace().map(|w| w.parse::<i64>()).sum::<Result<i64, _>>());
    let mut lock = io::stdin().lock();
    let mut lines = lock.by_ref().lines();
    println!("{:?} {:?}", lines.next().unwrap()?, lines.next().unwrap()?);
    let kv = lines.next().unwrap()?;
    println!("{:?}", kv.split_once('='));
    let mut until = vec![];
    println!("{} {:?}", lock.read_until(b' ', &mut until)?, String::from_utf8_lossy(&until));
    let mut two = [0; 2];
    lock.read_exact(&mut two)?;
    println!("{two:?} {:?}", lock.fill_buf()?.first());
    lock.consume(1);
    let mut rest = String::new();
    println!("{}", lock.read_to_string(&mut rest)?);
    println!("{rest:?} {}", lock.read(&mut two)?);
    let mut out = io::stdout().lock();
    out.write_all(b"raw bytes\n")?;
    writeln!(out, "{:>8}", "right")?;
    out.flush()
}
