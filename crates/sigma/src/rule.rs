//! A rule: the document as its author wrote it, ready to be asked about events.
//!
//! Source: Sigma specification 2.1, "Sigma rules". Custom top-level keys are kept; `tests` among them
//! is read as the rule's own examples.

use serde::Serialize;
use std::sync::Arc;

use jiff::civil::Date;

use crate::detection::{Detection, Section};
use crate::error::Problem;
use crate::event::{Event, FieldPath};
use crate::header::{self, Header};
use crate::level::{Level, Status};
use crate::location::Location;
use crate::report::{Fields, Report};
use crate::rest::Rest;
use crate::rule_test::{self, RuleTest};
use crate::selection::Reader;
use crate::truth::{Partial, Truth};
use crate::yaml::Node;

/// A rule that is asked about one event at a time.
#[derive(Debug, Clone)]
pub struct Rule {
    header: Header,
    logsource: LogSource,
    pub(crate) detection: Detection,
    fields: Vec<Arc<FieldPath>>,
    tests: Vec<RuleTest>,
}

/// Which logs a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct LogSource {
    /// What kind of activity, such as `process_creation`.
    pub category: Option<String>,
    /// Whose logs, such as `aws`.
    pub product: Option<String>,
    /// Which of them, such as `cloudtrail`.
    pub service: Option<String>,
    /// What has to be logged for the rule to work, in words.
    pub definition: Option<String>,
}

impl LogSource {
    /// Whether all that this one says, `other` says too, whatever the case.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let fits = |mine: &Option<String>, theirs: &Option<String>| {
            mine.as_ref().is_none_or(|mine| {
                theirs
                    .as_ref()
                    .is_some_and(|theirs| mine.eq_ignore_ascii_case(theirs))
            })
        };
        fits(&self.category, &other.category)
            && fits(&self.product, &other.product)
            && fits(&self.service, &other.service)
    }
}

const DETECTION: Section = Section {
    name: "detection",
    condition: "detection.condition",
    others: &[],
};

impl Rule {
    /// What every document says about itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Its globally unique id, a UUID by convention.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.header.id()
    }

    /// What tells it from other rules: its id, or its title if it has none.
    #[must_use]
    pub fn id_or_title(&self) -> &str {
        self.id().unwrap_or_else(|| self.title())
    }

    /// What it detects, in a few words.
    #[must_use]
    pub fn title(&self) -> &str {
        self.header.title()
    }

    /// The name by which correlations and filters may refer to it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.header.name()
    }

    /// How bad it is when it matches; [`Level::Medium`] if the author did not say.
    #[must_use]
    pub fn level(&self) -> Level {
        self.header.level()
    }

    /// How mature it is.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.header.status()
    }

    /// What it detects, and why that matters.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.header.description()
    }

    /// Who wrote it.
    #[must_use]
    pub fn author(&self) -> Option<&str> {
        self.header.author()
    }

    /// When it was written.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.header.date()
    }

    /// Such as `attack.t1562.008`.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        self.header.tags()
    }

    /// Where to read more.
    #[must_use]
    pub fn references(&self) -> &[String] {
        self.header.references()
    }

    /// What is harmless and matches all the same.
    #[must_use]
    pub fn falsepositives(&self) -> &[String] {
        self.header.falsepositives()
    }

    /// Which logs it is about.
    #[must_use]
    pub fn logsource(&self) -> &LogSource {
        &self.logsource
    }

    /// Where the document begins.
    #[must_use]
    pub fn location(&self) -> &Location {
        self.header.location()
    }

    /// The value of a top-level key that the specification leaves to users, such as `trailhound`.
    #[must_use]
    pub fn extension(&self, key: &str) -> Option<&yaml_serde::Value> {
        self.header.extension(key)
    }

    /// The examples that the rule carries under `tests`.
    #[must_use]
    pub fn tests(&self) -> &[RuleTest] {
        &self.tests
    }

    /// Whether the rule, filters aside, matches `event`.
    ///
    /// The logsource is not looked at: whoever has the event knows where it came from.
    #[must_use]
    pub fn matches(&self, event: &impl Event) -> bool {
        self.detection.matches(event)
    }

    /// Every field that the rule can ask for, each once.
    pub fn fields(&self) -> impl Iterator<Item = &FieldPath> {
        self.fields.iter().map(|field| &**field)
    }

    /// Whether all events that agree with what is known match, or none does; `None` if it depends on
    /// what is not known.
    #[must_use]
    pub fn verdict(&self, partial: &impl Partial) -> Option<bool> {
        match self.detection.truth(partial) {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown => None,
        }
    }

    /// What is left to ask of events that agree with what is known, and whose answer this is.
    #[must_use]
    pub fn rest(&self, partial: &impl Partial) -> Rest {
        Rest::of(&self.detection, partial)
    }

    /// Whether any event that agrees with what is known could match; `false` is a promise, `true` is
    /// not.
    #[must_use]
    pub fn could_match(&self, partial: &impl Partial) -> bool {
        self.verdict(partial) != Some(false)
    }
}

/// Reads a rule; `None` if anything in it is wrong, and then the report says what.
pub(crate) fn read(root: &Node, report: &mut Report, fields: &mut Fields) -> Option<Rule> {
    let before = report.len();
    let header = header::read(root, report);
    let logsource = logsource(root, report);
    let detection = match root.pair("detection") {
        Some((_, node)) => Reader {
            report: &mut *report,
            fields,
        }
        .detection(node, DETECTION),
        None => None,
    };
    let tests = rule_test::read(root, report);
    if logsource.is_none() && root.get("logsource").is_none() {
        let (key, example) = (
            "logsource",
            "`logsource: { product: aws, service: cloudtrail }`",
        );
        report.add(root.at, Problem::Missing { key, example });
    }
    if root.get("detection").is_none() {
        let (key, example) = ("detection", "a selection and `condition: selection`");
        report.add(root.at, Problem::Missing { key, example });
    }
    if report.len() > before {
        return None;
    }
    let detection = detection?;
    let fields = detection.fields();
    Some(Rule {
        header: header?,
        logsource: logsource?,
        detection,
        fields,
        tests,
    })
}

/// The logsource, if there is a good one.
pub(crate) fn logsource(root: &Node, report: &mut Report) -> Option<LogSource> {
    let node = root.get("logsource")?;
    if node.map().is_none_or(<[_]>::is_empty) {
        report.wrong_type(
            node,
            "logsource",
            "a mapping of product, service or category",
        );
        return None;
    }
    let before = report.len();
    let mut text = |key| header::text(node, key, report);
    let logsource = LogSource {
        category: text("category"),
        product: text("product"),
        service: text("service"),
        definition: text("definition"),
    };
    (report.len() == before).then_some(logsource)
}
