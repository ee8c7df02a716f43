//! Asks every rule about a record, without asking most of them.
//!
//! A rule that wants `iam.amazonaws.com` cannot match a record of S3. Rather than guess such
//! conditions from the shape of a rule, we let the rule language say it: [`sigma::Rule::could_match`]
//! evaluates a rule knowing nothing but the service, the API and the kind of identity, and rules out
//! what can be ruled out. The answer is remembered for each combination of the three, of which an
//! account has a few hundred; what remains is asked in full.
//!
//! Invariant: the index changes no verdict. A test compares it with asking every rule.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use sigma::{FieldPath, Known, Partial, RuleSet};

use crate::case::Cases;
use crate::cloudtrail::event::value as value_of;
use crate::cloudtrail::{Json, Record};
use crate::guidance::{Guidance, GuidanceError};

/// How many combinations are remembered. Beyond, every rule is asked what it can rule out each time.
const REMEMBERED: usize = 16_384;

/// The longest combination that is remembered, in bytes.
const KEY: usize = 256;

/// The rules, ready to judge.
#[derive(Debug)]
pub struct Detector {
    rules: RuleSet,
    guidance: Vec<Guidance>,
}

impl Detector {
    /// Prepares `rules`; blocks for the reader of alerts that cannot be read are reported, and their
    /// rules work without.
    #[must_use]
    pub fn new(rules: RuleSet) -> (Self, Vec<GuidanceError>) {
        let mut problems = Vec::new();
        let guidance = rules.rules().iter().map(|rule| {
            Guidance::of(rule).unwrap_or_else(|problem| {
                problems.push(problem);
                Guidance::default()
            })
        });
        let guidance = guidance.collect();
        (Self { rules, guidance }, problems)
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// What the rule at this place of the rule set adds for the reader of its alerts.
    #[must_use]
    pub fn guidance(&self, rule: usize) -> &Guidance {
        &self.guidance[rule]
    }

    /// Someone who asks the rules; one for each thread.
    #[must_use]
    pub fn screener(&self) -> Screener<'_> {
        Screener {
            detector: self,
            candidates: HashMap::new(),
            key: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// The rules that may match a record of which only this much is known.
    fn could_match(&self, glance: &Glance<'_>, candidates: &mut Vec<u32>) {
        candidates.clear();
        let rules = self.rules.rules().iter().zip(0..);
        candidates.extend(
            rules
                .filter(|(rule, _)| rule.could_match(glance))
                .map(|(_, at)| at),
        );
    }
}

/// Asks the rules about record after record.
#[derive(Debug)]
pub struct Screener<'d> {
    detector: &'d Detector,
    candidates: HashMap<Box<[u8]>, Box<[u32]>>,
    key: Vec<u8>,
    scratch: Vec<u32>,
}

/// What was found, record by record, before anything is published.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Screened {
    /// What will be alerts.
    pub cases: Cases,
    /// How many records were judged.
    pub judged: u64,
    /// How many times a rule has matched.
    pub matches: u64,
    /// How many of them each filter has suppressed, by the filter's title.
    pub suppressed: BTreeMap<String, u64>,
}

impl Screened {
    /// Adds what another screener has found.
    pub fn merge(&mut self, other: Self) {
        self.cases.merge(other.cases);
        self.judged += other.judged;
        self.matches += other.matches;
        for (filter, count) in other.suppressed {
            *self.suppressed.entry(filter).or_default() += count;
        }
    }
}

impl Screener<'_> {
    /// Asks every rule about `record`, read in `log_file`.
    pub fn screen(&mut self, record: &Record<'_>, log_file: Option<&str>, found: &mut Screened) {
        found.judged += 1;
        let detector = self.detector;
        for &at in self.candidates(record) {
            let at = at as usize;
            let rule = &detector.rules.rules()[at];
            if !rule.matches(record) {
                continue;
            }
            found.matches += 1;
            match detector.rules.suppressed_by(at, record) {
                Some(filter) => {
                    *found
                        .suppressed
                        .entry(filter.title().to_owned())
                        .or_default() += 1;
                }
                None => found
                    .cases
                    .add(rule, &detector.guidance[at], record, log_file),
            }
        }
    }

    /// The rules that may match `record`, by their place in the rule set.
    #[inline]
    pub fn candidates(&mut self, record: &Record<'_>) -> &[u32] {
        let glance = Glance::at(record);
        glance.write_key(&mut self.key);
        if !self.candidates.contains_key(self.key.as_slice()) {
            self.detector.could_match(&glance, &mut self.scratch);
            if self.candidates.len() >= REMEMBERED || self.key.len() > KEY {
                return &self.scratch;
            }
            let found = self.scratch.as_slice().into();
            self.candidates.insert(self.key.as_slice().into(), found);
        }
        &self.candidates[self.key.as_slice()]
    }
}

/// What is known of a record at first sight.
struct Glance<'a> {
    event_source: Option<Json<'a>>,
    event_name: Option<Json<'a>>,
    /// Not known unless it comes first in the identity, as CloudTrail writes it.
    identity_type: Option<Json<'a>>,
}

impl<'a> Glance<'a> {
    fn at(record: &Record<'a>) -> Self {
        Self {
            event_source: record.get("eventSource"),
            event_name: record.get("eventName"),
            identity_type: record.identity_type(),
        }
    }

    fn write_key(&self, key: &mut Vec<u8>) {
        key.clear();
        for part in [self.event_source, self.event_name, self.identity_type] {
            key.extend_from_slice(part.map_or("", Json::raw).as_bytes());
            key.push(b'\n');
        }
    }
}

impl Partial for Glance<'_> {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        let value = match path.as_str() {
            "eventSource" => self.event_source,
            "eventName" => self.event_name,
            "userIdentity.type" if self.identity_type.is_some() => self.identity_type,
            _ => return Known::Unknown,
        };
        value.map_or(Known::Absent, |json| Known::Value(value_of(json)))
    }
}
