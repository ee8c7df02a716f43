//! A filter: what is excluded from rules, who vouches for it, why, and until when.
//!
//! Invariants: a filter never changes a rule; what it suppresses has matched and can be counted. A
//! filter that a caller can satisfy by what it says of itself alone is refused.
//!
//! Source: Sigma specification 2.1, "Sigma filters": the condition of the filter is joined to that of
//! the rule by *and*, so it usually reads `not selection`.

use jiff::civil::Date;

use crate::condition::{Condition, Parts, wanted};
use crate::detection::{Detection, Section};
use crate::error::Problem;
use crate::event::{Event, FieldPath};
use crate::header::{self, Header};
use crate::item::Item;
use crate::location::Location;
use crate::report::{Fields, Report};
use crate::rule::{LogSource, Rule, logsource};
use crate::selection::{Body, Reader, Selection};
use crate::yaml::Node;

/// The field that callers fill in as they like, wherever it stands.
const FORGEABLE: &str = "userAgent";
/// What Trailhound derives from that field.
const DERIVED: &str = "trailhound.tool";

/// An exclusion, kept beside the rules.
#[derive(Debug, Clone)]
pub struct Filter {
    header: Header,
    logsource: Option<LogSource>,
    targets: Targets,
    pub(crate) detection: Detection,
    vouched: Vouched,
    expired: bool,
}

/// Which rules a filter is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// All whose logsource fits.
    Any,
    /// Those with one of these ids or names.
    Named(Vec<String>),
}

/// Who answers for an exclusion; from the key `trailhound` of the document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vouched {
    /// Who.
    pub owner: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
}

const FILTER: Section = Section {
    name: "filter",
    condition: "filter.condition",
    others: &["rules"],
};

impl Filter {
    /// What every document says about itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Its globally unique id.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.header.id()
    }

    /// What it excludes, in a few words.
    #[must_use]
    pub fn title(&self) -> &str {
        self.header.title()
    }

    /// Where the document begins.
    #[must_use]
    pub fn location(&self) -> &Location {
        self.header.location()
    }

    /// Which rules it is for.
    #[must_use]
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// Who answers for it, why, and until when.
    #[must_use]
    pub fn vouched(&self) -> &Vouched {
        &self.vouched
    }

    /// Whether its last day has passed, and so it suppresses nothing; known only after
    /// [`RuleSet::set_today`](crate::RuleSet::set_today).
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.expired
    }

    /// Whether it excludes what `rule` finds.
    #[must_use]
    pub fn applies_to(&self, rule: &Rule) -> bool {
        let named = match &self.targets {
            Targets::Any => true,
            Targets::Named(names) => names.iter().any(|name| rule.header().is_called(name)),
        };
        named
            && self
                .logsource
                .as_ref()
                .is_none_or(|mine| mine.covers(rule.logsource()))
    }

    /// Whether it suppresses `event`, had a rule matched it.
    #[must_use]
    pub fn suppresses(&self, event: &impl Event) -> bool {
        !self.expired && !self.detection.matches(event)
    }

    pub(crate) fn set_today(&mut self, today: Date) {
        self.expired = self.vouched.until.is_some_and(|until| until < today);
    }
}

/// Reads a filter; `None` if anything in it is wrong, and then the report says what.
pub(crate) fn read(root: &Node, report: &mut Report, fields: &mut Fields) -> Option<Filter> {
    let before = report.len();
    let header = header::read(root, report);
    let logsource = logsource(root, report);
    let node = root.get("filter")?;
    let targets = targets(node, report);
    let detection = Reader {
        report: &mut *report,
        fields,
    }
    .detection(node, FILTER);
    if let Some(detection) = &detection {
        check(detection, report);
    }
    let vouched = vouched(root, report);
    if report.len() > before {
        return None;
    }
    Some(Filter {
        header: header?,
        logsource,
        targets: targets?,
        detection: detection?,
        vouched,
        expired: false,
    })
}

fn targets(node: &Node, report: &mut Report) -> Option<Targets> {
    let Some(value) = node.get("rules").filter(|value| !value.is_null()) else {
        let (key, example) = ("filter.rules", "`rules: any`, or a list of rule ids");
        report.add(node.at, Problem::Missing { key, example });
        return None;
    };
    if value
        .text()
        .is_some_and(|text| text.eq_ignore_ascii_case("any"))
    {
        return Some(Targets::Any);
    }
    let names: Vec<_> = header::texts(node, "rules", report)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    if names.is_empty() {
        report.add(value.at, Problem::NoValues("filter.rules".to_owned()));
        return None;
    }
    Some(Targets::Named(names))
}

fn vouched(root: &Node, report: &mut Report) -> Vouched {
    let Some(node) = root.get("trailhound") else {
        return Vouched::default();
    };
    let until = header::text(node, "until", report);
    let date = until.as_deref().and_then(header::parse_date);
    if let (Some(text), None) = (until, date) {
        let at = node.get("until").map_or(node.at, |value| value.at);
        report.add(at, Problem::BadDate(text));
    }
    Vouched {
        owner: header::text(node, "owner", report),
        reason: header::text(node, "reason", report),
        until: date,
    }
}

fn check(detection: &Detection, report: &mut Report) {
    let [condition] = detection.conditions.as_slice() else {
        report.add(detection.condition_at, Problem::FilterConditions);
        return;
    };
    if reach(condition, &detection.selections).can_be_false {
        report.add(
            detection.condition_at,
            Problem::ForgeableFilter(FORGEABLE.to_owned()),
        );
    }
}

/// What whoever chooses only the forgeable fields can make of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reach {
    can_be_true: bool,
    can_be_false: bool,
}

impl Reach {
    fn not(self) -> Self {
        Self {
            can_be_true: self.can_be_false,
            can_be_false: self.can_be_true,
        }
    }

    /// At least `wanted` of these.
    fn at_least(wanted: usize, parts: &[Self]) -> Self {
        let true_parts = parts.iter().filter(|part| part.can_be_true).count();
        let false_parts = parts.iter().filter(|part| part.can_be_false).count();
        Self {
            can_be_true: true_parts >= wanted,
            can_be_false: wanted > 0 && false_parts + wanted > parts.len(),
        }
    }
}

fn reach(condition: &Condition, selections: &[Selection]) -> Reach {
    let of = |parts: &Parts| -> Vec<_> {
        parts
            .parts
            .iter()
            .map(|part| reach(part, selections))
            .collect()
    };
    match condition {
        Condition::Selection(index) => reach_of_body(&selections[*index].body),
        Condition::Not(inner) => reach(inner, selections).not(),
        Condition::All(parts) => Reach::at_least(parts.parts.len(), &of(parts)),
        Condition::Any(parts) => Reach::at_least(1, &of(parts)),
        Condition::Count {
            quantifier,
            selections: counted,
            ..
        } => {
            let parts: Vec<_> = counted
                .iter()
                .map(|index| reach_of_body(&selections[*index].body))
                .collect();
            Reach::at_least(wanted(quantifier, parts.len()), &parts)
        }
    }
}

fn reach_of_body(body: &Body) -> Reach {
    match body {
        Body::All(lines) => {
            let parts: Vec<_> = lines.items.iter().map(|item| reach_of_item(item)).collect();
            Reach::at_least(parts.len(), &parts)
        }
        Body::Any(parts) => {
            let parts: Vec<_> = parts.iter().map(reach_of_body).collect();
            Reach::at_least(1, &parts)
        }
    }
}

/// Keywords look into forgeable text too, so they are as easily satisfied.
fn reach_of_item(item: &Item) -> Reach {
    let forgeable = item.field.as_deref().is_none_or(is_forgeable);
    Reach {
        can_be_true: forgeable,
        can_be_false: forgeable && item.field.is_some(),
    }
}

fn is_forgeable(field: &FieldPath) -> bool {
    let path = field.as_str();
    let last = path.rsplit('.').next().unwrap_or_default();
    let derived = path.strip_prefix(DERIVED);
    last == FORGEABLE || derived.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
