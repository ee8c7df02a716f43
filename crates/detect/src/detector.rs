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
use std::sync::Arc;

use hashbrown::HashMap;
use sigma::{FieldPath, Known, Partial, Rule, RuleSet};

use crate::case::Cases;
use crate::cloudtrail::event::value as value_of;
use crate::cloudtrail::json::Kind;
use crate::cloudtrail::{Json, Record};
use crate::gate::{Gate, Verdicts};
use crate::guidance::{Guidance, GuidanceError};

/// How many combinations are remembered. Beyond, every rule is asked what it can rule out each time.
const REMEMBERED: usize = 16_384;

/// The longest combination that is remembered, in bytes.
const KEY: usize = 256;

/// The fields of few values that have a [`Gate`], and where their value is.
const GATED: [(&str, Gated); 2] = [
    ("userAgent", |record| Some(record.get("userAgent"))),
    ("userIdentity.arn", |record| {
        let identity = record.user_identity()?;
        (identity.kind() == Kind::Object).then(|| identity.get("arn"))
    }),
];

/// What a record has in the field, if it can be said without following the path in full.
type Gated = for<'a> fn(&Record<'a>) -> Option<Option<Json<'a>>>;

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
        let rules = self.rules.rules();
        Screener {
            detector: self,
            candidates: HashMap::new(),
            key: Vec::new(),
            gates: GATED.map(|(path, _)| Gate::new(path, rules)),
        }
    }

    /// The rules that may match a record of which only this much is known.
    fn could_match(&self, glance: &Glance<'_>) -> Vec<u32> {
        let rules = self.rules.rules().iter().zip(0..);
        rules
            .filter(|(rule, _)| rule.could_match(glance))
            .map(|(_, at)| at)
            .collect()
    }
}

/// Asks the rules about record after record.
#[derive(Debug)]
pub struct Screener<'d> {
    detector: &'d Detector,
    candidates: HashMap<Box<[u8]>, Arc<[u32]>>,
    key: Vec<u8>,
    gates: [Gate; 2],
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
        let rules = detector.rules.rules();
        let mut looked = Looked::default();
        for &at in &*self.candidates(record) {
            let at = at as usize;
            let rule = &rules[at];
            if !looked.lets_pass(&mut self.gates, at, record, rules) || !rule.matches(record) {
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

    /// Whether the rule at this place of the rule set matches `record`, by the same way as
    /// [`screen`](Self::screen) takes.
    pub fn matches(&mut self, rule: usize, record: &Record<'_>) -> bool {
        let rules = self.detector.rules.rules();
        self.candidates(record).contains(&(rule as u32))
            && Looked::default().lets_pass(&mut self.gates, rule, record, rules)
            && rules[rule].matches(record)
    }

    /// The rules that may match `record`, by their place in the rule set.
    #[inline]
    fn candidates(&mut self, record: &Record<'_>) -> Arc<[u32]> {
        let glance = Glance::at(record);
        glance.write_key(&mut self.key);
        if let Some(known) = self.candidates.get(self.key.as_slice()) {
            return Arc::clone(known);
        }
        let found: Arc<[u32]> = self.detector.could_match(&glance).into();
        if self.candidates.len() < REMEMBERED && self.key.len() <= KEY {
            self.candidates
                .insert(self.key.as_slice().into(), Arc::clone(&found));
        }
        found
    }
}

/// What the gates have said of one record, asked when the first rule needs it.
#[derive(Default)]
struct Looked([Option<Verdicts>; 2]);

impl Looked {
    #[inline]
    fn lets_pass(
        &mut self,
        gates: &mut [Gate; 2],
        rule: usize,
        record: &Record<'_>,
        rules: &[Rule],
    ) -> bool {
        gates
            .iter_mut()
            .zip(&mut self.0)
            .zip(GATED)
            .all(|((gate, looked), (_, value))| {
                if !gate.concerns(rule) {
                    return true;
                }
                let verdicts = *looked.get_or_insert_with(|| {
                    value(record).map_or(Verdicts::Open, |found| gate.look(found, rules))
                });
                gate.lets_pass(verdicts, rule)
            })
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
