//! Judges rules by one field's value, remembered.
//!
//! A rule that wants a certain user agent or a certain kind of identity, whatever the API, is a
//! candidate for every record. But an account knows few user agents, and a session writes the same
//! identity into all of its records; what a rule makes of one is asked once and remembered.

use std::cell::RefCell;
use std::sync::Arc;

use hashbrown::HashMap;
use sigma::event::{Step, Value};
use sigma::{FieldPath, Known, Partial, Rule};

use crate::cloudtrail::event::below;
use crate::cloudtrail::{Json, Record};
use crate::recent::Recent;

/// How many bytes of values are remembered before all are forgotten.
const REMEMBERED: usize = 8 << 20;

/// The longest value that is remembered, in bytes.
const LONGEST: usize = 4 << 10;

/// How many kinds of values are told apart; CloudTrail knows ten types of identities.
const KINDS: usize = 64;

/// What is remembered about a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Where its verdicts are.
    pub(crate) verdicts: u32,
    /// Stands for the value, and never for another one.
    pub(crate) number: u32,
    /// Stands for what [`Gated::kind`] reads from the value; `None` if that is one too many.
    pub(crate) kind: Option<u8>,
}

/// A field of few values, with the derived fields that may follow from it alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gated {
    pub(crate) field: &'static str,
    pub(crate) read: for<'a> fn(&Record<'a>) -> Option<Json<'a>>,
    /// What of the value everything may depend on, though it is asked for by no gate.
    pub(crate) kind: for<'a> fn(Json<'a>) -> Option<Json<'a>>,
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
    recent: Recent<Look>,
    values: HashMap<Arc<str>, Look>,
    /// How many values were ever seen.
    count: u32,
    /// How many bytes the values have.
    bytes: usize,
    /// The different verdicts, for each rule one: no record with such a value matches, or all do, or
    /// it depends on the rest of the record.
    verdicts: Vec<Box<[Option<bool>]>>,
    /// The different kinds.
    kinds: Vec<Box<str>>,
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
            recent: Recent::default(),
            values: HashMap::new(),
            count: 0,
            bytes: 0,
            verdicts: Vec::new(),
            kinds: Vec::new(),
        }
    }

    /// What the gate says of `record`; `None` if every rule must be asked.
    #[inline]
    pub(crate) fn look(&mut self, record: &Record<'_>, rules: &[Rule]) -> Option<Look> {
        let found = (self.gated.read)(record);
        let text = found.map_or("", Json::raw);
        if let Some(look) = self.recent.get(text) {
            return Some(look);
        }
        self.look_further(text, found, rules)
    }

    fn look_further(
        &mut self,
        text: &str,
        found: Option<Json<'_>>,
        rules: &[Rule],
    ) -> Option<Look> {
        if let Some((text, look)) = self.values.get_key_value(text) {
            self.recent.put(Arc::clone(text), *look);
            return Some(*look);
        }
        if text.len() > LONGEST {
            return None;
        }
        if self.bytes + text.len() > REMEMBERED {
            self.values.clear();
            self.recent.clear();
            self.bytes = 0;
        }
        let look = Look {
            verdicts: self.judge(found, rules),
            number: self.count,
            kind: self.kind(found),
        };
        // After as many values as there are numbers nothing more is remembered.
        self.count = self.count.checked_add(1)?;
        let text: Arc<str> = text.into();
        self.recent.put(Arc::clone(&text), look);
        self.bytes += text.len();
        self.values.insert(text, look);
        Some(look)
    }

    /// What the verdicts that a look has found say of the rule at this place.
    pub(crate) fn verdict(&self, verdicts: u32, rule: usize) -> Option<bool> {
        self.verdicts[verdicts as usize][rule]
    }

    /// What stands for the kind of the value `found`.
    fn kind(&mut self, found: Option<Json<'_>>) -> Option<u8> {
        let kind = found.and_then(self.gated.kind).map_or("", Json::raw);
        let known = self.kinds.iter().position(|known| **known == *kind);
        let at = known.unwrap_or(self.kinds.len());
        if known.is_none() && at < KINDS {
            self.kinds.push(kind.into());
        }
        u8::try_from(at).ok().filter(|_| at < KINDS)
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
    /// What was told already, by the place of the path in memory: hundreds of rules ask for the same few
    /// paths, which a rule set holds once.
    told: RefCell<Vec<(*const FieldPath, Known<'a>)>>,
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
        let mut told = self.told.borrow_mut();
        if let Some((_, known)) = told.iter().find(|(asked, _)| std::ptr::eq(*asked, path)) {
            return known.clone();
        }
        let concerns = self.gated.is_inside(path) || self.gated.is_derived(path);
        let known = if concerns {
            self.tell(path)
        } else {
            Known::Unknown
        };
        told.push((path, known.clone()));
        known
    }
}
