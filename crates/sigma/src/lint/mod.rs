//! What is legal but probably not meant.
//!
//! Invariant: a lint never claims what is not so: where a check is too large to finish, it says
//! nothing.

mod detection;
mod formula;
mod metadata;
mod never;
mod values;

use serde::Serialize;

use crate::detection::Detection;
use crate::filter::Filter;
use crate::header::Header;
use crate::location::{Location, Mark, Source};
use crate::rule::Rule;
use crate::rule_set::RuleSet;

/// A doubt about a document: what, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// Which check.
    pub code: LintCode,
    /// The place to open in the editor.
    pub location: Location,
    /// What is doubtful.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// The line that `location` points into, cut after 200 characters.
    pub source_line: String,
}

/// The checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LintCode {
    /// No condition mentions a selection.
    UnusedSelection,
    /// No event can satisfy the condition.
    NeverMatches,
    /// Every event satisfies the condition.
    AlwaysMatches,
    /// A part of a condition that no event can satisfy.
    UselessPart,
    /// A wildcard that changes nothing.
    NeedlessWildcard,
    /// A regular expression that only looks for fixed text.
    PlainRegex,
    /// `.*` at an end of a regular expression that is free there anyway.
    NeedlessAnchor,
    /// A value that stands in its list twice, in this case or another.
    DuplicateValue,
    /// `timeframe` outside a correlation.
    ObsoleteTimeframe,
    /// No id.
    MissingId,
    /// No description.
    MissingDescription,
    /// No level.
    MissingLevel,
    /// Nothing about what is harmless.
    MissingFalsepositives,
    /// Not a calendar date.
    MalformedDate,
    /// A tag that is none of ATT&CK.
    UnknownTag,
    /// A key that looks like a mistyped one.
    MistypedKey,
    /// No examples, or only of one kind.
    MissingTests,
    /// A rule for other logs than CloudTrail's.
    ForeignLogsource,
    /// A filter nobody answers for.
    UnvouchedFilter,
    /// A filter that keeps what it seems to exclude.
    FilterWithoutNot,
}

impl LintCode {
    /// The code as it is shown and as rules would name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            LintCode::UnusedSelection => "unused-selection",
            LintCode::NeverMatches => "never-matches",
            LintCode::AlwaysMatches => "always-matches",
            LintCode::UselessPart => "useless-part",
            LintCode::NeedlessWildcard => "needless-wildcard",
            LintCode::PlainRegex => "plain-regex",
            LintCode::NeedlessAnchor => "needless-anchor",
            LintCode::DuplicateValue => "duplicate-value",
            LintCode::ObsoleteTimeframe => "obsolete-timeframe",
            LintCode::MissingId => "missing-id",
            LintCode::MissingDescription => "missing-description",
            LintCode::MissingLevel => "missing-level",
            LintCode::MissingFalsepositives => "missing-falsepositives",
            LintCode::MalformedDate => "malformed-date",
            LintCode::UnknownTag => "unknown-tag",
            LintCode::MistypedKey => "mistyped-key",
            LintCode::MissingTests => "missing-tests",
            LintCode::ForeignLogsource => "foreign-logsource",
            LintCode::UnvouchedFilter => "unvouched-filter",
            LintCode::FilterWithoutNot => "filter-without-not",
        }
    }
}

impl Rule {
    /// What is doubtful about this rule, by place.
    #[must_use]
    pub fn lint(&self) -> Vec<Lint> {
        let mut linter = Linter::new(self.header());
        metadata::rule(self, &mut linter);
        linter.detection(&self.detection);
        linter.finish()
    }
}

impl Filter {
    /// What is doubtful about this filter, by place.
    #[must_use]
    pub fn lint(&self) -> Vec<Lint> {
        let mut linter = Linter::new(self.header());
        metadata::filter(self, &mut linter);
        linter.detection(&self.detection);
        linter.finish()
    }
}

impl RuleSet {
    /// What is doubtful about all that is loaded, rules first.
    #[must_use]
    pub fn lint(&self) -> Vec<Lint> {
        let rules = self.rules().iter().flat_map(Rule::lint);
        let filters = self.filters().iter().flat_map(Filter::lint);
        let correlations = self.correlations().iter().flat_map(|correlation| {
            let mut linter = Linter::new(correlation.header());
            metadata::document(correlation.header(), &mut linter);
            linter.finish()
        });
        rules.chain(correlations).chain(filters).collect()
    }
}

/// Gathers the lints of one document.
struct Linter<'a> {
    source: &'a Source,
    at: Mark,
    lints: Vec<Lint>,
}

impl<'a> Linter<'a> {
    fn new(header: &'a Header) -> Self {
        Self {
            source: &header.source,
            at: header.at,
            lints: Vec::new(),
        }
    }

    fn add(
        &mut self,
        code: LintCode,
        at: Mark,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.lints.push(Lint {
            code,
            location: self.source.locate(at),
            message: message.into(),
            remedy: remedy.into(),
            source_line: self.source.shown_line(at),
        });
    }

    fn detection(&mut self, detection: &Detection) {
        detection::check(detection, self);
        values::check(detection, self);
        never::check(detection, self);
    }

    fn finish(mut self) -> Vec<Lint> {
        self.lints
            .sort_by(|one, other| (&one.location, one.code).cmp(&(&other.location, other.code)));
        self.lints
    }
}
