//! What things cost, as data: `data/prices.txt`, or a file of the user's own in the same form.

use std::collections::BTreeMap;

/// The table that the program brings.
const BUILT_IN: &str = include_str!("../data/prices.txt");

/// Prices, with where and when they held.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    /// When they were looked up, as `2025-06`.
    pub date: String,
    /// Where they hold.
    pub region: String,
    items: BTreeMap<String, Price>,
}

/// What one kind of thing costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Dollars
    pub dollars: f64,
    /// for so many units.
    pub per: f64,
    /// So many a month cost nothing.
    pub free: f64,
}

/// A table that cannot be read: the line, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceError {
    /// The first line is 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for PriceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for PriceError {}

impl Prices {
    /// The table that the program brings.
    #[must_use]
    pub fn built_in() -> Self {
        // A test reads it.
        Self::parse(BUILT_IN).unwrap_or_else(|_| Self {
            date: String::new(),
            region: String::new(),
            items: BTreeMap::new(),
        })
    }

    /// Reads a table: `name price per free` on each line, `date` and `region` once.
    ///
    /// # Errors
    /// [`PriceError`] for a line that is none of these, or a date or region that is missing.
    pub fn parse(text: &str) -> Result<Self, PriceError> {
        let (mut date, mut region, mut items) = (None, None, BTreeMap::new());
        for (at, line) in text.lines().enumerate() {
            let words: Vec<_> = line.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["date", text] => date = Some((*text).to_owned()),
                ["region", text] => region = Some((*text).to_owned()),
                [name, dollars, per, free] => {
                    let price = price(dollars, per, free).ok_or_else(|| PriceError {
                        line: at + 1,
                        what: "the price, the number of units and the free ones should be numbers"
                            .to_owned(),
                    })?;
                    items.insert((*name).to_owned(), price);
                }
                _ => {
                    return Err(PriceError {
                        line: at + 1,
                        what: "write `name price per free`".to_owned(),
                    });
                }
            }
        }
        let missing = |what: &str| PriceError {
            line: text.lines().count(),
            what: format!("there is no `{what}`"),
        };
        Ok(Self {
            date: date.ok_or_else(|| missing("date"))?,
            region: region.ok_or_else(|| missing("region"))?,
            items,
        })
    }

    /// What `units` of `name` cost in a month; `None` if there is no such price.
    #[must_use]
    pub fn of(&self, name: &str, units: f64) -> Option<f64> {
        let price = self.items.get(name)?;
        Some((units - price.free).max(0.0) / price.per * price.dollars)
    }

    /// The same prices without anything for nothing: for an account that uses its free units elsewhere.
    #[must_use]
    pub fn without_free(mut self) -> Self {
        self.items.values_mut().for_each(|price| price.free = 0.0);
        self
    }
}

fn price(dollars: &str, per: &str, free: &str) -> Option<Price> {
    let number = |text: &str| {
        text.parse::<f64>()
            .ok()
            .filter(|number| number.is_finite() && *number >= 0.0)
    };
    Some(Price {
        dollars: number(dollars)?,
        per: number(per).filter(|per| *per > 0.0)?,
        free: number(free)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_that_we_bring_can_be_read() {
        let prices = Prices::parse(BUILT_IN).unwrap();
        assert_eq!(prices, Prices::built_in());
        assert!(prices.items.len() > 15);
    }

    #[test]
    fn free_units_cost_nothing() {
        let prices = Prices::parse("date 2025-06\nregion x\nsqs 0.4 1000000 1000000").unwrap();
        assert_eq!(prices.of("sqs", 900_000.0), Some(0.0));
        assert_eq!(prices.of("sqs", 3_000_000.0), Some(0.8));
        assert_eq!(prices.of("nothing", 1.0), None);
        assert_eq!(prices.without_free().of("sqs", 1_000_000.0), Some(0.4));
    }

    #[test]
    fn a_table_that_cannot_be_read_says_where() {
        for (text, line) in [
            ("date x\nregion y\nsqs cheap 1 0", 3),
            ("date x\nregion y\nsqs 1 0 0", 3),
            ("sqs 1", 1),
            ("date x\nsqs 1 1 0", 2),
        ] {
            assert_eq!(Prices::parse(text).unwrap_err().line, line, "{text}");
        }
    }
}
