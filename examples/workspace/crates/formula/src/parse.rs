use crate::{Formula, Operator};
use std::fmt;
use std::iter::Peekable;
use std::str::CharIndices;

/// What is wrong in a formula's text, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    pub at: usize,
    pub expected: &'static str,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at column {}", self.expected, self.at + 1)
    }
}

impl std::error::Error for ParseError {}

pub(crate) fn parse(text: &str) -> Result<Formula, ParseError> {
    let mut parser = Parser { text, chars: text.char_indices().peekable() };
    let formula = parser.binary(0)?;
    match parser.peek() {
        None => Ok(formula),
        Some((at, _)) => Err(ParseError { at, expected: "an operator or the end" }),
    }
}

struct Parser<'t> {
    text: &'t str,
    chars: Peekable<CharIndices<'t>>,
}

/// Operators by binding strength, weakest first.
const LEVELS: [&[(char, Operator)]; 3] = [
    &[('<', Operator::Less), ('>', Operator::Greater)],
    &[('+', Operator::Add), ('-', Operator::Subtract)],
    &[('*', Operator::Multiply), ('/', Operator::Divide)],
];

impl<'t> Parser<'t> {
    fn peek(&mut self) -> Option<(usize, char)> {
        while self.chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        self.chars.peek().copied()
    }

    fn eat(&mut self, wanted: char) -> bool {
        self.peek().is_some_and(|(_, c)| c == wanted) && self.chars.next().is_some()
    }

    fn error<T>(&mut self, expected: &'static str) -> Result<T, ParseError> {
        let at = self.peek().map_or(self.text.len(), |(at, _)| at);
        Err(ParseError { at, expected })
    }

    fn binary(&mut self, level: usize) -> Result<Formula, ParseError> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        while let Some((_, c)) = self.peek()
            && let Some((_, operator)) = operators.iter().find(|(symbol, _)| *symbol == c)
        {
            self.chars.next();
            left = Formula::Binary(Box::new(left), *operator, Box::new(self.binary(level + 1)?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Formula, ParseError> {
        if self.eat('-') { Ok(Formula::Negate(Box::new(self.unary()?))) } else { self.primary() }
    }

    fn primary(&mut self) -> Result<Formula, ParseError> {
        if self.eat('(') {
            let inner = self.binary(0)?;
            return if self.eat(')') { Ok(inner) } else { self.error("`)`") };
        }
        match self.peek() {
            Some((at, c)) if c.is_ascii_digit() => {
                let word = self.word(at, |c| c.is_ascii_digit() || c == '.');
                word.parse().map(Formula::Number).map_err(|_| ParseError { at, expected: "a number" })
            }
            Some((at, c)) if c.is_alphabetic() => {
                let name = self.word(at, |c| c.is_alphanumeric() || c == '_').to_owned();
                if !self.eat('(') {
                    return Ok(Formula::Name(name));
                }
                let mut arguments = Vec::new();
                while !self.eat(')') {
                    if !arguments.is_empty() && !self.eat(',') {
                        return self.error("`,` or `)`");
                    }
                    arguments.push(self.binary(0)?);
                }
                Ok(Formula::Call(name, arguments))
            }
            _ => self.error("a value"),
        }
    }

    fn word(&mut self, start: usize, accepts: impl Fn(char) -> bool) -> &'t str {
        let mut end = start;
        while let Some((at, c)) = self.chars.next_if(|(_, c)| accepts(*c)) {
            end = at + c.len_utf8();
        }
        &self.text[start..end]
    }
}
