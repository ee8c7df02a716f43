//! From sums and alerts to the data of a report: sorted, cut where a page would grow too long, safe to show.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use detect::Detector;
use detect::alert::Alert;
use detect::attack::{TACTICS, tactic, technique};
use detect::language::Language;
use detect::render::name;
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use report::{Api, Day, Edge, Finding, LEVELS, Origin, Period, Person, Report, Technique};

use super::checks;
use super::completeness::Completeness;
use super::evidence::{Records, decided, visible};
use super::stats::Stats;
use crate::commands::scan::Tally;

/// How many rows the map of hours has.
const APIS: usize = 40;

/// How many rows the tables of origins and principals have.
const ROWS: usize = 100;

/// How many days are drawn; a longer period shows its end.
const DAYS: usize = 400;

/// How many lines the graph of roles has.
const EDGES: usize = 200;

/// All that goes into a report.
pub(super) struct Material<'a> {
    pub(super) title: String,
    pub(super) language: Language,
    pub(super) now: Timestamp,
    pub(super) detector: &'a Detector,
    pub(super) stats: &'a Stats,
    pub(super) tally: &'a Tally,
    pub(super) completeness: &'a Completeness,
    /// Sorted.
    pub(super) alerts: &'a [Alert],
    pub(super) most: usize,
    pub(super) records: &'a Records,
}

/// The worst first, then the newest.
pub(super) fn sort(alerts: &mut [Alert]) {
    alerts.sort_by(|a, b| {
        (Reverse(a.level), Reverse(a.time), &a.id).cmp(&(Reverse(b.level), Reverse(b.time), &b.id))
    });
}

/// The days of the first record and of the last.
pub(super) fn ends(stats: &Stats) -> Option<(Date, Date)> {
    let ends = stats.days.keys().next().zip(stats.days.keys().next_back());
    ends.map(|(first, last)| (*first, *last))
}

/// How many days there are from the first record to the last, both counted.
pub(super) fn length(stats: &Stats) -> u64 {
    let Some((first, last)) = ends(stats) else {
        return 0;
    };
    let days = first.until(last).map_or(0, |span| span.get_days());
    u64::from(days.unsigned_abs()) + 1
}

impl Material<'_> {
    /// The report.
    pub(super) fn report(self) -> Report {
        let stats = self.stats;
        let guidance = checks::guidance(self.detector);
        let (listed, others) = self.alerts.split_at(self.alerts.len().min(self.most));
        let time = |time: Option<Timestamp>| time.map_or_else(String::new, |time| time.to_string());
        Report {
            title: name(&self.title),
            language: match self.language {
                Language::En => report::Language::En,
                Language::ZhCn => report::Language::ZhCn,
            },
            made: self.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            maker: concat!("Trailhound ", env!("CARGO_PKG_VERSION")).to_owned(),
            period: Period {
                first: time(stats.first),
                last: time(stats.last),
            },
            accounts: stats.accounts.iter().map(|account| name(account)).collect(),
            regions: stats.regions.iter().map(|region| name(region)).collect(),
            records: stats.records,
            files: self.tally.files,
            unread: self.tally.failed + self.tally.complaints.len() as u64,
            days: self.days(),
            apis: apis(stats, self.alerts),
            more_apis: more(stats.apis.len(), APIS),
            origins: self.origins(),
            more_origins: more(stats.origins.len(), ROWS),
            people: self.people(),
            more_people: more(stats.people.len(), ROWS),
            edges: edges(stats),
            findings: listed.iter().map(|alert| self.finding(alert)).collect(),
            more_findings: by_level(others),
            tactics: TACTICS
                .iter()
                .map(|one| (one.tag.to_owned(), one.name.to_owned()))
                .collect(),
            techniques: self.techniques(),
            checks: checks::checks(stats, self.tally, self.completeness, self.alerts, &guidance),
            frameworks: checks::frameworks(self.alerts, &guidance),
        }
    }

    fn finding(&self, alert: &Alert) -> Finding {
        let event = decided(alert).and_then(|event| event.event_id.as_deref());
        Finding {
            // An alert is written as JSON all day long.
            alert: serde_json::to_value(alert).map(visible).unwrap_or_default(),
            record: event.and_then(|id| self.records.get(id)).cloned(),
        }
    }

    /// Every day of the period, also those without anything.
    fn days(&self) -> Vec<Day> {
        let mut found: BTreeMap<_, [u64; LEVELS]> = BTreeMap::new();
        for alert in self.alerts {
            let day = alert.time.to_zoned(TimeZone::UTC).date();
            found.entry(day).or_default()[alert.level as usize] += 1;
        }
        let Some((&last, _)) = self.stats.days.last_key_value() else {
            return Vec::new();
        };
        let mut days = Vec::new();
        let mut date = last;
        while days.len() < DAYS && self.stats.days.range(..=date).next().is_some() {
            let (records, failed) = self.stats.days.get(&date).copied().unwrap_or_default();
            days.push(Day {
                date: date.to_string(),
                records,
                failed,
                findings: found.get(&date).copied().unwrap_or_default(),
            });
            match date.yesterday() {
                Ok(before) => date = before,
                Err(_) => break,
            }
        }
        days.reverse();
        days
    }

    fn origins(&self) -> Vec<Origin> {
        let named = count(
            self.alerts
                .iter()
                .filter_map(|alert| alert.source.ip.clone()),
        );
        let origins = busiest(&self.stats.origins, &named, |calls| calls.calls);
        let origin = |(address, calls): (&String, &super::stats::Calls)| Origin {
            address: if address.is_empty() {
                "-".to_owned()
            } else {
                name(address)
            },
            calls: calls.calls,
            failed: calls.failed,
            people: calls.others.len() as u64,
            first: calls.first.to_string(),
            last: calls.last.to_string(),
            findings: named.get(address).copied().unwrap_or_default(),
        };
        origins.into_iter().map(origin).collect()
    }

    fn people(&self) -> Vec<Person> {
        let named = count(self.alerts.iter().map(|alert| alert.principal.key.clone()));
        let people = busiest(&self.stats.people, &named, |person| person.calls.calls);
        let person = |(key, person): (&String, &super::stats::Person)| Person {
            key: name(key),
            name: name(&person.name),
            kind: person.kind.to_string(),
            calls: person.calls.calls,
            failed: person.calls.failed,
            addresses: person.calls.others.len() as u64,
            regions: person.calls.regions.len() as u64,
            first: person.calls.first.to_string(),
            last: person.calls.last.to_string(),
            findings: named.get(key).copied().unwrap_or_default(),
        };
        people.into_iter().map(person).collect()
    }

    /// All that rules can find, with how often they did.
    fn techniques(&self) -> Vec<Technique> {
        let mut found: BTreeMap<String, Technique> = BTreeMap::new();
        for header in self.detector.rules().reporting() {
            for id in header.tags().iter().filter_map(|tag| technique(tag)) {
                let known = catalog::technique(&id);
                let first = || {
                    header
                        .tags()
                        .iter()
                        .find_map(|tag| tactic(tag))
                        .map_or("", |one| one.tag)
                };
                let one = found.entry(id.clone()).or_insert_with(|| Technique {
                    name: known.map_or("?", |known| known.name).to_owned(),
                    tactic: known.map_or_else(first, |known| known.tactic).to_owned(),
                    id,
                    rules: 0,
                    findings: 0,
                });
                one.rules += 1;
            }
        }
        let tags = self.alerts.iter().flat_map(|alert| &alert.rule.tags);
        for id in tags.filter_map(|tag| technique(tag)) {
            if let Some(one) = found.get_mut(&id) {
                one.findings += 1;
            }
        }
        found.into_values().collect()
    }
}

/// As many rows as are shown, the most calls first. Whoever did harm is among them, however few the calls.
fn busiest<'s, T>(
    all: &'s HashMap<String, T>,
    named: &HashMap<String, u64>,
    calls: impl Fn(&T) -> u64,
) -> Vec<(&'s String, &'s T)> {
    let mut rows: Vec<_> = all.iter().collect();
    let by_calls = |(key, one): &(&'s String, &'s T)| (Reverse(calls(one)), *key);
    rows.sort_by_key(|row| (!named.contains_key(row.0), by_calls(row)));
    rows.truncate(ROWS);
    rows.sort_by_key(by_calls);
    rows
}

fn more(all: usize, shown: usize) -> u64 {
    all.saturating_sub(shown) as u64
}

fn by_level(alerts: &[Alert]) -> [u64; LEVELS] {
    let mut counts = [0; LEVELS];
    for alert in alerts {
        counts[alert.level as usize] += 1;
    }
    counts
}

fn count(keys: impl Iterator<Item = String>) -> HashMap<String, u64> {
    let mut counts = HashMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// The APIs of findings and the most called, the most called first.
fn apis(stats: &Stats, alerts: &[Alert]) -> Vec<Api> {
    let named: HashSet<&str> = alerts
        .iter()
        .filter_map(decided)
        .map(|event| catalog::plain_name(&event.event_name))
        .collect();
    let total = |hours: &[u64; 24]| hours.iter().sum::<u64>();
    let mut apis: Vec<_> = stats.apis.iter().collect();
    apis.sort_by_key(|(api, hours)| (Reverse(total(hours)), *api));
    let (found, others): (Vec<_>, Vec<_>) = apis
        .into_iter()
        .partition(|((_, call), _)| named.contains(call.as_str()));
    let found = found.into_iter().take(APIS / 2);
    let mut apis: Vec<_> = found.chain(others).take(APIS).collect();
    apis.sort_by_key(|(api, hours)| (Reverse(total(hours)), *api));
    let api = |((service, call), hours): (&(String, String), &[u64; 24])| Api {
        service: name(service),
        name: name(call),
        hours: hours.to_vec(),
    };
    apis.into_iter().map(api).collect()
}

/// People and roles before services, which assume roles all day long.
fn edges(stats: &Stats) -> Vec<Edge> {
    let edge = |((from, to), (times, denied)): (&(String, String), &(u64, u64))| Edge {
        from: name(from),
        to: name(&key_of_role(to)),
        times: *times,
        denied: *denied,
    };
    let mut edges: Vec<_> = stats.edges.iter().map(edge).collect();
    edges.sort_by(|a, b| {
        let by_service = |edge: &Edge| !edge.from.starts_with("arn:");
        (by_service(a), Reverse(a.times + a.denied), &a.from, &a.to).cmp(&(
            by_service(b),
            Reverse(b.times + b.denied),
            &b.from,
            &b.to,
        ))
    });
    edges.truncate(EDGES);
    edges
}

/// A role by the key that its sessions have: without the path.
fn key_of_role(arn: &str) -> String {
    match arn.split_once(":role/") {
        Some((head, path)) => {
            format!("{head}:role/{}", path.rsplit('/').next().unwrap_or(path))
        }
        None => arn.to_owned(),
    }
}
