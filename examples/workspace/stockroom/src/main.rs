//! Reports on what is in stock: `stockroom [formula ...]`.

mod report;

use catalog::Item;
use formula::Functions;
use report::{Report, Section};
use std::error::Error;
use std::process::ExitCode;

const STOCK: &str = include_str!("stock.txt");

fn run(formulas: &[String]) -> Result<(), Box<dyn Error>> {
    let items = records::parse(STOCK).collect::<Result<Vec<Item>, _>>()?;
    let discount = 0.15;
    let mut functions = Functions::standard();
    functions.define("discounted", |a| a.first().map(|price| price * (1.0 - discount)));

    let mut sections: Vec<Box<dyn Section>> =
        vec![Box::new(report::Stock), Box::new(report::Categories { bar_width: 24 }), Box::new(report::Tags { most: 3 })];
    let defaults =
        ["round(price * (1 + tax) * 100) / 100", "if(stock < reorder_at, discounted(price), price)", "price / stock"].map(String::from);
    for text in if formulas.is_empty() { &defaults } else { formulas } {
        sections.push(Box::new(report::Column::new(text, &functions)?));
    }
    sections.push(Box::new(report::Rejected));

    let report = Report { items: &items, sections };
    print!("{report}");
    Ok(())
}

fn main() -> ExitCode {
    let formulas: Vec<String> = std::env::args().skip(1).collect();
    match run(&formulas) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stockroom: {error}");
            ExitCode::FAILURE
        }
    }
}
