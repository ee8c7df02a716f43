//! Two simple ways to find what is unusual, to compare with: each is given the labels to choose its
//! threshold by, which ours is not.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use baseline::Journal;
use baseline::places::place_of;
use simulate::months::{Month, MonthPlan, month};

use crate::judge::{World, observe};

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
    type Way = fn(&Journal) -> Vec<Told>;
    let ways: [(&str, Way, u32); 2] = [
        (
            "z-score of writes and errors a minute and account, an alarm an hour",
            by_minute,
            3600,
        ),
        (
            "first seen, no back-off, ranked by kind, an alarm a principal and day",
            first_seen,
            DAY,
        ),
    ];
    let mut alarms = [Vec::new(), Vec::new()];
    for seed in seeds {
        let month = month(MonthPlan::new(*seed));
        let journal = observe(&month);
        for ((_, way, during), alarms) in ways.iter().zip(&mut alarms) {
            let found = weigh(&month, &journal, way(&journal), *during);
            alarms.push((
                Month {
                    files: Vec::new(),
                    ..month.clone()
                },
                found,
            ));
        }
    }
    for ((name, ..), alarms) in ways.iter().zip(&alarms) {
        println!("\n{name}, threshold chosen with the labels in hand:");
        for most in [0.5, 1.0, 2.0] {
            let (recall, wrong) = best(alarms, most);
            println!(
                "  at most {most} false alarms an account-day: recall {recall:.2} at {wrong:.2}"
            );
        }
    }
}

/// What one alarm is worth: whose and when, how unusual, which attacks it points at.
struct Alarm {
    of: (u32, u32),
    score: f64,
    attacks: Vec<usize>,
}

/// The best recall at no more than so many false alarms in an account-day.
fn best(months: &[(Month, Vec<Alarm>)], most: f64) -> (f64, f64) {
    let alarms = months.iter().flat_map(|(_, alarms)| alarms);
    let mut scores: Vec<f64> = alarms.map(|alarm| alarm.score).collect();
    scores.sort_by(f64::total_cmp);
    scores.dedup();
    let steps = scores.len().div_ceil(200).max(1);
    let mut best = (0.0, 0.0);
    for threshold in scores.iter().step_by(steps) {
        let (mut hits, mut attacks, mut wrong, mut days) = (0, 0, 0, 0.0);
        for (month, alarms) in months {
            let (mut told, mut false_alarms) = (HashSet::new(), HashSet::new());
            for alarm in alarms.iter().filter(|alarm| alarm.score >= *threshold) {
                told.extend(alarm.attacks.iter().copied());
                if alarm.attacks.is_empty() {
                    false_alarms.insert(alarm.of);
                }
            }
            hits += told.len();
            attacks += month.attacks.len();
            wrong += false_alarms.len();
            days += f64::from(month.accounts) * 14.0;
        }
        let (recall, false_alarms) = (hits as f64 / attacks as f64, wrong as f64 / days);
        if false_alarms <= most && recall > best.0 {
            best = (recall, false_alarms);
        }
    }
    best
}

/// What is told, held against the labels; of one who and one while it is one alarm.
fn weigh(month: &Month, journal: &Journal, found: Vec<Told>, during: u32) -> Vec<Alarm> {
    let owners: HashMap<&str, usize> = month
        .attacks
        .iter()
        .enumerate()
        .flat_map(|(at, attack)| attack.event_ids.iter().map(move |id| (id.as_str(), at)))
        .collect();
    let first = journal.entries.first().map_or(0, |entry| entry.time);
    let begin = first / DAY * DAY + WARM_UP * DAY;
    let late = found.into_iter().filter(|told| told.time >= begin);
    let alarm = |told: Told| {
        let events = told.events.iter().map(|at| &journal.entries[*at]);
        let ids = events.filter_map(|event| journal.event_id(event));
        let attacks: HashSet<usize> = ids
            .filter_map(|id| owners.get(id.as_str()).copied())
            .collect();
        Alarm {
            of: (told.who, told.time / during),
            score: told.score,
            attacks: attacks.into_iter().collect(),
        }
    };
    late.map(alarm).collect()
}

/// The counts of seven days, minute by minute; minutes without any count too.
#[derive(Default)]
struct Week {
    counts: VecDeque<(u32, f64)>,
    sum: f64,
    squares: f64,
}

impl Week {
    /// How many spreads above the mean of the week before `count` is; then it belongs to the week.
    fn score(&mut self, minute: u32, count: f64) -> f64 {
        const MINUTES: u32 = 7 * 1440;
        while let Some((then, old)) = self.counts.front().copied() {
            if minute - then <= MINUTES {
                break;
            }
            self.counts.pop_front();
            self.sum -= old;
            self.squares -= old * old;
        }
        let mean = self.sum / f64::from(MINUTES);
        let square = self.squares / f64::from(MINUTES);
        let spread = (square - mean * mean).max(0.0).sqrt().max(0.3);
        self.counts.push_back((minute, count));
        self.sum += count;
        self.squares += count * count;
        (count - mean) / spread
    }
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
        let mut history: HashMap<u32, Week> = HashMap::new();
        for ((account, minute), events) in minutes {
            let week = history.entry(account).or_default();
            let count = events.len() as f64;
            let score = week.score(minute, count);
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

/// The first time that somebody uses a country, a network, a region, a tool or an API, in this order.
fn first_seen(journal: &Journal) -> Vec<Told> {
    let mut seen = HashSet::new();
    let mut told = Vec::new();
    for (at, entry) in journal.entries.iter().enumerate() {
        let pattern = &journal.patterns[entry.pattern];
        let who = journal.sessions[pattern.session].who;
        let address = journal.names.text(pattern.address);
        let (place, network) = place_of(address, &World::default());
        let values = [
            (5.0, place.country.unwrap_or_default()),
            (4.0, network),
            (3.0, journal.names.text(pattern.region).to_owned()),
            (2.0, journal.names.text(pattern.tool).to_owned()),
            (
                1.0,
                journal
                    .names
                    .text(journal.apis[pattern.api].name)
                    .to_owned(),
            ),
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
