//! The sections of the report.

use catalog::{CATEGORY_COUNT, Category, Item};
use formula::{Formula, Functions, ParseError};
use records::{Record, Table};
use std::fmt::{self, Display, Write};
use summary::{Summary, bar, group_by, most_frequent, parallel_map};

/// A part of the report about all items.
pub trait Section {
    fn title(&self) -> String;
    fn body(&self, items: &[Item]) -> Result<String, fmt::Error>;
    /// Whether there is anything to say.
    fn applies(&self, items: &[Item]) -> bool {
        !items.is_empty()
    }
}

pub struct Report<'r> {
    pub items: &'r [Item],
    pub sections: Vec<Box<dyn Section + 'r>>,
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, section) in self.sections.iter().filter(|s| s.applies(self.items)).enumerate() {
            writeln!(f, "{}. {}\n\n{}", n + 1, section.title(), section.body(self.items)?)?;
        }
        Ok(())
    }
}

/// All items as they are.
pub struct Stock;

impl Section for Stock {
    fn title(&self) -> String {
        format!("Stock ({} fields per item)", Item::FIELDS.len())
    }
    fn body(&self, items: &[Item]) -> Result<String, fmt::Error> {
        let mut out = records::table(items).to_string();
        let low: Vec<&str> = items.iter().filter(|i| i.needs_reorder()).map(|i| i.name.as_str()).collect();
        writeln!(out, "  to reorder: {}", low.join(", "))?;
        Ok(out)
    }
}

/// Value by category.
pub struct Categories {
    pub bar_width: usize,
}

impl Section for Categories {
    fn title(&self) -> String {
        format!("Value by category ({CATEGORY_COUNT} known)")
    }
    fn body(&self, items: &[Item]) -> Result<String, fmt::Error> {
        let groups = group_by(items, |i| i.category);
        let values: Vec<(Category, Summary<f64>)> =
            groups.into_iter().map(|(c, items)| (c, items.into_iter().map(Item::value).collect())).collect();
        let most = values.iter().map(|(_, s)| s.total).fold(0.0, f64::max);
        let mut table = Table::new(["category", "unit", "items", "total", "mean", "median", "share"]);
        for (category, s) in &values {
            let info = category.info();
            let money = |m: f64| format!("{m:.2}");
            table.row([
                &info.name,
                &info.unit,
                &s.count,
                &money(s.total),
                &money(s.mean),
                &money(s.median),
                &bar(s.total, most, self.bar_width),
            ]);
        }
        let pieces: Summary<u64> = items.iter().map(|i| u64::from(i.stock)).collect();
        Ok(format!("{table}  units in stock: {} (median {}, from {} to {})\n", pieces.total, pieces.median, pieces.least, pieces.most))
    }
}

/// The most frequent tags.
pub struct Tags {
    pub most: usize,
}

impl Section for Tags {
    fn title(&self) -> String {
        "Most frequent tags".into()
    }
    fn applies(&self, items: &[Item]) -> bool {
        items.iter().any(|i| !i.tags.is_empty())
    }
    fn body(&self, items: &[Item]) -> Result<String, fmt::Error> {
        let mut out = String::new();
        for (tag, n) in most_frequent(items.iter().flat_map(|i| i.tags.iter().map(String::as_str)), self.most) {
            writeln!(out, "  {tag:<8} {}", "*".repeat(n))?;
        }
        Ok(out)
    }
}

/// A formula's value for every item, computed on several threads.
pub struct Column<'f> {
    formula: Formula,
    functions: &'f Functions<'f>,
}

impl<'f> Column<'f> {
    pub fn new(text: &str, functions: &'f Functions<'f>) -> Result<Self, ParseError> {
        Ok(Column { formula: text.parse()?, functions })
    }
}

impl Section for Column<'_> {
    fn title(&self) -> String {
        format!("Formula {}", self.formula)
    }
    fn body(&self, items: &[Item]) -> Result<String, fmt::Error> {
        let values = parallel_map(items, 4, |item| self.formula.evaluate(item, self.functions));
        let mut table = Table::new(["item", "value"]);
        for (item, value) in items.iter().zip(&values) {
            match value {
                Ok(v) => table.row([&item.name, &format_args!("{v:.3}")]),
                Err(e) => table.row([&item.name, e]),
            };
        }
        let good: Summary<f64> = values.into_iter().flatten().collect();
        Ok(format!("{table}  mean of {}: {:.3}\n", good.count, good.mean))
    }
}

/// What the reader says about bad lines.
pub struct Rejected;

impl Section for Rejected {
    fn title(&self) -> String {
        "Rejected lines".into()
    }
    fn body(&self, _: &[Item]) -> Result<String, fmt::Error> {
        let bad = [
            "Rope | rope | 1 | 1 | | ",
            "Nail | fastener | cheap | 1 | | ",
            "Glue | tool | 3.5",
            "Tape | tool | 2 | 5 | 1 | sticky | extra",
        ];
        bad.iter().filter_map(|line| records::parse::<Item>(line).find_map(Result::err)).try_fold(String::new(), |mut out, e| {
            writeln!(out, "  {e}")?;
            Ok(out)
        })
    }
}
