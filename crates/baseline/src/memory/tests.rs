//! Tests of what is kept from run to run.

use std::sync::LazyLock;

use detect::cloudtrail::LogFileReader;
use proptest::prelude::*;
use simulate::months::{MonthPlan, month};

use super::*;
use crate::observe::Observer;
use crate::places::BuiltIn;

/// A short month with attacks, in two dozen files that lie across each other in time.
static FILES: LazyLock<Vec<Journal>> = LazyLock::new(|| {
    let plan = MonthPlan {
        days: 10,
        quiet: 6,
        ..MonthPlan::new(7)
    };
    let mut observers: Vec<_> = (0..24).map(|_| Observer::default()).collect();
    let mut reader = LogFileReader::default();
    let mut at = 0_usize;
    for file in month(plan).files {
        reader.read(&*file, |record| {
            // One in seven, so that the test takes seconds.
            at += 1;
            if at.is_multiple_of(7) {
                observers[at / 7 % 24].observe(record, None);
            }
        });
    }
    observers.into_iter().map(Observer::into_journal).collect()
});

const NOW: u32 = u32::MAX - 2 * DAY;

fn whole() -> Journal {
    let mut all = Journal::default();
    FILES.iter().for_each(|file| all.merge(file));
    all
}

fn settings() -> Settings {
    Settings {
        floor: 1.0,
        at_once: 99,
        ..Settings::default()
    }
}

/// All alerts and all memory of these runs, each of which begins with what the one before has kept.
fn runs(journals: &[Journal]) -> (Vec<Anomaly>, Items) {
    let mut items = Items::new();
    let mut last = Run::default();
    for journal in journals {
        let mut memory = Memory::read(settings(), &items).expect("what was kept");
        let run = memory.learn(journal, &BuiltIn, NOW);
        items = memory.items();
        last = memory.judge(run, &BuiltIn).0;
    }
    (last.anomalies, items)
}

fn until(journal: &Journal, end: u32) -> Journal {
    let mut part = Journal::default();
    part.merge_where(journal, |entry| entry.time < end);
    part
}

#[test]
fn a_second_visit_changes_nothing() {
    let all = whole();
    let (once, kept) = runs(std::slice::from_ref(&all));
    let (twice, kept_twice) = runs(&[all.clone(), all]);
    assert!(!once.is_empty(), "nothing to compare");
    let key = |anomaly: &Anomaly| (anomaly.time, anomaly.who.key.clone());
    let sorted = |mut found: Vec<Anomaly>| {
        found.sort_by_key(key);
        found
    };
    assert_eq!(sorted(once), sorted(twice));
    assert_eq!(kept, kept_twice);
}

#[test]
fn days_that_come_one_after_the_other_are_learned_as_if_at_once() {
    let all = whole();
    let begin = all
        .entries
        .iter()
        .map(|entry| entry.time)
        .min()
        .unwrap_or(0);
    // Each run brings all up to then, the last day anew.
    let parts: Vec<_> = (1..=10)
        .map(|day| until(&all, begin + day * DAY - DAY / 3))
        .chain([all.clone()])
        .collect();
    let (_, kept) = runs(&[all]);
    let (_, kept_bit_by_bit) = runs(&parts);
    assert_eq!(kept.len(), kept_bit_by_bit.len());
    for (name, item) in &kept {
        assert!(kept_bit_by_bit.get(name) == Some(item), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn order_and_repeats_do_not_matter(order in Just((0..24).collect::<Vec<_>>()).prop_shuffle(), again in 0_usize..24) {
        let mut shuffled = Journal::default();
        for at in order.iter().chain([&again]) {
            shuffled.merge(&FILES[*at]);
        }
        let (one, kept) = runs(&[whole()]);
        let (other, kept_other) = runs(&[shuffled]);
        prop_assert_eq!(one, other);
        // Numbers of names differ, all that was learned does not.
        for (name, item) in kept.iter().filter(|(name, _)| *name != OPEN_DAYS) {
            prop_assert!(kept_other.get(name) == Some(item), "{}", name);
        }
    }
}

#[test]
fn what_comes_for_a_closed_day_is_counted_and_what_was_told_of_it_is_told_again() {
    let all = whole();
    let begin = all
        .entries
        .iter()
        .map(|entry| entry.time)
        .min()
        .unwrap_or(0);
    let mut memory = Memory::new(settings());
    let first = memory.learn(&all, &BuiltIn, NOW);
    assert_eq!(
        (first.closed, first.observed),
        (0, all.entries.len() as u64)
    );
    let old = until(&all, begin + 7 * DAY);
    let again = memory.learn(&old, &BuiltIn, NOW);
    assert_eq!(again.closed, old.entries.len() as u64);
    let told_then = first
        .anomalies
        .iter()
        .filter(|anomaly| anomaly.time < begin + 7 * DAY)
        .count();
    assert!(again.anomalies.len() >= told_then && told_then > 0);
}

#[test]
fn an_event_from_the_future_closes_nothing() {
    let mut all = whole();
    all.settle();
    let last = all.entries.last().expect("an event").time;
    let mut odd = all.entries[0];
    (odd.time, odd.id) = (last + 300 * DAY, [7; 4]);
    all.entries.push(odd);
    let mut memory = Memory::new(settings());
    let run = memory.learn(&all, &BuiltIn, last);
    assert_eq!(run.future, 1);
    assert!(memory.waiting() > 0 && memory.closed <= last);
}

#[test]
fn a_damaged_item_is_named() {
    let (_, items) = runs(&[until(&whole(), u32::MAX)]);
    let name = items
        .keys()
        .find(|name| name.starts_with(PROFILE))
        .expect("a profile")
        .clone();
    for (bytes, why) in [
        (vec![9, 9], "form 9"),
        (vec![FORM, 255, 255], ""),
        (Vec::new(), "missing"),
    ] {
        let mut damaged = items.clone();
        damaged.insert(name.clone(), bytes);
        let error = Memory::read(settings(), &damaged).expect_err("damaged");
        assert!(error.item == name && error.why.contains(why), "{error}");
    }
}
