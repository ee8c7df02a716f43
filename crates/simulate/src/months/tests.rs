//! Tests of the labelled months.

use std::collections::BTreeSet;

use super::{AttackKind, MonthPlan, Strength, month};

#[test]
fn a_month_is_the_same_for_the_same_seed_and_another_for_another() {
    let short = |seed| MonthPlan {
        days: 12,
        quiet: 8,
        ..MonthPlan::new(seed)
    };
    let (one, again, other) = (month(short(1)), month(short(1)), month(short(2)));
    assert_eq!(one.files, again.files);
    assert_eq!(one.attacks, again.attacks);
    assert_ne!(one.files, other.files);
}

#[test]
fn every_attack_is_in_the_files_and_only_where_there_are_any() {
    let plan = MonthPlan {
        days: 12,
        quiet: 8,
        ..MonthPlan::new(3)
    };
    let (month_, quiet) = (month(plan), month(plan.peaceful()));
    let kinds: BTreeSet<_> = month_
        .attacks
        .iter()
        .map(|attack| (attack.kind, attack.strength))
        .collect();
    assert_eq!(kinds.len(), AttackKind::ALL.len() * Strength::ALL.len());
    assert!(quiet.attacks.is_empty());
    let text = month_.files.concat();
    for attack in &month_.attacks {
        let first = attack.event_ids.first().expect("an event");
        assert!(
            memchr::memmem::find(&text, first.as_bytes()).is_some(),
            "{attack:?}"
        );
        assert!(
            attack.begins < attack.ends || attack.event_ids.len() == 1,
            "{attack:?}"
        );
    }
}
