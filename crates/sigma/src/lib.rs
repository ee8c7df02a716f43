//! The rule language: Sigma 2 rules, filters and correlations. Knows nothing of AWS.
//!
//! ```
//! use sigma::{RuleSet, SourceFile};
//!
//! let text = "
//! title: Root access key created
//! logsource: { product: aws, service: cloudtrail }
//! detection:
//!   selection: { eventName: CreateAccessKey, userIdentity.type: Root }
//!   condition: selection
//! level: high
//! ";
//! let loaded = RuleSet::load([SourceFile { name: "root_key.yml", text }]);
//! assert!(loaded.problems.is_empty());
//!
//! let event = serde_json::json!({
//!     "eventName": "CreateAccessKey", "userIdentity": { "type": "Root" },
//! });
//! assert!(loaded.rules.rules()[0].matches(&event));
//! ```
//!
//! The walk: [`RuleSet::load`] reads files by way of `yaml`, and documents by way of `rule`, `filter`
//! and `correlation`; a rule's `detection` holds its selections and conditions; a selection's `item`
//! is one line, whose values `compile` turns into tests.

mod compile;
mod completeness;
mod condition;
mod correlation;
mod detection;
mod error;
pub mod event;
mod explain;
mod filter;
mod header;
mod item;
mod json_event;
mod lazy_regex;
mod level;
mod lint;
mod location;
mod modifier;
mod mutants;
mod report;
mod rest;
mod rule;
mod rule_set;
mod rule_test;
mod selection;
mod story_test;
mod suggest;
mod text;
mod timestamp;
mod truth;
mod value_list;
mod value_test;
mod wildcard;
mod written;

pub use correlation::{
    Alias, Correlation, CorrelationCondition, CorrelationKind, CountBound, Risk, RuleExpression,
    tactic,
};
pub use error::{Problem, RuleError};
pub use event::{Event, FieldPath, Step, Value};
pub use explain::{
    ExplainedBody, ExplainedCondition, ExplainedItem, ExplainedSelection, ExplainedValue,
    Explanation, Found,
};
pub use filter::{Filter, Targets, Vouched};
pub use header::Header;
pub use level::{Level, Status, UnknownWord};
pub use lint::{Lint, LintCode};
pub use location::Location;
pub use mutants::{Mutant, mutants};
pub use rest::Rest;
pub use rule::{LogSource, Rule};
pub use rule_set::{Loaded, ReadDocument, RuleSet, SourceFile};
pub use rule_test::{Expectation, RuleTest, without_tests};
pub use story_test::{StoryTest, Timed};
pub use truth::{Known, Partial};
pub use written::{literal, quoted};
