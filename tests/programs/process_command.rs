// std::process::Command: output, status, pipes both ways, environment, working directory, failure to start, exit codes and signals.
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
fn main() -> std::io::Result<()> {
    let o = Command::new("/bin/echo").args(["hello", "from", "child"]).output()?;
    println!("{:?} {:?} {:?}", String::from_utf8_lossy(&o.stdout), o.stderr.len(), o.status.success());
    let s = Command::new("/bin/sh").arg("-c").arg("exit 7").status()?;
    println!("{:?} {} {s}", s.code(), s.success());
    let s = Command::new("/bin/sh").args(["-c", "kill -9 $$"]).status()?;
    println!("{:?} {:?} {s}", s.code(), s.signal());
    let mut c = Command::new("/bin/cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = c.stdin.take().unwrap();
    let t = std::thread::spawn(move || {
        for i in 0..5000 {
            writeln!(input, "line {i}").unwrap();
        }
    });
    let mut got = String::new();
    c.stdout.take().unwrap().read_to_string(&mut got)?;
    t.join().unwrap();
    println!("{} {:?} {:?}", got.lines().count(), got.lines().last(), c.wait()?.code());
    let o = Command::new("/bin/sh")
        .args(["-c", "echo $A-$B; pwd; echo err >&2"])
        .env_clear()
        .env("A", "1")
        .env("B", "two words")
        .current_dir("/")
        .output()?;
    println!("{:?} {:?}", String::from_utf8(o.stdout), String::from_utf8(o.stderr));
    let e = Command::new("/no/such/program").spawn().unwrap_err();
    println!("{:?} {e}", e.kind());
    let mut c = Command::new("/bin/sleep").arg("30").spawn()?;
    println!("{:?}", c.try_wait()?);
    c.kill()?;
    println!("{:?}", c.wait()?.signal());
    std::io::stdout().flush()?;
    println!("{:?}", Command::new("/bin/echo").arg("inherited").status()?.code());
    println!("{:?}", Command::new("x").arg("a b").env("K", "v"));
    Ok(())
}
