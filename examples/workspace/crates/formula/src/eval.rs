use crate::{Formula, Operator};
use std::collections::HashMap;
use std::fmt;

/// Where a formula's names get their values.
pub trait Scope {
    /// What the scope knows a value as.
    type Value: Into<f64>;
    fn value(&self, name: &str) -> Option<Self::Value>;
}

impl<F: Fn(&str) -> Option<f64>> Scope for F {
    type Value = f64;
    fn value(&self, name: &str) -> Option<f64> {
        self(name)
    }
}

/// The functions a formula may call.
pub struct Functions<'f> {
    by_name: HashMap<&'static str, Box<dyn Fn(&[f64]) -> Option<f64> + Sync + 'f>>,
}

impl<'f> Functions<'f> {
    /// `min`, `max`, `round`, `if`.
    pub fn standard() -> Self {
        let mut f = Functions { by_name: HashMap::new() };
        f.define("min", |a| a.iter().copied().reduce(f64::min))
            .define("max", |a| a.iter().copied().reduce(f64::max))
            .define("round", |a| a.first().map(|x| x.round()))
            .define("if", |a| match a {
                [condition, yes, no] => Some(if *condition != 0.0 { *yes } else { *no }),
                _ => None,
            });
        f
    }

    /// Adds a function; it returns `None` for arguments it does not accept.
    pub fn define(&mut self, name: &'static str, f: impl Fn(&[f64]) -> Option<f64> + Sync + 'f) -> &mut Self {
        self.by_name.insert(name, Box::new(f));
        self
    }
}

/// Why a formula has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    UnknownName(String),
    UnknownFunction(String),
    WrongArguments { function: String, count: usize },
    DivisionByZero,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::UnknownName(n) => write!(f, "`{n}` is not known"),
            Error::UnknownFunction(n) => write!(f, "there is no function `{n}`"),
            Error::WrongArguments { function, count } => write!(f, "`{function}` does not take {count} argument(s)"),
            Error::DivisionByZero => f.write_str("division by zero"),
        }
    }
}

impl std::error::Error for Error {}

impl Formula {
    pub fn evaluate<S: Scope + ?Sized>(&self, scope: &S, functions: &Functions<'_>) -> Result<f64, Error> {
        Ok(match self {
            Formula::Number(n) => *n,
            Formula::Name(name) => scope.value(name).ok_or_else(|| Error::UnknownName(name.clone()))?.into(),
            Formula::Negate(inner) => -inner.evaluate(scope, functions)?,
            Formula::Binary(left, operator, right) => {
                let (l, r) = (left.evaluate(scope, functions)?, right.evaluate(scope, functions)?);
                match operator {
                    Operator::Add => l + r,
                    Operator::Subtract => l - r,
                    Operator::Multiply => l * r,
                    Operator::Divide if r == 0.0 => return Err(Error::DivisionByZero),
                    Operator::Divide => l / r,
                    Operator::Less => f64::from(u8::from(l < r)),
                    Operator::Greater => f64::from(u8::from(l > r)),
                }
            }
            Formula::Call(name, arguments) => {
                let function = functions.by_name.get(name.as_str()).ok_or_else(|| Error::UnknownFunction(name.clone()))?;
                let values = arguments.iter().map(|a| a.evaluate(scope, functions)).collect::<Result<Vec<_>, _>>()?;
                function(&values).ok_or_else(|| Error::WrongArguments { function: name.clone(), count: values.len() })?
            }
        })
    }
}
