//! Typed rows of text: a [`Record`] reads itself from the cells of a line, a [`Table`] prints rows aligned.

mod cell;
mod error;
mod table;

pub use cell::{Cell, Cells};
pub use error::Error;
pub use record_derive::Record;
pub use table::{Align, Table};

/// A struct that stands in one line of text, one field per cell.
pub trait Record: Sized {
    const FIELDS: &'static [&'static str];
    fn from_cells(cells: &mut Cells<'_>) -> Result<Self, Error>;
    fn to_cells(&self) -> Vec<String>;
}

/// Reads records from lines of `|`-separated cells; empty lines and those starting with `#` are skipped.
pub fn parse<R: Record>(text: &str) -> impl Iterator<Item = Result<R, Error>> {
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')).map(|(number, line)| {
        let mut cells = Cells::new(line, number + 1);
        let record = R::from_cells(&mut cells)?;
        cells.finish()?;
        Ok(record)
    })
}

/// A table with one row per record.
pub fn table<'a, R: Record + 'a>(records: impl IntoIterator<Item = &'a R>) -> Table {
    let mut table = Table::new(R::FIELDS.iter().copied());
    table.extend(records.into_iter().map(Record::to_cells));
    table
}
