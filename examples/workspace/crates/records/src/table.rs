use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    #[default]
    Left,
    Right,
}

/// Rows of text, printed with aligned columns; columns of numbers stand to the right.
#[derive(Debug, Clone, Default)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Self {
        Table { header: header.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    pub fn row<const N: usize>(&mut self, cells: [&dyn fmt::Display; N]) -> &mut Self {
        self.rows.push(cells.iter().map(|c| c.to_string()).collect());
        self
    }

    fn align(&self, column: usize) -> Align {
        let numeric = |cell: &String| cell.is_empty() || cell.trim_end_matches('%').parse::<f64>().is_ok();
        if self.rows.iter().filter_map(|r| r.get(column)).all(numeric) { Align::Right } else { Align::Left }
    }
}

impl Extend<Vec<String>> for Table {
    fn extend<I: IntoIterator<Item = Vec<String>>>(&mut self, rows: I) {
        self.rows.extend(rows);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = || std::iter::once(&self.header).chain(&self.rows);
        let columns: Vec<(usize, Align)> = (0..self.header.len())
            .map(|c| (lines().filter_map(|l| l.get(c)).map(|s| s.chars().count()).max().unwrap_or(0), self.align(c)))
            .collect();
        for (n, line) in lines().enumerate() {
            let cells = line.iter().zip(&columns).map(|(cell, (width, align))| match align {
                Align::Left => format!("{cell:<width$}"),
                Align::Right => format!("{cell:>width$}"),
            });
            writeln!(f, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
            if n == 0 {
                writeln!(f, "  {}", columns.iter().map(|(w, _)| "-".repeat(*w)).collect::<Vec<_>>().join("  "))?;
            }
        }
        Ok(())
    }
}
