//! Judges rules by one field's value, remembered.
//!
//! A rule that wants a certain user agent or a certain kind of identity, whatever the API, is a
//! candidate for every record. But an account knows few user agents, and a session writes the same
//! identity into all of its records; what a rule makes of one is asked once and remembered.

use std::cell::RefCell;

use hashbrown::HashMap;
use sigma::event::{Step, Value};
use sigma::{FieldPath, Known, Partial, Rule};

use crate::cloudtrail::Json;
use crate::cloudtrail::event::below;

/// How many bytes of values are remembered before all are forgotten.
const REMEMBERED: usize = 8 << 20;

/// The longest value that is remembered, in bytes.
const LONGEST: usize = 4 << 10;

/// What is remembered about a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Where its verdicts are.
    verdicts: u32,
    /// Stands for the value, and never for another one.
    pub(crate) number: u32,
}

/// A field of few values, with the derived fields that may follow from it alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gated {
    pub(crate) field: &'static str,
    pub(crate) derived: &'static [&'static str],
    pub(crate) derive: for<'a> fn(Option<Json<'a>>, &str) -> Known<'a>,
}

/// What is remembered about one top-level field.
#[derive(Debug)]
pub(crate) struct Gate {
    gated: Gated,
    /// For each rule, whether it asks about the field or about something in it, whatever the API. Where a
    /// rule names its API, it is asked so seldom that to ask it is cheaper than to remember.
    asked: Box<[bool]>,
    values: HashMap<Box<str>, Look>,
    /// How many values were ever seen.
    count: u32,
    /// How many bytes the values have.
    bytes: usize,
    /// The different verdicts, for each rule one: no record with such a value matches, or all do, or
    /// it depends on the rest of the record.
    verdicts: Vec<Box<[Option<bool>]>>,
}

impl Gate {
    pub(crate) fn new(gated: Gated, rules: &[Rule]) -> Self {
        let concerns = |path: &FieldPath| gated.is_inside(path) || gated.is_derived(path);
        Self {
            gated,
            asked: rules
                .iter()
                .map(|rule| rule.fields().any(concerns) && rule.could_match(&StrangeApi))
                .collect(),
            values: HashMap::new(),
            count: 0,
            bytes: 0,
            verdicts: Vec::new(),
        }
    }

    /// Whether the rule at this place asks about the field at all.
    #[inline]
    pub(crate) fn concerns(&self, rule: usize) -> bool {
        self.asked[rule]
    }

    /// The top-level field that is judged by.
    pub(crate) fn field(&self) -> &'static str {
        self.gated.field
    }

    /// What the gate says of a record with this in the field; `None` if every rule must be asked.
    pub(crate) fn look(&mut self, found: Option<Json<'_>>, rules: &[Rule]) -> Option<Look> {
        let text = found.map_or("", Json::raw);
        if let Some(at) = self.values.get(text) {
            return Some(*at);
        }
        if text.len() > LONGEST {
            return None;
        }
        if self.bytes + text.len() > REMEMBERED {
            self.values.clear();
            self.bytes = 0;
        }
        let look = Look {
            verdicts: self.judge(found, rules),
            number: self.count,
        };
        // After as many values as there are numbers nothing more is remembered.
        self.count = self.count.checked_add(1)?;
        self.values.insert(text.into(), look);
        self.bytes += text.len();
        Some(look)
    }

    /// What is known of the rule at this place.
    #[inline]
    pub(crate) fn verdict(&self, look: Look, rule: usize) -> Option<bool> {
        self.verdicts[look.verdicts as usize][rule]
    }

    #[cold]
    fn judge(&mut self, found: Option<Json<'_>>, rules: &[Rule]) -> u32 {
        let only = Only {
            gated: self.gated,
            found,
            told: RefCell::default(),
        };
        let asked = self.asked.iter().zip(rules);
        let verdict: Box<[_]> = asked
            .map(|(asked, rule)| asked.then(|| rule.verdict(&only)).flatten())
            .collect();
        let known = self.verdicts.iter().position(|known| *known == verdict);
        let at = known.unwrap_or_else(|| {
            self.verdicts.push(verdict);
            self.verdicts.len() - 1
        });
        at as u32
    }
}

impl Gated {
    fn is_inside(self, path: &FieldPath) -> bool {
        matches!(path.steps().first(), Some(Step::Key(name)) if name == self.field)
    }

    fn is_derived(self, path: &FieldPath) -> bool {
        self.derived.contains(&path.as_str())
    }
}

/// An event of an API that nobody has heard of.
struct StrangeApi;

impl Partial for StrangeApi {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        match path.as_str() {
            "eventName" | "trailhound.eventName" => Known::Value(Value::Str("\u{1}".into())),
            _ => Known::Unknown,
        }
    }
}

/// An event of which one top-level field is known, and so all that is in it.
struct Only<'a> {
    gated: Gated,
    found: Option<Json<'a>>,
    /// What was told already: hundreds of rules ask for the same few paths.
    told: RefCell<Vec<(FieldPath, Known<'a>)>>,
}

impl<'a> Only<'a> {
    fn tell(&self, path: &FieldPath) -> Known<'a> {
        if self.gated.is_derived(path) {
            return (self.gated.derive)(self.found, path.as_str());
        }
        let inside = self.found.and_then(|json| below(json, &path.steps()[1..]));
        inside.map_or(Known::Absent, Known::Value)
    }
}

impl Partial for Only<'_> {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        if !self.gated.is_inside(path) && !self.gated.is_derived(path) {
            return Known::Unknown;
        }
        let mut told = self.told.borrow_mut();
        if let Some((_, known)) = told.iter().find(|(asked, _)| asked == path) {
            return known.clone();
        }
        let known = self.tell(path);
        told.push((path.clone(), known.clone()));
        known
    }
}
