use crate::Error;
use std::str::FromStr;

/// A value that stands in one cell.
pub trait Cell: Sized {
    fn read(text: &str) -> Result<Self, String>;
    fn write(&self) -> String;
}

macro_rules! by_from_str {
    ($($t:ty),*) => {$(
        impl Cell for $t {
            fn read(text: &str) -> Result<Self, String> { <$t as FromStr>::from_str(text).map_err(|e| e.to_string()) }
            fn write(&self) -> String { self.to_string() }
        }
    )*};
}
by_from_str!(String, u32, u64, i64, bool);

impl Cell for f64 {
    fn read(text: &str) -> Result<Self, String> {
        text.parse::<f64>().map_err(|e| e.to_string())
    }
    fn write(&self) -> String {
        format!("{self:.2}")
    }
}

/// An empty cell is `None`.
impl<T: Cell> Cell for Option<T> {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { T::read(text).map(Some) }
    }
    fn write(&self) -> String {
        self.as_ref().map(Cell::write).unwrap_or_default()
    }
}

/// Values separated by commas.
impl<T: Cell> Cell for Vec<T> {
    fn read(text: &str) -> Result<Self, String> {
        text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(T::read).collect()
    }
    fn write(&self) -> String {
        self.iter().map(Cell::write).collect::<Vec<_>>().join(",")
    }
}

/// The cells of one line, read from left to right.
pub struct Cells<'a> {
    rest: Option<&'a str>,
    line: usize,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(line: &'a str, number: usize) -> Self {
        Cells { rest: Some(line), line: number }
    }

    /// Reads the next cell as the value of `field`.
    pub fn read<T: Cell>(&mut self, field: &'static str) -> Result<T, Error> {
        let line = self.line;
        let rest = self.rest.take().ok_or(Error::Missing { line, field })?;
        let (cell, rest) = rest.split_once('|').map_or((rest, None), |(cell, rest)| (cell, Some(rest)));
        self.rest = rest;
        T::read(cell.trim()).map_err(|why| Error::Invalid { line, field, text: cell.trim().to_owned(), why })
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        match self.rest {
            None => Ok(()),
            Some(rest) => Err(Error::TooMany { line: self.line, extra: rest.split('|').count() }),
        }
    }
}
