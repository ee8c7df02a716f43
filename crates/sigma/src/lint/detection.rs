//! Selections that nothing mentions, and words of the past.

use crate::condition::Condition;
use crate::detection::Detection;

use super::{LintCode, Linter};

pub(super) fn check(detection: &Detection, linter: &mut Linter<'_>) {
    let mentioned: Vec<_> = detection
        .conditions
        .iter()
        .flat_map(Condition::mentioned)
        .collect();
    for (position, selection) in detection.selections.iter().enumerate() {
        if !mentioned.contains(&position) {
            let message = format!("no condition mentions `{}`", selection.name);
            let remedy = "use it in the condition, or remove it";
            linter.add(LintCode::UnusedSelection, selection.at, message, remedy);
        }
    }
    if let Some(at) = detection.timeframe_at {
        let message = "`timeframe` has no effect in a rule";
        let remedy = "remove it, or write a correlation with a `timespan`";
        linter.add(LintCode::ObsoleteTimeframe, at, message, remedy);
    }
}
