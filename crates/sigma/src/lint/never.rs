//! Conditions that no event, or every event, satisfies.

use crate::detection::Detection;

use super::formula::{Formula, Verdict};
use super::{LintCode, Linter};

pub(super) fn check(detection: &Detection, linter: &mut Linter<'_>) {
    let Detection {
        selections,
        conditions,
        condition_at,
        ..
    } = detection;
    let of = |negated| -> Option<Vec<_>> {
        let formulas = conditions
            .iter()
            .map(|one| Formula::of(one, selections, negated));
        formulas.collect()
    };
    let wanted = of(false).and_then(|formulas| Formula::Any(formulas).verdict());
    if let Some(verdict @ (Verdict::OnlyLists | Verdict::Impossible)) = wanted {
        let message = format!(
            "{} this condition: its parts exclude each other",
            who(verdict)
        );
        let remedy =
            "look for two values wanted of one field, or a selection both wanted and excluded";
        linter.add(LintCode::NeverMatches, *condition_at, message, remedy);
        return;
    }
    let unwanted = of(true).and_then(|formulas| Formula::All(formulas).verdict());
    if unwanted == Some(Verdict::Impossible) {
        let message = "every event satisfies this condition";
        let remedy = "join its parts by `and` instead of `or`, or ask for something";
        linter.add(LintCode::AlwaysMatches, *condition_at, message, remedy);
    }
    for selection in selections {
        let verdict = Formula::of_body(&selection.body, false).verdict();
        if let Some(verdict @ (Verdict::OnlyLists | Verdict::Impossible)) = verdict {
            let message = format!(
                "{} `{}`: its lines exclude each other",
                who(verdict),
                selection.name
            );
            let remedy = "correct the lines, or make them a list of alternatives";
            linter.add(LintCode::UselessPart, selection.at, message, remedy);
        }
    }
}

fn who(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::OnlyLists => "only an event where the field is a list can satisfy",
        _ => "no event can satisfy",
    }
}
