//! Two simple ways to find what is unusual, to compare with: each is given the labels to choose its
//! threshold by, which ours is not.

use std::collections::{BTreeMap, HashMap, HashSet};

use baseline::Journal;
use simulate::months::{Month, MonthPlan, month};

use crate::judge::observe;

/// Days at the start of which nothing is told.
const WARM_UP: u32 = 10;
const DAY: u32 = 86_400;

/// Something a simple way would tell: when, of whom, how unusual, and events it points at.
struct Told {
    time: u32,
    who: u32,
    score: f64,
    events: Vec<usize>,
}

pub(crate) fn report(seeds: &[u64]) {
    let months: Vec<(Month, Journal)> = seeds
        .iter()
        .map(|seed| {
            let month = month(MonthPlan::new(*seed));
            let journal = observe(&month);
            (month, journal)
        })
        .collect();
    type Way = fn(&Journal) -> Vec<Told>;
    let ways: [(&str, Way); 2] = [
        (
            "z-score of writes and errors a minute and account",
            by_minute,
        ),
        ("first seen, no back-off, ranked by kind", first_seen),
    ];
    for (name, way) in ways {
        let found: Vec<_> = months.iter().map(|(_, journal)| way(journal)).collect();
        println!("\n{name}, threshold chosen with the labels in hand:");
        for most in [0.5, 1.0, 2.0] {
            let (recall, false_alarms) = best(&months, &found, most);
            println!(
                "  at most {most} false alarms an account-day: recall {recall:.2} at {false_alarms:.2}"
            );
        }
    }
}

/// The best recall at no more than so many false alarms in an account-day.
fn best(months: &[(Month, Journal)], found: &[Vec<Told>], most: f64) -> (f64, f64) {
    let mut scores: Vec<f64> = found.iter().flatten().map(|told| told.score).collect();
    scores.sort_by(f64::total_cmp);
    scores.dedup();
    let steps = scores.len().div_ceil(60).max(1);
    let mut best = (0.0, 0.0);
    for threshold in scores.iter().step_by(steps) {
        let (mut hits, mut attacks, mut wrong, mut days) = (0, 0, 0, 0.0);
        for ((month, journal), found) in months.iter().zip(found) {
            let (hit, false_alarms) = weigh(month, journal, found, *threshold);
            hits += hit;
            attacks += month.attacks.len();
            wrong += false_alarms;
            days += f64::from(month.accounts) * 14.0;
        }
        let (recall, false_alarms) = (hits as f64 / attacks as f64, f64::from(wrong) / days);
        if false_alarms <= most && recall > best.0 {
            best = (recall, false_alarms);
        }
    }
    best
}

/// Attacks told and false alarms, one alarm of each principal a day.
fn weigh(month: &Month, journal: &Journal, found: &[Told], threshold: f64) -> (usize, u32) {
    let owners: HashMap<&str, usize> = month
        .attacks
        .iter()
        .enumerate()
        .flat_map(|(at, attack)| attack.event_ids.iter().map(move |id| (id.as_str(), at)))
        .collect();
    let begin = journal
        .entries
        .first()
        .map_or(0, |entry| entry.time / DAY * DAY)
        + WARM_UP * DAY;
    let (mut hits, mut wrong) = (HashSet::new(), HashSet::new());
    for told in found
        .iter()
        .filter(|told| told.score >= threshold && told.time >= begin)
    {
        let ids = told
            .events
            .iter()
            .filter_map(|at| journal.event_id(&journal.entries[*at]));
        let attacks: HashSet<usize> = ids
            .filter_map(|id| owners.get(id.as_str()).copied())
            .collect();
        if attacks.is_empty() {
            wrong.insert((told.who, told.time / DAY));
        }
        hits.extend(attacks);
    }
    (hits.len(), wrong.len() as u32)
}

/// As CloudTrail Insights is described: calls that write, and errors, in each minute and account against
/// the mean and spread of the seven days before.
fn by_minute(journal: &Journal) -> Vec<Told> {
    let mut told = Vec::new();
    for errors in [false, true] {
        let mut minutes: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
        for (at, entry) in journal.entries.iter().enumerate() {
            let pattern = &journal.patterns[entry.pattern];
            let writes = journal.apis[pattern.api].class >= baseline::deed::Class::Write;
            let counts = if errors { pattern.error != 0 } else { writes };
            if counts {
                let account = journal.who[journal.sessions[pattern.session].who].account;
                minutes
                    .entry((account, entry.time / 60))
                    .or_default()
                    .push(at);
            }
        }
        let mut history: HashMap<u32, Vec<(u32, f64)>> = HashMap::new();
        for ((account, minute), events) in minutes {
            let history = history.entry(account).or_default();
            history.retain(|(then, _)| minute - then <= 7 * 1440);
            let count = events.len() as f64;
            let all = 7.0 * 1440.0;
            let mean = history.iter().map(|(_, count)| count).sum::<f64>() / all;
            let square = history.iter().map(|(_, count)| count * count).sum::<f64>() / all;
            let spread = (square - mean * mean).sqrt().max(0.3);
            let score = (count - mean) / spread;
            history.push((minute, count));
            if score > 3.0 {
                told.push(Told {
                    time: minute * 60,
                    who: account,
                    score,
                    events,
                });
            }
        }
    }
    told
}

/// The first time that somebody uses a country's network, a region, a tool or an API, in this order.
fn first_seen(journal: &Journal) -> Vec<Told> {
    let mut seen = HashSet::new();
    let mut told = Vec::new();
    for (at, entry) in journal.entries.iter().enumerate() {
        let pattern = &journal.patterns[entry.pattern];
        let who = journal.sessions[pattern.session].who;
        let network: String = journal
            .names
            .text(pattern.address)
            .rsplitn(2, '.')
            .last()
            .unwrap_or_default()
            .to_owned();
        let values = [
            (4.0, network),
            (3.0, journal.names.text(pattern.region).to_owned()),
            (2.0, journal.names.text(pattern.tool).to_owned()),
            (1.0, journal.apis[pattern.api].name.to_string()),
        ];
        for (score, value) in values {
            if seen.insert((who, score as u8, value)) {
                told.push(Told {
                    time: entry.time,
                    who,
                    score,
                    events: vec![at],
                });
            }
        }
    }
    told
}
