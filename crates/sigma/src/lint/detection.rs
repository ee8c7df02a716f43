//! Selections that nothing mentions, and words of the past.

use crate::detection::Detection;

use super::{LintCode, Linter};

pub(super) fn check(detection: &Detection, linter: &mut Linter<'_>) {
    for (selection, mentioned) in detection.selections.iter().zip(detection.mentioned()) {
        if !mentioned {
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
