// main returning an ExitCode after dropping its locals.
use std::process::{ExitCode, Termination};
struct D;
impl Drop for D {
    fn drop(&mut self) {
        println!("dropped before exit");
    }
}
fn main() -> ExitCode {
    let _d = D;
    println!("{:?} {:?}", ExitCode::SUCCESS == ExitCode::from(0), ().report() == ExitCode::SUCCESS);
    ExitCode::from(42)
}
