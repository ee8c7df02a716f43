//! Which events a rule can match at all, as far as their source and name decide.
//!
//! The rule itself is asked, so that whatever the language offers (wildcards, `not`, `1 of them`)
//! counts: is there an event with this source and this name that could match?

use std::borrow::Cow;
use std::collections::BTreeSet;

use sigma::{FieldPath, Known, Partial, Rule, Value};

use super::line::Line;
use crate::apis::{self, Parameters};
use crate::plain_name;

/// The events that a rule can match.
pub(super) struct Reach<'l> {
    /// The sources that can.
    sources: Vec<&'l str>,
    /// Those that it names, for whatever purpose.
    mentioned: Vec<&'l str>,
    /// The events of the former that can.
    events: Vec<(&'l str, &'l str)>,
    /// Whether events that nobody lists can.
    open: bool,
}

impl<'l> Reach<'l> {
    pub(super) fn of(rule: &'l Rule, lines: &'l [Line]) -> Self {
        let could =
            |source: &'l str, name: Option<&'l str>| rule.could_match(&Sketch { source, name });
        let sources: Vec<_> = sources(lines)
            .filter(|source| could(source, None))
            .collect();
        let mut events = Vec::new();
        // Insights have neither source nor name but in their details.
        let mut fields = lines.iter().flat_map(Line::fields);
        let mut open = fields.any(|field| field.starts_with("insightDetails."));
        for source in &sources {
            open |= apis::is_open(source) && could(source, Some("AnEventThatNobodyLists"));
            for name in names(source, lines) {
                if could(source, Some(name)) {
                    events.push((*source, name));
                }
            }
        }
        Self {
            sources,
            mentioned: mentioned(lines).collect(),
            events,
            open,
        }
    }

    /// Whether no event is known that the rule could match.
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty() && !self.open
    }

    /// The sources of events that the rule could match, and those it only mentions, to exclude some
    /// of their events.
    pub(super) fn sources(&self) -> Vec<&str> {
        let reached = self.sources.iter().chain(&self.mentioned);
        let unique: BTreeSet<_> = reached.copied().collect();
        unique.into_iter().collect()
    }

    /// The parameters of all these events; `None` if those of any are not known.
    pub(super) fn parameters(&self) -> Option<Vec<&'static Parameters>> {
        let all = self
            .events
            .iter()
            .map(|(source, name)| apis::parameters(source, name));
        if self.open { None } else { all.collect() }
    }
}

/// The sources that CloudTrail is known to write, and those of the rule that are spelled otherwise.
fn sources(lines: &[Line]) -> impl Iterator<Item = &str> {
    apis::sources()
        .map(|source| -> &str { source })
        .chain(mentioned(lines))
}

/// The known sources that the rule names.
fn mentioned(lines: &[Line]) -> impl Iterator<Item = &str> {
    let asked = lines.iter().filter(|line| line.asks("eventSource"));
    asked
        .flat_map(Line::literals)
        .filter(|source| apis::is_source(source))
}

/// The names that events of `source` can have: those listed, and those of the rule that fit it, be it
/// with a version or because the source is open.
fn names<'l>(source: &'l str, lines: &'l [Line]) -> impl Iterator<Item = &'l str> {
    let named = lines.iter().filter(|line| line.asks("eventName"));
    let written = named.flat_map(Line::literals);
    let known = written.filter(move |name| apis::knows(source, name));
    let listed = apis::events(source).map(|name| -> &'l str { name });
    listed.chain(known)
}

/// An event of which only source and name are known.
struct Sketch<'a> {
    source: &'a str,
    name: Option<&'a str>,
}

impl Partial for Sketch<'_> {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        let value = |text| Known::Value(Value::Str(Cow::Borrowed(text)));
        match (path.as_str(), self.name) {
            ("eventSource", _) => value(self.source),
            ("eventName", Some(name)) => value(name),
            ("trailhound.eventName", Some(name)) => value(plain_name(name)),
            _ => Known::Unknown,
        }
    }
}
