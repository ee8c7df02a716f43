//! Why a rule has matched, as facts that anyone can look up in the record.

use sigma::{Event, Rule, Value};

use crate::cloudtrail::Record;
use crate::insight::Insight;
use crate::neutral::neutral;
use crate::secret::masked;

/// How many facts are told.
const MAX: usize = 10;

/// How many characters of a value are shown.
const WIDTH: usize = 160;

/// The fields that `rule` asks about, in its own order, with what `record` holds there; of what CloudTrail
/// Insights noticed the figures, for these are why.
#[must_use]
pub(crate) fn of(rule: &Rule, record: &Record<'_>) -> Vec<String> {
    if let Some(insight) = Insight::of(record) {
        return insight.why().into_iter().take(MAX).collect();
    }
    rule.fields()
        .filter_map(|path| {
            let value = words(&record.field(path)?)?;
            let value = neutral(&masked(path.as_str(), value.into()), WIDTH);
            Some(format!("`{}` is `{value}`", path.as_str()))
        })
        .take(MAX)
        .collect()
}

/// A value as text, several joined; `None` of what is neither.
pub(crate) fn words(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Int(whole) => Some(whole.to_string()),
        Value::Float(float) => Some(float.to_string()),
        Value::List(members) => {
            let members: Vec<_> = members.iter().filter_map(words).collect();
            (!members.is_empty()).then(|| members.join(", "))
        }
        Value::Null | Value::Map(_) => None,
    }
}
