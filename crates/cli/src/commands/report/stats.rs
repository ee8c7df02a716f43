//! What is counted for a report: by day, by API and hour, by origin, by principal, by role assumed.
//!
//! Sums over events in any order. Memory is bounded: beyond some hundred thousand different values, new ones
//! are only counted together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};

use detect::cloudtrail::{Json, Record};
use detect::outcome::Outcome;
use detect::principal::{Principal, PrincipalKind};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How many different values of one kind are kept.
const KEPT: usize = 200_000;

/// How many different companions of a value are counted.
const COMPANIONS: usize = 4_096;

/// The calls that give a session of a role.
const ASSUME: [&str; 3] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
];

/// All sums.
#[derive(Debug, Default)]
pub(super) struct Stats {
    pub(super) records: u64,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
    /// Records and failures.
    pub(super) days: BTreeMap<Date, (u64, u64)>,
    pub(super) apis: HashMap<(String, String), [u64; 24]>,
    pub(super) origins: HashMap<String, Calls>,
    pub(super) people: HashMap<String, Person>,
    /// Successes and failures of assuming: by whom, which role.
    pub(super) edges: HashMap<(String, String), (u64, u64)>,
    pub(super) accounts: BTreeSet<String>,
    pub(super) regions: BTreeSet<String>,
    pub(super) signs: Signs,
}

/// What auditors ask about.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Signs {
    /// Sign-ins of the root user that worked.
    pub(super) root_sign_ins: u64,
    /// Calls of the root user that change something.
    pub(super) root_changes: u64,
    /// Console sign-ins that worked, and of them those that AWS says had no second factor.
    pub(super) sign_ins: u64,
    pub(super) without_mfa: u64,
    /// Calls that were denied.
    pub(super) denied: u64,
}

/// What was called from somewhere, or by somebody.
#[derive(Debug, Clone)]
pub(super) struct Calls {
    pub(super) calls: u64,
    pub(super) failed: u64,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    /// Hashes of principals, or of addresses.
    pub(super) others: HashSet<u64>,
    pub(super) regions: HashSet<u64>,
}

/// Somebody, and what was called.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) kind: PrincipalKind,
    pub(super) calls: Calls,
}

impl Calls {
    fn new(time: Timestamp) -> Self {
        Self {
            calls: 0,
            failed: 0,
            first: time,
            last: time,
            others: HashSet::new(),
            regions: HashSet::new(),
        }
    }

    fn add(&mut self, time: Timestamp, failed: bool, other: &str, region: Option<&str>) {
        self.calls += 1;
        self.failed += u64::from(failed);
        self.first = self.first.min(time);
        self.last = self.last.max(time);
        keep(&mut self.others, hash(other));
        if let Some(region) = region {
            keep(&mut self.regions, hash(region));
        }
    }

    fn merge(&mut self, other: Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        other
            .others
            .into_iter()
            .for_each(|one| keep(&mut self.others, one));
        other
            .regions
            .into_iter()
            .for_each(|one| keep(&mut self.regions, one));
    }
}

fn keep(set: &mut HashSet<u64>, one: u64) {
    if set.len() < COMPANIONS {
        set.insert(one);
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The value under `key`, made if there is room for another.
fn entry<K: Eq + Hash, V>(
    map: &mut HashMap<K, V>,
    key: K,
    new: impl FnOnce() -> V,
) -> Option<&mut V> {
    if map.len() >= KEPT && !map.contains_key(&key) {
        return None;
    }
    Some(map.entry(key).or_insert_with(new))
}

impl Stats {
    /// Counts an event.
    pub(super) fn add(&mut self, record: &Record<'_>) {
        let time = record.event_time();
        let failed = !Outcome::of(record).is_success();
        let zoned = time.to_zoned(TimeZone::UTC);
        self.records += 1;
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
        let day = self.days.entry(zoned.date()).or_default();
        day.0 += 1;
        day.1 += u64::from(failed);
        let source = record.event_source();
        let service = source.trim_end_matches(".amazonaws.com").to_owned();
        let api = (service, record.plain_event_name().into_owned());
        if let Some(hours) = entry(&mut self.apis, api, || [0; 24]) {
            hours[usize::from(zoned.hour().unsigned_abs()) % 24] += 1;
        }
        self.accounts.extend(
            record
                .account()
                .map(Into::into)
                .filter(|_| self.accounts.len() < KEPT),
        );
        let region = record.region();
        if let Some(region) = region
            .as_deref()
            .filter(|region| !self.regions.contains(*region))
        {
            self.regions.insert(region.to_owned());
        }
        self.who(record, failed);
    }

    fn who(&mut self, record: &Record<'_>, failed: bool) {
        let (time, region) = (record.event_time(), record.region());
        let key = Principal::key_of(record);
        let kind = Principal::kind_of(record);
        let address = record.source_ip().unwrap_or_default();
        if let Some(origin) = entry(&mut self.origins, address.to_string(), || Calls::new(time)) {
            origin.add(time, failed, &key, region.as_deref());
        }
        let person = || Person {
            name: Principal::name_of(record).into_owned(),
            kind,
            calls: Calls::new(time),
        };
        if let Some(person) = entry(&mut self.people, key.to_string(), person) {
            person.calls.add(time, failed, &address, region.as_deref());
        }
        self.role(record, &key, failed);
        self.signs.add(record, kind, failed);
    }

    fn role(&mut self, record: &Record<'_>, caller: &str, failed: bool) {
        if record.event_source() != "sts.amazonaws.com"
            || !ASSUME.contains(&&*record.plain_event_name())
        {
            return;
        }
        let asked = record
            .request_parameters()
            .and_then(|asked| asked.get("roleArn"));
        let Some(role) = asked.and_then(Json::as_str) else {
            return;
        };
        let pair = (caller.to_owned(), role.into_owned());
        if let Some(times) = entry(&mut self.edges, pair, Default::default) {
            times.0 += u64::from(!failed);
            times.1 += u64::from(failed);
        }
    }

    /// Adds what another thread has counted.
    pub(super) fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.into_iter().chain(other.last).max();
        for (day, (records, failed)) in other.days {
            let sum = self.days.entry(day).or_default();
            *sum = (sum.0 + records, sum.1 + failed);
        }
        for (api, hours) in other.apis {
            if let Some(sum) = entry(&mut self.apis, api, || [0; 24]) {
                sum.iter_mut()
                    .zip(hours)
                    .for_each(|(sum, count)| *sum += count);
            }
        }
        for (address, calls) in other.origins {
            let first = calls.first;
            if let Some(sum) = entry(&mut self.origins, address, || Calls::new(first)) {
                sum.merge(calls);
            }
        }
        for (key, person) in other.people {
            let new = || Person {
                calls: Calls::new(person.calls.first),
                ..person.clone()
            };
            if let Some(sum) = entry(&mut self.people, key, new) {
                sum.name = sum.name.clone().min(person.name.clone());
                sum.calls.merge(person.calls);
            }
        }
        for (pair, (worked, failed)) in other.edges {
            if let Some(sum) = entry(&mut self.edges, pair, Default::default) {
                *sum = (sum.0 + worked, sum.1 + failed);
            }
        }
        self.accounts.extend(other.accounts);
        self.regions.extend(other.regions);
        self.signs.merge(other.signs);
    }
}

impl Signs {
    fn add(&mut self, record: &Record<'_>, kind: PrincipalKind, failed: bool) {
        let is_root = kind == PrincipalKind::Root;
        self.denied += u64::from(failed && Outcome::of(record).denial().is_some());
        if is_root && !failed && record.read_only() == Some(false) {
            self.root_changes += 1;
        }
        if failed || record.event_name() != "ConsoleLogin" {
            return;
        }
        self.sign_ins += 1;
        self.root_sign_ins += u64::from(is_root);
        let used = record
            .additional_event_data()
            .and_then(|data| data.get("MFAUsed"));
        let is_known = matches!(kind, PrincipalKind::Root | PrincipalKind::IamUser);
        self.without_mfa +=
            u64::from(is_known && used.and_then(Json::as_str).as_deref() == Some("No"));
    }

    fn merge(&mut self, other: Self) {
        self.root_sign_ins += other.root_sign_ins;
        self.root_changes += other.root_changes;
        self.sign_ins += other.sign_ins;
        self.without_mfa += other.without_mfa;
        self.denied += other.denied;
    }
}
