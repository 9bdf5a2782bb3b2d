//! The items of a stockroom.

use formula::Scope;
use records::{Cell, Record};

/// What is known of a category.
#[derive(Debug)]
pub struct CategoryInfo {
    pub category: Category,
    pub name: &'static str,
    pub unit: &'static str,
    pub tax_percent: u32,
}

include!(concat!(env!("OUT_DIR"), "/categories.rs"));

/// How many categories the build script found.
pub const CATEGORY_COUNT: &str = env!("CATALOG_CATEGORIES");

impl Category {
    pub fn info(self) -> &'static CategoryInfo {
        &CATEGORIES[self as usize]
    }
}

impl Cell for Category {
    fn read(text: &str) -> Result<Self, String> {
        let known = || CATEGORIES.iter().map(|c| c.name).collect::<Vec<_>>().join(", ");
        CATEGORIES.iter().find(|c| c.name == text).map(|c| c.category).ok_or_else(|| format!("not one of {}", known()))
    }
    fn write(&self) -> String {
        self.info().name.to_owned()
    }
}

#[derive(Debug, Clone, PartialEq, Record)]
pub struct Item {
    pub name: String,
    pub category: Category,
    pub price: f64,
    pub stock: u32,
    pub reorder_at: Option<u32>,
    pub tags: Vec<String>,
}

impl Item {
    pub fn value(&self) -> f64 {
        self.price * f64::from(self.stock)
    }

    pub fn needs_reorder(&self) -> bool {
        self.reorder_at.is_some_and(|limit| self.stock <= limit)
    }
}

/// Formulas see an item's numbers by name.
impl Scope for Item {
    type Value = f64;
    fn value(&self, name: &str) -> Option<f64> {
        Some(match name {
            "price" => self.price,
            "stock" => self.stock.into(),
            "reorder_at" => self.reorder_at?.into(),
            "tax" => f64::from(self.category.info().tax_percent) / 100.0,
            "tags" => self.tags.len() as f64,
            _ => return None,
        })
    }
}
