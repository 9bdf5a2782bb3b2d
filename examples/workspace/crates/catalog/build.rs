//! Generates the `Category` enum and its tables from `data/categories.txt`.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

fn main() {
    let source = "data/categories.txt";
    println!("cargo:rerun-if-changed={source}");
    let text = fs::read_to_string(source).expect("the list of categories");
    let rows: Vec<[&str; 3]> = text
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(|l| l.split_whitespace().collect::<Vec<_>>().try_into().expect("three columns"))
        .collect();

    let variant = |name: &str| name[..1].to_uppercase() + &name[1..];
    let mut code = String::from(
        "/// What kind of thing an item is.\n#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum Category {\n",
    );
    for [name, ..] in &rows {
        writeln!(code, "    {},", variant(name)).unwrap();
    }
    writeln!(code, "}}\n\npub static CATEGORIES: [CategoryInfo; {}] = [", rows.len()).unwrap();
    for [name, unit, tax] in &rows {
        writeln!(code, "    CategoryInfo {{ category: Category::{}, name: {name:?}, unit: {unit:?}, tax_percent: {tax} }},", variant(name))
            .unwrap();
    }
    code.push_str("];\n");
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("categories.rs"), code).expect("writing the generated code");
    println!("cargo:rustc-env=CATALOG_CATEGORIES={}", rows.len());
}
