//! What can be wrong with a rule file, said so that its author can mend it.
//!
//! Invariant: every [`RuleError`] has a place, and every [`Problem`] says what is wrong and what to
//! do. No variant carries a place of its own, so none can forget it.

use crate::location::{Location, Mark, Source};
use crate::suggest::did_you_mean;

/// A document that could not be loaded, or a doubt about one that was: where, what, how to mend it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{at}: {problem}")]
pub struct RuleError {
    /// The place to open in the editor.
    pub at: Location,
    /// What is wrong there.
    pub problem: Problem,
    source_line: String,
}

impl RuleError {
    pub(crate) fn new(source: &Source, mark: Mark, problem: Problem) -> Self {
        Self {
            at: source.locate(mark),
            problem,
            source_line: source.shown_line(mark),
        }
    }

    /// The line that [`at`](Self::at) points into, cut after 200 characters; a caret goes under its
    /// `at.column`-th character. Empty if the problem is with the file as a whole.
    #[must_use]
    pub fn source_line(&self) -> &str {
        &self.source_line
    }

    /// Whether the document was loaded all the same.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        matches!(
            self.problem,
            Problem::DuplicateId { .. } | Problem::FilterWithoutRule(_)
        )
    }
}

/// What can be wrong with a rule file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    // ── the file ────────────────────────────────────────────────────────────────────────────────
    /// What the file holds cannot be read as YAML, or not within bounds.
    #[error(transparent)]
    Yaml(#[from] yaml_tree::Problem),
    /// A document that is a list or a single value.
    #[error("a rule is a mapping that starts with `title:`, but this is {0}")]
    NotADocument(&'static str),
    /// `action: global` and its like.
    #[error(
        "`action:` belongs to Sigma 1 collections: write every rule out in full, separated by `---`"
    )]
    Collection,
    /// A specification newer than this crate.
    #[error(
        "`sigma-version: {0}` is not known here: write the rule for version 2 and remove the line"
    )]
    UnknownVersion(String),

    // ── keys and metadata ───────────────────────────────────────────────────────────────────────
    /// A key that must be there is not.
    #[error("`{key}:` is missing: add {example}")]
    Missing {
        /// The key, dotted if it is nested.
        key: &'static str,
        /// What to write.
        example: &'static str,
    },
    /// A value of the wrong shape.
    #[error("`{key}` must be {expected}, but this is {found}")]
    WrongType {
        /// The key.
        key: String,
        /// The shape that is wanted, with an article.
        expected: &'static str,
        /// The shape that is there, with an article.
        found: &'static str,
    },
    /// A value that is not one of a fixed few.
    #[error("`{found}` is no {what}: use one of {known}{hint}", known = .known.join(", "), hint = did_you_mean(.suggestion.as_deref()))]
    NotOneOf {
        /// What kind of value is wanted.
        what: &'static str,
        /// What is there.
        found: String,
        /// All that is allowed.
        known: Vec<&'static str>,
        /// The allowed one that was probably meant.
        suggestion: Option<String>,
    },
    /// A key that a fixed section does not know.
    #[error("`{key}` is not known in `{section}`: use {known}{hint}", known = .known.join(", "), hint = did_you_mean(.suggestion.as_deref()))]
    UnknownKey {
        /// The key.
        key: String,
        /// The section that it stands in.
        section: &'static str,
        /// All that is allowed there.
        known: Vec<&'static str>,
        /// The allowed one that was probably meant.
        suggestion: Option<String>,
    },
    /// Not a calendar date.
    #[error("`{0}` is not a date: write it as 2026-11-22")]
    BadDate(String),
    /// Two documents, one id.
    #[error("the id `{id}` is already taken by {first}: give this one its own")]
    DuplicateId {
        /// The id.
        id: String,
        /// Who has it.
        first: Location,
    },

    // ── selections ──────────────────────────────────────────────────────────────────────────────
    /// `detection` defines nothing.
    #[error(
        "`{0}` defines no selection: add one, for example `selection: {{ eventName: DeleteTrail }}`"
    )]
    NoSelections(&'static str),
    /// A selection that asks for nothing would match everything.
    #[error("`{0}` asks for nothing: add a field, or remove it")]
    EmptySelection(String),
    /// An empty list of values.
    #[error("`{0}` has an empty list and could never match: add a value, or remove the line")]
    NoValues(String),
    /// A mapping where a value belongs.
    #[error(
        "the value of `{0}` is a mapping: write nested fields with dots, as in `{0}.name: value`"
    )]
    NestedMapping(String),
    /// A list inside a list of values.
    #[error("the values of `{0}` hold another list: write them in one list")]
    NestedList(String),
    /// A value longer than anything that is compared.
    #[error("this value has {0} bytes, but {1} are the most that are compared: shorten it")]
    ValueTooLong(usize, usize),
    /// A value with more wildcards than anything that is compared; stars side by side are one.
    #[error(
        "this value has {0} wildcards, but {1} are the most that are compared: use fewer, or `re`"
    )]
    TooManyWildcards(usize, usize),
    /// `field[any]`, `field[all]` and so on, from a later specification.
    #[error(
        "`[{0}]` is not read here: a plain field already asks any member of a list, so drop it; to ask every member, negate a selection in the condition"
    )]
    ArrayQuantifier(String),
    /// A keyword that is not text.
    #[error("keywords are searched as text, but this is {0}: put it in quotes")]
    KeywordNotText(&'static str),
    /// A modifier without a field to read.
    #[error("`{0}` needs a field before it: write `field|{0}`")]
    ModifierNeedsField(String),

    // ── modifiers ───────────────────────────────────────────────────────────────────────────────
    /// No such modifier.
    #[error("`{modifier}` is no modifier{hint}", hint = did_you_mean(.suggestion.as_deref()))]
    UnknownModifier {
        /// What is there.
        modifier: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// `field|not`.
    #[error("`not` is no modifier: negate in the condition, as in `selection and not filter`")]
    NotIsNoModifier,
    /// Two modifiers that each say how to compare.
    #[error(
        "`{0}` and `{1}` cannot both say how to compare: keep one, or use two lines in an `and`"
    )]
    ModifierConflict(String, String),
    /// A modifier that only changes another one.
    #[error("`{modifier}` has no meaning without `{needs}`: add `{needs}` before it, or remove it")]
    ModifierNeeds {
        /// The modifier.
        modifier: String,
        /// What it needs.
        needs: &'static str,
    },
    /// Right modifiers, wrong order.
    #[error("`{0}` must come after `{1}`: modifiers apply from left to right")]
    ModifierOrder(String, String),
    /// UTF-16 bytes that are not encoded further.
    #[error(
        "`{0}` makes UTF-16 bytes, which JSON text does not hold: follow it with `base64` or `base64offset`"
    )]
    Utf16NeedsBase64(String),
    /// Placeholders are another tool's configuration.
    #[error(
        "`expand` fills placeholders from a configuration that is not there: write the values out as a list"
    )]
    Expand,
    /// `all` with one value.
    #[error("`all` needs at least two values: remove it, or add a value")]
    AllNeedsTwo,
    /// `exists` with anything else than one yes or no.
    #[error("`exists` takes one value, `true` or `false`")]
    ExistsNeedsBool,
    /// A regular expression that does not parse.
    #[error(
        "this regular expression cannot be read: {0}; remember that look-around and back-references do not exist here"
    )]
    BadRegex(String),
    /// A regular expression that would need too much memory.
    #[error("this regular expression compiles to more than {0} bytes: shorten its repetitions")]
    RegexTooLarge(usize),
    /// More regular expressions than a person writes.
    #[error("this file has more than {0} regular expressions: use plain values, or split it")]
    TooManyRegexes(usize),
    /// Not an address range.
    #[error("`{0}` is no address range: write it as 10.0.0.0/8 or 2001:db8::/32")]
    BadCidr(String),
    /// Text where a number belongs.
    #[error("`{modifier}` compares numbers, but `{value}` is none")]
    NotANumber {
        /// The modifier.
        modifier: String,
        /// The value.
        value: String,
    },
    /// A number, boolean or null under a modifier for text.
    #[error(
        "`{modifier}` works on text, but this is {found}: put it in quotes, or remove `{modifier}`"
    )]
    NotText {
        /// The modifier.
        modifier: String,
        /// What is there, with an article.
        found: &'static str,
    },
    /// A wildcard where none can work.
    #[error("`{0}` takes no wildcards: write `\\*` and `\\?` for the characters themselves")]
    NoWildcards(String),
    /// A base64 fragment that is everywhere.
    #[error(
        "this value is too short for `base64offset`, it would be found almost anywhere: use at least two bytes"
    )]
    TooShortForOffset,

    // ── conditions ──────────────────────────────────────────────────────────────────────────────
    /// The grammar stopped.
    #[error(
        "the condition cannot be read {0}: it is made of selection names, `and`, `or`, `not`, parentheses, and `1 of`, `all of`, `N of`"
    )]
    Condition(String),
    /// Longer or deeper than anything a person writes.
    #[error("the condition is too {0}: split the rule")]
    ConditionTooBig(&'static str),
    /// Sigma 1 aggregation.
    #[error("`|` aggregations belong to Sigma 1: write a correlation document instead")]
    Aggregation,
    /// The condition names a selection that is not defined.
    #[error("the condition uses `{name}`, but only {known} {is} defined{hint}", known = .known.join(", "), is = if .known.len() == 1 { "is" } else { "are" }, hint = did_you_mean(.suggestion.as_deref()))]
    UnknownSelection {
        /// The name.
        name: String,
        /// The selections that there are.
        known: Vec<String>,
        /// The one that was probably meant.
        suggestion: Option<String>,
    },
    /// `1 of filter_*` without any such selection.
    #[error("no selection is named like `{pattern}`: only {known} {is} defined", known = .known.join(", "), is = if .known.len() == 1 { "is" } else { "are" })]
    EmptyPattern {
        /// The pattern.
        pattern: String,
        /// The selections that there are.
        known: Vec<String>,
    },

    // ── tests ───────────────────────────────────────────────────────────────────────────────────
    /// `expect:` says something else.
    #[error("`{0}` is no verdict: write `expect: match` or `expect: no match`")]
    BadExpectation(String),

    // ── filters ─────────────────────────────────────────────────────────────────────────────────
    /// Whoever sends the call writes this field, so the filter would be a way in.
    #[error(
        "this filter can be satisfied by `{0}` alone, which the caller chooses freely: also ask for a field that cannot be forged"
    )]
    ForgeableFilter(String),
    /// A filter for a rule that is not loaded.
    #[error(
        "the filter names `{0}`, but no loaded rule has that id or name: correct it, or remove the filter"
    )]
    FilterWithoutRule(String),
    /// More than one condition in a filter.
    #[error("a filter has one condition: join them with `and` or `or`")]
    FilterConditions,

    // ── correlations ────────────────────────────────────────────────────────────────────────────
    /// A correlation over a rule that is not loaded.
    #[error("the correlation names `{name}`, but no loaded rule has that id or name{hint}", hint = did_you_mean(.suggestion.as_deref()))]
    UnknownRule {
        /// The reference.
        name: String,
        /// The one that was probably meant.
        suggestion: Option<String>,
    },
    /// A correlation that waits for itself.
    #[error("`{0}` waits for itself, by way of the correlations it names: name rules instead")]
    CorrelationCycle(String),
    /// Not a span of time.
    #[error("`{0}` is no span of time: write a number and a unit, as in 30s, 10m, 2h, 7d")]
    BadTimespan(String),
    /// One rule cannot be in order with itself.
    #[error("`{0}` relates at least two rules: add another, or use `event_count`")]
    NeedsTwoRules(&'static str),
    /// A count of values, but of which field?
    #[error("`{0}` needs to know the field: add `field:` to the condition")]
    NeedsField(&'static str),
    /// A condition on a field that the type does not read.
    #[error("`{0}` counts whole events: remove `field:`, or use `value_count`")]
    NeedsNoField(&'static str),
    /// No operator.
    #[error("the condition has no bound: add one of gt, gte, lt, lte, eq, neq, as in `gte: 10`")]
    NoBound,
    /// A bound that is no count.
    #[error("`{0}` takes a whole number from 0")]
    BadBound(&'static str),
    /// Bounds that exclude each other.
    #[error("no number satisfies these bounds together: correct one")]
    EmptyBounds,
    /// An alias that is not grouped by.
    #[error("the alias `{0}` is not in `group-by`: add it there, or remove it")]
    AliasUnused(String),
    /// An alias that speaks of a rule the correlation does not have.
    #[error("the alias maps `{0}`, which is not among this correlation's rules: use one of {known}", known = .1.join(", "))]
    AliasOfStranger(String, Vec<String>),
    /// A percentile outside 0 to 100.
    #[error("a percentile lies between 1 and 99")]
    BadPercentile,
    /// What only correlations of the type `risk_score` have.
    #[error("`{0}` belongs to correlations of the type `risk_score`")]
    OnlyOfRisk(&'static str),
}
