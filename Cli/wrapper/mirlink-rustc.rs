//! cargo's rustc wrapper under Mirlink: `mirlink-rustc RUSTC ARGUMENTS...`.
//!
//! It knows as little as possible, since cargo starts it for every crate. Queries, and what is compiled for the host (build scripts, proc macros), go to rustc
//! at once. For the rest it asks the `mirlink build` that cargo runs under, whose socket `MIRLINK_SERVER` names: see `Cli/Serving/ImportServer.cs`, which
//! decides everything. Without an answer the call becomes `mirlink RUSTC ARGUMENTS...`, which does the same work in a process of its own.
//!
//! A message is its length in 4 bytes, little-endian, and that many bytes: fields, divided by NUL.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{exit, Command};

/// Grows when a message changes its meaning; a server of another version answers `mirlink`.
const PROTOCOL: &str = "2";
/// No answer is longer.
const LONGEST: usize = 1 << 26;

/// What this process is to become when it has nothing to do itself.
enum Become {
    Rustc,
    /// All of it in a process of its own; with the front end's part done, only the rest of it.
    Mirlink { metadata_is_there: bool },
}

fn main() {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let Some((rustc, rest)) = args.split_first() else {
        eprintln!("error: mirlink-rustc is cargo's rustc wrapper; its first argument is the path of rustc");
        exit(1)
    };
    let next = if is_rustcs(rest) { Become::Rustc } else { compile(&args).unwrap_or(Become::Mirlink { metadata_is_there: false }) };
    let mut command;
    match next {
        Become::Rustc => {
            command = Command::new(rustc);
            command.args(rest);
        }
        Become::Mirlink { metadata_is_there } => {
            let own = env::current_exe().unwrap_or_default();
            command = Command::new(own.with_file_name("mirlink"));
            command.args(&args);
            if metadata_is_there {
                command.env("MIRLINK_RUSTC_WRAPPER", "import");
            }
        }
    }
    let error = command.exec();
    eprintln!("error: cannot run `{}`: {error}", command.get_program().to_string_lossy());
    exit(1)
}

/// A query, or a compilation for the host, which has no `--target`.
fn is_rustcs(args: &[OsString]) -> bool {
    let is = |a: &OsString, name: &str| a == name || a.as_bytes().starts_with(name.as_bytes()) && a.as_bytes().get(name.len()) == Some(&b'=');
    args.iter().any(|a| a == "-vV" || is(a, "--print")) || !args.iter().any(|a| is(a, "--target"))
}

/// Does what the server says; `None` when there is none, or when it does not answer.
fn compile(args: &[OsString]) -> Option<Become> {
    let mut server = UnixStream::connect(env::var_os("MIRLINK_SERVER")?).ok()?;
    let bootstrap = env::var_os("RUSTC_BOOTSTRAP").unwrap_or_default();
    let primary = env::var_os("CARGO_PRIMARY_PACKAGE").unwrap_or_default();
    let mut request = vec![OsStr::new(PROTOCOL), &bootstrap, &primary];
    request.extend(args.iter().map(OsString::as_os_str));
    send(&mut server, &request)?;

    let answer = receive(&mut server)?;
    let (what, rest) = answer.split_first()?;
    if what == "rustc" {
        return Some(Become::Rustc);
    }
    if what != "run" {
        return None;
    }
    // rustc is a child of this process, as it would be of rustc's own place in cargo: with its streams, job server, environment and folder.
    let (program, arguments) = rest.split_first()?;
    let status = Command::new(program).args(arguments).env("RUSTC_BOOTSTRAP", "1").status().ok()?;
    let then = if status.success() { "import" } else { "failed" };
    let answer = send(&mut server, &[OsStr::new(then)]).and_then(|()| receive(&mut server));
    if !status.success() {
        exit(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)))
    }
    if answer.is_some_and(|answer| answer == ["done"]) {
        exit(0)
    }
    // Whatever went wrong is said by the one who does it again without a server.
    Some(Become::Mirlink { metadata_is_there: true })
}

fn send(server: &mut UnixStream, fields: &[&OsStr]) -> Option<()> {
    let mut message = vec![0; 4];
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            message.push(0);
        }
        message.extend_from_slice(field.as_bytes());
    }
    let length = u32::try_from(message.len() - 4).ok()?;
    message[..4].copy_from_slice(&length.to_le_bytes());
    server.write_all(&message).ok()
}

fn receive(server: &mut UnixStream) -> Option<Vec<OsString>> {
    let mut length = [0; 4];
    server.read_exact(&mut length).ok()?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST {
        return None;
    }
    let mut message = vec![0; length];
    server.read_exact(&mut message).ok()?;
    Some(message.split(|&b| b == 0).map(|field| OsString::from_vec(field.to_vec())).collect())
}
