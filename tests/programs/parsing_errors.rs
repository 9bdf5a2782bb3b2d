// FromStr, parse errors, the ? operator with From conversions, Box<dyn Error>, error sources, Option ?, custom Result types; main returns Err.
use std::error::Error;
use std::fmt;
use std::num::{IntErrorKind, ParseFloatError, ParseIntError};
use std::str::FromStr;
#[derive(Debug)]
enum ParseError {
    Int(ParseIntError),
    Float(ParseFloatError),
    Missing(&'static str),
    Unknown { op: String, at: usize },
}
impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(e) => write!(f, "bad int: {e}"),
            Self::Float(_) => f.write_str("bad float"),
            Self::Missing(what) => write!(f, "missing {what}"),
            Self::Unknown { op, at } => write!(f, "unknown {op:?} at {at}"),
        }
    }
}
impl Error for ParseError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Int(e) => Some(e),
            Self::Float(e) => Some(e),
            _ => None,
        }
    }
}
impl From<ParseIntError> for ParseError {
    fn from(e: ParseIntError) -> Self {
        Self::Int(e)
    }
}
impl From<ParseFloatError> for ParseError {
    fn from(e: ParseFloatError) -> Self {
        Self::Float(e)
    }
}
#[derive(Debug, PartialEq, Clone)]
enum Cmd {
    Move(i32, i32),
    Scale(f64),
    Say(String),
    Many(Vec<Cmd>),
}
impl FromStr for Cmd {
    type Err = ParseError;
    fn from_str(s: &str) -> Result<Self, ParseError> {
        if s.contains(';') {
            return Ok(Cmd::Many(s.split(';').map(str::trim).map(str::parse).collect::<Result<_, _>>()?));
        }
        let mut w = s.split_whitespace();
        let op = w.next().ok_or(ParseError::Missing("command"))?;
        Ok(match op {
            "move" => Cmd::Move(w.next().ok_or(ParseError::Missing("x"))?.parse()?, w.next().ok_or(ParseError::Missing("y"))?.parse()?),
            "scale" => Cmd::Scale(w.next().ok_or(ParseError::Missing("factor"))?.parse()?),
            "say" => Cmd::Say(w.collect::<Vec<_>>().join(" ")),
            _ => return Err(ParseError::Unknown { op: op.to_string(), at: s.find(op).unwrap_or(0) }),
        })
    }
}
fn chain(e: &dyn Error) -> String {
    let mut s = e.to_string();
    let mut cur = e.source();
    while let Some(c) = cur {
        s += " <- ";
        s += &c.to_string();
        cur = c.source();
    }
    s
}
fn add(a: &str, b: &str) -> Option<i32> {
    Some(a.parse::<i32>().ok()? + b.parse::<i32>().ok()?)
}
fn sum(s: &str) -> Result<i32, Box<dyn Error>> {
    let mut t = 0i32;
    for p in s.split(',') {
        let n: i32 = p.trim().parse().map_err(|e| format!("{p:?}: {e}"))?;
        t = t.checked_add(n).ok_or("overflow")?;
    }
    if t < 0 {
        Err(ParseError::Missing("positivity"))?
    }
    Ok(t)
}
fn main() -> Result<(), Box<dyn Error>> {
    for s in [
        "move 1 -2",
        "move 1",
        "move x 2",
        "scale 2.5e1",
        "scale two",
        "say hello  there",
        "  jump",
        "",
        "move 1 2; scale 3; say",
        "say a; fly",
    ] {
        match s.parse::<Cmd>() {
            Ok(c) => println!("{c:?}"),
            Err(e) => println!("{e:?} | {}", chain(&e)),
        }
    }
    println!("{:?} {:?}", add("1", "2"), add("1", "x"));
    for s in ["1, 2,3", "1,b", "2147483647,1", "-5"] {
        println!("{:?}", sum(s).map_err(|e| (e.to_string(), e.is::<ParseError>())));
    }
    for s in ["", "-", "300", "-129", "+7", "0x10", "1_000", "127 "] {
        println!("{s:?} {:?}", s.parse::<i8>().map_err(|e| e.kind().clone()));
    }
    println!(
        "{:?} {:?} {:?}",
        i64::from_str_radix("-zz", 36),
        u8::from_str_radix("100000000", 2).map_err(|e| *e.kind() == IntErrorKind::PosOverflow),
        u32::from_str_radix("DEADbeef", 16)
    );
    println!(
        "{:?} {:?} {:?}",
        "true".parse::<bool>(),
        "True".parse::<bool>().map_err(|e| e.to_string()),
        "ab".parse::<char>().map_err(|e| e.to_string())
    );
    println!("{:?} {:?}", "1.1.1.1".parse::<std::net::Ipv4Addr>(), "::1".parse::<std::net::IpAddr>().map(|a| a.is_loopback()));
    println!("{:?} {:?}", "256.1.1.1".parse::<std::net::Ipv4Addr>().is_err(), "127.0.0.1:80".parse::<std::net::SocketAddr>());
    let r: Result<Vec<u8>, _> = "1 2 300".split(' ').map(|s| s.parse::<u8>()).collect();
    println!(
        "{r:?} {:?}",
        Ok::<i32, String>(3).and_then(|x| if x > 2 { Err(format!("{x} too big")) } else { Ok(x) }).or_else(|e| if e.len() > 3 {
            Ok::<_, ()>(e.len() as i32)
        } else {
            Err(())
        })
    );
    println!("{:?} {:?}", Some(5).ok_or("none").and_then(|x: i32| x.checked_sub(6).ok_or("neg")), Some(Ok::<_, ()>(1)).transpose());
    println!("before failing");
    "not a number".parse::<u32>()?;
    println!("not reached");
    Ok(())
}
