// A user type implementing Termination as the return type of main, and Result<ExitCode, E>.
use std::fmt;
use std::process::{ExitCode, Termination};
enum Outcome {
    Fine,
    Broken(u8),
}
impl Termination for Outcome {
    fn report(self) -> ExitCode {
        match self {
            Outcome::Fine => ExitCode::SUCCESS,
            Outcome::Broken(n) => {
                println!("reporting {n}");
                ExitCode::from(n)
            }
        }
    }
}
struct Err2;
impl fmt::Debug for Err2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "custom\tdebug")
    }
}
fn inner(ok: bool) -> Result<Outcome, Err2> {
    if ok { Ok(Outcome::Broken(3)) } else { Err(Err2) }
}
fn main() -> Result<Outcome, Err2> {
    println!("{:?} {:?}", Outcome::Fine.report() == ExitCode::SUCCESS, inner(false).report() == ExitCode::FAILURE);
    inner(true)
}
