//! Formulas such as `max(price * stock, 10) / 2`: parsed once, evaluated in any [`Scope`].

mod eval;
mod parse;

pub use eval::{Error, Functions, Scope};
pub use parse::ParseError;

/// A parsed formula.
#[derive(Debug, Clone, PartialEq)]
pub enum Formula {
    Number(f64),
    Name(String),
    Negate(Box<Formula>),
    Binary(Box<Formula>, Operator, Box<Formula>),
    Call(String, Vec<Formula>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Less,
    Greater,
}

impl std::str::FromStr for Formula {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        parse::parse(text)
    }
}

impl std::fmt::Display for Formula {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Formula::Number(n) => write!(f, "{n}"),
            Formula::Name(n) => f.write_str(n),
            Formula::Negate(x) => write!(f, "-{x}"),
            Formula::Binary(l, op, r) => write!(f, "({l} {} {r})", op.symbol()),
            Formula::Call(name, args) => {
                write!(f, "{name}(")?;
                for (i, a) in args.iter().enumerate() {
                    write!(f, "{}{a}", if i > 0 { ", " } else { "" })?;
                }
                f.write_str(")")
            }
        }
    }
}

impl Operator {
    pub fn symbol(self) -> char {
        match self {
            Operator::Add => '+',
            Operator::Subtract => '-',
            Operator::Multiply => '*',
            Operator::Divide => '/',
            Operator::Less => '<',
            Operator::Greater => '>',
        }
    }
}
