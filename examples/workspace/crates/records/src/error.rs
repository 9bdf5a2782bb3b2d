use std::fmt;

/// Why a line is not a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    Missing { line: usize, field: &'static str },
    Invalid { line: usize, field: &'static str, text: String, why: String },
    TooMany { line: usize, extra: usize },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Missing { line, field } => write!(f, "line {line}: no cell for `{field}`"),
            Error::Invalid { line, field, text, why } => write!(f, "line {line}: `{field}` is {text:?}: {why}"),
            Error::TooMany { line, extra } => write!(f, "line {line}: {extra} cell{} too many", if *extra == 1 { "" } else { "s" }),
        }
    }
}

impl std::error::Error for Error {}
