//! Passes over rules by one field's value, remembered.
//!
//! A rule that wants a certain user agent, whatever the API, is a candidate for every record. But an
//! account knows few user agents; whether a rule can match one is asked once and remembered.

use hashbrown::HashMap;
use sigma::{FieldPath, Known, Partial, Rule};

use crate::cloudtrail::Json;
use crate::cloudtrail::event::value;

/// How many values are remembered before all are forgotten.
const REMEMBERED: usize = 65_536;

/// The longest value that is remembered, in bytes.
const LONGEST: usize = 512;

/// What is remembered about one field.
#[derive(Debug)]
pub(crate) struct Gate {
    path: FieldPath,
    /// For each rule, whether it asks about the field.
    asked: Box<[bool]>,
    /// For each value, as written, where its verdicts are.
    values: HashMap<Box<str>, usize>,
    /// The different verdicts: for each rule, whether it can match.
    verdicts: Vec<Box<[bool]>>,
}

/// What a gate says of one record's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdicts {
    /// They are here.
    At(usize),
    /// Every rule must be asked in full.
    Open,
}

impl Gate {
    pub(crate) fn new(path: &str, rules: &[Rule]) -> Self {
        let path = FieldPath::new(path);
        let asked = rules
            .iter()
            .map(|rule| rule.fields().any(|field| *field == path))
            .collect();
        Self {
            path,
            asked,
            values: HashMap::new(),
            verdicts: Vec::new(),
        }
    }

    /// Whether the rule at this place asks about the field at all.
    #[inline]
    pub(crate) fn concerns(&self, rule: usize) -> bool {
        self.asked[rule]
    }

    /// What the gate says of a record with this in the field.
    pub(crate) fn look(&mut self, found: Option<Json<'_>>, rules: &[Rule]) -> Verdicts {
        let text = found.map_or("", Json::raw);
        if let Some(at) = self.values.get(text) {
            return Verdicts::At(*at);
        }
        if text.len() > LONGEST {
            return Verdicts::Open;
        }
        if self.values.len() >= REMEMBERED {
            self.values.clear();
        }
        let at = self.judge(found, rules);
        self.values.insert(text.into(), at);
        Verdicts::At(at)
    }

    /// Whether the rule at this place can match.
    #[inline]
    pub(crate) fn lets_pass(&self, verdicts: Verdicts, rule: usize) -> bool {
        match verdicts {
            Verdicts::At(at) => self.verdicts[at][rule],
            Verdicts::Open => true,
        }
    }

    #[cold]
    fn judge(&mut self, found: Option<Json<'_>>, rules: &[Rule]) -> usize {
        let only = Only {
            path: &self.path,
            found,
        };
        let asked = self.asked.iter().zip(rules);
        let verdict: Box<[bool]> = asked
            .map(|(asked, rule)| !asked || rule.could_match(&only))
            .collect();
        self.verdicts
            .iter()
            .position(|known| *known == verdict)
            .unwrap_or_else(|| {
                self.verdicts.push(verdict);
                self.verdicts.len() - 1
            })
    }
}

/// An event of which one field is known.
struct Only<'a> {
    path: &'a FieldPath,
    found: Option<Json<'a>>,
}

impl Partial for Only<'_> {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        if path != self.path {
            return Known::Unknown;
        }
        self.found
            .map_or(Known::Absent, |json| Known::Value(value(json)))
    }
}
