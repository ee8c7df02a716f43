//! Judges rules by one field's value, remembered.
//!
//! A rule that wants a certain user agent or a certain kind of identity, whatever the API, is a
//! candidate for every record. But an account knows few user agents, and a session writes the same
//! identity into all of its records; what a rule makes of one is asked once and remembered.

use std::cell::OnceCell;
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

/// How many classes of values are told apart; an account sees some dozens.
const CLASSES: usize = 4096;

/// What is remembered about a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Stands for the class of the value.
    pub(crate) class: u32,
    /// Stands for the value, and never for another one.
    pub(crate) number: u32,
}

/// A field of few values, with the derived fields that may follow from it alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gated {
    pub(crate) field: &'static str,
    pub(crate) read: for<'a> fn(&Record<'a>) -> Option<Json<'a>>,
    pub(crate) derived: &'static [&'static str],
    /// What a value tells of each of the derived fields.
    pub(crate) derive: for<'a> fn(Option<Json<'a>>) -> Vec<Known<'a>>,
    /// Which of its members and derived fields have few values, so that they tell classes apart.
    pub(crate) telling: &'static [&'static str],
}

/// What values have in common that are alike to all rules, as far as a gate looks.
#[derive(Debug, PartialEq)]
struct Class {
    /// For each rule that is asked: no record with such a value matches, or all do, or it depends on the
    /// rest of the record.
    verdicts: Box<[Option<bool>]>,
    /// What is known of each of the telling fields.
    told: Box<[Known<'static>]>,
}

/// What is remembered about one top-level field.
#[derive(Debug)]
pub(crate) struct Gate {
    gated: Gated,
    telling: Box<[FieldPath]>,
    places: Places,
    /// The rules that ask about the field or about something in it, whatever the API. Where a rule
    /// names its API, it is asked so seldom that to ask it is cheaper than to remember.
    asked: Box<[u32]>,
    recent: Recent<Look>,
    values: HashMap<Arc<str>, Look>,
    /// How many values were ever seen.
    count: u32,
    /// How many bytes the values have.
    bytes: usize,
    classes: Vec<Class>,
}

impl Gate {
    pub(crate) fn new(gated: Gated, rules: &[Rule]) -> Self {
        let concerns = |path: &FieldPath| gated.is_inside(path) || gated.is_derived(path);
        let asks = |rule: &Rule| rule.fields().any(concerns) && rule.could_match(&STRANGE_API);
        let asked = rules.iter().zip(0..).filter(|(rule, _)| asks(rule));
        let asked: Box<[u32]> = asked.map(|(_, at)| at).collect();
        let paths = asked.iter().flat_map(|at| rules[*at as usize].fields());
        let mut places = Places::new();
        for path in paths.filter(|path| concerns(path)) {
            let next = places.len();
            places.entry(address(path)).or_insert(next);
        }
        let telling = gated.telling.iter();
        Self {
            gated,
            telling: telling.map(|path| FieldPath::new(path)).collect(),
            places,
            asked,
            recent: Recent::default(),
            values: HashMap::new(),
            count: 0,
            bytes: 0,
            classes: Vec::new(),
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
            class: self.class(found, rules)?,
            number: self.count,
        };
        // After as many values as there are numbers nothing more is remembered.
        self.count = self.count.checked_add(1)?;
        let text: Arc<str> = text.into();
        self.recent.put(Arc::clone(&text), look);
        self.bytes += text.len();
        self.values.insert(text, look);
        Some(look)
    }

    /// What the class says of the rule at this place.
    pub(crate) fn verdict(&self, class: u32, rule: u32) -> Option<bool> {
        let at = self.asked.binary_search(&rule).ok()?;
        self.classes[class as usize].verdicts[at]
    }

    /// What the class says of the field at `path`, if that is a telling one.
    pub(crate) fn told(&self, class: u32, path: &str) -> Option<&Known<'static>> {
        let at = self.gated.telling.iter().position(|field| *field == path)?;
        Some(&self.classes[class as usize].told[at])
    }

    /// The class of the value `found`; `None` if that is one too many.
    #[cold]
    fn class(&mut self, found: Option<Json<'_>>, rules: &[Rule]) -> Option<u32> {
        let only = Only {
            gated: self.gated,
            found,
            derived: OnceCell::new(),
            places: &self.places,
            told: (0..self.places.len()).map(|_| OnceCell::new()).collect(),
        };
        let asked = self.asked.iter();
        let telling = self.telling.iter();
        let class = Class {
            verdicts: asked
                .map(|rule| rules[*rule as usize].verdict(&only))
                .collect(),
            told: telling.map(|path| only.tell(path).into_owned()).collect(),
        };
        let known = self.classes.iter().position(|known| *known == class);
        let at = known.unwrap_or(self.classes.len());
        if known.is_none() {
            if at >= CLASSES {
                return None;
            }
            self.classes.push(class);
        }
        Some(at as u32)
    }
}

impl Gated {
    fn is_inside(self, path: &FieldPath) -> bool {
        matches!(path.steps().first(), Some(Step::Key(name)) if name == self.field)
    }

    fn is_derived(self, path: &FieldPath) -> bool {
        self.place(path).is_some()
    }

    /// The place of a derived field among its like.
    fn place(self, path: &FieldPath) -> Option<usize> {
        let mut fields = self.derived.iter();
        fields.position(|field| *field == path.as_str())
    }
}

/// An event of which only this is known: that these fields hold something that nobody has heard of.
pub(crate) struct Strange(pub(crate) &'static [&'static str]);

/// An event of a strange API.
const STRANGE_API: Strange = Strange(&["eventName", "trailhound.eventName"]);

impl Partial for Strange {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        if self.0.contains(&path.as_str()) {
            Known::Value(Value::Str("\u{1}".into()))
        } else {
            Known::Unknown
        }
    }
}

/// The paths that rules ask for and that a field's value answers, by their place in memory: hundreds of
/// rules ask for the same few paths, which a rule set holds once. To whatever else is asked, the value has
/// no answer.
type Places = HashMap<usize, usize>;

fn address(path: &FieldPath) -> usize {
    std::ptr::from_ref(path).addr()
}

/// An event of which one top-level field is known, and so all that is in it.
struct Only<'a> {
    gated: Gated,
    found: Option<Json<'a>>,
    /// What the value tells of the derived fields.
    derived: OnceCell<Vec<Known<'a>>>,
    places: &'a Places,
    /// What was told already, of each path.
    told: Box<[OnceCell<Known<'a>>]>,
}

impl<'a> Only<'a> {
    fn tell(&self, path: &FieldPath) -> Known<'a> {
        if let Some(place) = self.gated.place(path) {
            let derived = self.derived.get_or_init(|| (self.gated.derive)(self.found));
            return derived.get(place).cloned().unwrap_or(Known::Unknown);
        }
        let inside = self.found.and_then(|json| below(json, &path.steps()[1..]));
        inside.map_or(Known::Absent, Known::Value)
    }
}

impl Partial for Only<'_> {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        let Some(place) = self.places.get(&address(path)) else {
            return Known::Unknown;
        };
        self.told[*place].get_or_init(|| self.tell(path)).clone()
    }
}
