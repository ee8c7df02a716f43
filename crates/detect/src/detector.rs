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
use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;
use sigma::{Correlation, FieldPath, Header, Known, Level, Partial, Rule, RuleSet, Value};

use crate::alert::AlertId;
use crate::case::Cases;
use crate::cloudtrail::event::value as value_of;
use crate::cloudtrail::record::without_version;
use crate::cloudtrail::{Json, Record};
use crate::correlation::{Correlator, Plan, Windows};
use crate::derived;
use crate::gate::{Gate, Gated, Look};
use crate::group;
use crate::guidance::{self, Guidance, GuidanceError};

/// How many combinations are remembered. Beyond, every rule is asked what it can rule out each time.
const REMEMBERED: usize = 16_384;

/// The longest combination that is remembered, in bytes.
const KEY: usize = 256;

/// The fields of few values that have a [`Gate`].
const GATED: [Gated; 2] = [
    Gated {
        field: "userIdentity",
        derived: &derived::OF_IDENTITY,
        derive: derived::of_identity,
    },
    Gated {
        field: "userAgent",
        derived: &derived::OF_USER_AGENT,
        derive: derived::of_user_agent,
    },
];

/// Which of them is the identity's.
const IDENTITY: usize = 0;

/// Where the block of a rule or correlation lies that does not hold it itself.
pub type Blocks = fn(&Header) -> Option<&'static str>;

/// The rules, ready to judge.
#[derive(Debug)]
pub struct Detector {
    rules: RuleSet,
    guidance: Vec<OnceLock<Guidance>>,
    correlation_guidance: Vec<OnceLock<Guidance>>,
    plan: Plan,
    blocks: Blocks,
    floor: Level,
}

impl Detector {
    /// Prepares `rules`; blocks for the reader of alerts that cannot be read are reported, and their
    /// rules work without.
    #[must_use]
    pub fn new(rules: RuleSet) -> (Self, Vec<GuidanceError>) {
        Self::with_blocks(rules, |_| None)
    }

    /// The same, where the blocks of some rules lie elsewhere: those are good, and read when their rule
    /// first matches.
    #[must_use]
    pub fn with_blocks(rules: RuleSet, blocks: Blocks) -> (Self, Vec<GuidanceError>) {
        let mut problems = Vec::new();
        let mut own = |header: &Header| {
            let place = OnceLock::new();
            if header.extension(guidance::KEY).is_some() {
                let read = Guidance::of(header).unwrap_or_else(|problem| {
                    problems.push(problem);
                    Guidance::default()
                });
                place.get_or_init(|| read);
            }
            place
        };
        let headers = rules.rules().iter().map(Rule::header);
        let guidance = headers.map(&mut own).collect();
        let correlations = rules.correlations().iter().map(Correlation::header);
        let detector = Self {
            guidance,
            correlation_guidance: correlations.map(own).collect(),
            plan: Plan::of(&rules),
            rules,
            blocks,
            floor: Level::Informational,
        };
        (detector, problems)
    }

    /// The same, but of rules below `floor` matches are only counted.
    #[must_use]
    pub fn from_level(self, floor: Level) -> Self {
        Self { floor, ..self }
    }

    /// The lowest level that is told.
    pub(crate) fn floor(&self) -> Level {
        self.floor
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// What the rule at this place of the rule set adds for the reader of its alerts.
    #[must_use]
    pub fn guidance(&self, rule: usize) -> &Guidance {
        self.guidance[rule].get_or_init(|| self.block(self.rules.rules()[rule].header()))
    }

    /// The same of the correlation at this place.
    #[must_use]
    pub fn correlation_guidance(&self, correlation: usize) -> &Guidance {
        let header = self.rules.correlations()[correlation].header();
        self.correlation_guidance[correlation].get_or_init(|| self.block(header))
    }

    fn block(&self, header: &Header) -> Guidance {
        let block = (self.blocks)(header).map(|block| Guidance::of_block(block, header));
        block.and_then(Result::ok).unwrap_or_default()
    }

    /// The correlations, made ready.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Someone who asks the correlations about what was gathered.
    #[must_use]
    pub fn correlate(&self, windows: Windows) -> Correlator<'_> {
        Correlator::new(self, windows)
    }

    /// Adds to `found` what another screener of these rules has found.
    pub fn join(&self, found: &mut Screened, other: Screened) {
        found.windows.merge(&self.plan, other.windows);
        found.cases.merge(other.cases);
        for (level, count) in other.below {
            *found.below.entry(level).or_default() += count;
        }
        found.judged += other.judged;
        found.matches += other.matches;
        for (filter, count) in other.suppressed {
            *found.suppressed.entry(filter).or_default() += count;
        }
    }

    /// Someone who asks the rules; one for each thread.
    #[must_use]
    pub fn screener(&self) -> Screener<'_> {
        let rules = self.rules.rules();
        Screener {
            detector: self,
            candidates: HashMap::new(),
            key: Vec::new(),
            gates: GATED.map(|gated| Gate::new(gated, rules)),
            alerts: HashMap::new(),
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
    /// The alerts that matches belong to, where the identity decides.
    alerts: HashMap<Session, AlertId>,
}

/// Matches of one rule in one period, in records of one account with one identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Session {
    rule: u32,
    identity: u32,
    period_start: i64,
    account: [u8; 12],
}

/// What was found, record by record, before anything is published.
#[derive(Debug, Clone, Default)]
pub struct Screened {
    /// What will be alerts.
    pub cases: Cases,
    /// What may become alerts together.
    pub windows: Windows,
    /// How many matches will be none, for their rules are below the level asked for.
    pub below: BTreeMap<Level, u64>,
    /// How many records were judged.
    pub judged: u64,
    /// How many times a rule has matched.
    pub matches: u64,
    /// How many of them each filter has suppressed, by the filter's title.
    pub suppressed: BTreeMap<String, u64>,
}

impl Screener<'_> {
    /// Asks every rule about `record`, read in `log_file`.
    pub fn screen(
        &mut self,
        record: &Record<'_>,
        log_file: Option<&Arc<str>>,
        found: &mut Screened,
    ) {
        found.judged += 1;
        found.windows.pass(record);
        let detector = self.detector;
        let rules = detector.rules.rules();
        let mut looked = Looked::default();
        for &at in &*self.candidates(record) {
            let at = at as usize;
            let rule = &rules[at];
            if !looked.matches(&mut self.gates, at, record, rules) {
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
                None => {
                    let feeds = detector.plan.feeds(at);
                    if !feeds.is_empty() {
                        let correlations = detector.rules.correlations();
                        let windows = &mut found.windows;
                        windows.add(&detector.plan, correlations, feeds, record, log_file);
                    }
                    if detector.plan.is_silent(at) {
                        continue;
                    }
                    if rule.level() < detector.floor {
                        *found.below.entry(rule.level()).or_default() += 1;
                        continue;
                    }
                    let id = self.alert(at, record, &mut looked);
                    let guidance = detector.guidance(at);
                    found.cases.add(id, rule, guidance, record, log_file);
                }
            }
        }
    }

    /// Whether the rule at this place of the rule set matches `record`, by the same way as
    /// [`screen`](Self::screen) takes.
    pub fn matches(&mut self, rule: usize, record: &Record<'_>) -> bool {
        let rules = self.detector.rules.rules();
        self.candidates(record).contains(&(rule as u32))
            && Looked::default().matches(&mut self.gates, rule, record, rules)
    }

    /// The alert that `record`, matched by the rule at this place, belongs to.
    fn alert(&mut self, rule: usize, record: &Record<'_>, looked: &mut Looked) -> AlertId {
        let session = self.session(rule, record, looked);
        if let Some(known) = session.and_then(|session| self.alerts.get(&session)) {
            return *known;
        }
        let rules = self.detector.rules.rules();
        let by_identity = group::write_key(self.detector.guidance(rule), record, &mut self.key);
        let id = group::alert(rules[rule].id_or_title(), &self.key);
        if let Some(session) = session.filter(|_| by_identity) {
            if self.alerts.len() >= REMEMBERED {
                self.alerts.clear();
            }
            self.alerts.insert(session, id);
        }
        id
    }

    fn session(
        &mut self,
        rule: usize,
        record: &Record<'_>,
        looked: &mut Looked,
    ) -> Option<Session> {
        let rules = self.detector.rules.rules();
        Some(Session {
            rule: rule as u32,
            identity: looked.at(IDENTITY, &mut self.gates, record, rules)?.number,
            period_start: self
                .detector
                .guidance(rule)
                .period_start(record.event_time()),
            account: record.account()?.as_bytes().try_into().ok()?,
        })
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

/// What the gates know of one record, looked up when it is first needed.
#[derive(Default)]
struct Looked([Option<Option<Look>>; 2]);

impl Looked {
    #[inline]
    fn at(
        &mut self,
        gate: usize,
        gates: &mut [Gate; 2],
        record: &Record<'_>,
        rules: &[Rule],
    ) -> Option<Look> {
        let Self(looked) = self;
        let this = &mut gates[gate];
        *looked[gate].get_or_insert_with(|| this.look(record.get(this.field()), rules))
    }

    /// Whether the rule at this place matches: said by a gate, if one can tell, or by the rule.
    #[inline]
    fn matches(
        &mut self,
        gates: &mut [Gate; 2],
        rule: usize,
        record: &Record<'_>,
        rules: &[Rule],
    ) -> bool {
        for at in 0..gates.len() {
            if !gates[at].concerns(rule) {
                continue;
            }
            let look = self.at(at, gates, record, rules);
            if let Some(verdict) = look.and_then(|look| gates[at].verdict(look, rule)) {
                return verdict;
            }
        }
        rules[rule].matches(record)
    }
}

/// What is known of a record at first sight.
struct Glance<'a> {
    event_source: Option<Json<'a>>,
    event_name: Option<Json<'a>>,
    /// Not known unless it comes first in the identity, as CloudTrail writes it.
    identity_type: Option<Json<'a>>,
    /// Whether it is plain at first sight that there is no `errorCode`.
    is_without_error: bool,
}

impl<'a> Glance<'a> {
    fn at(record: &Record<'a>) -> Self {
        Self {
            event_source: record.get("eventSource"),
            event_name: record.get("eventName"),
            identity_type: record.identity_type(),
            is_without_error: record.is_without_error(),
        }
    }

    fn write_key(&self, key: &mut Vec<u8>) {
        key.clear();
        for part in [self.event_source, self.event_name, self.identity_type] {
            key.extend_from_slice(part.map_or("", Json::raw).as_bytes());
            key.push(b'\n');
        }
        key.push(u8::from(self.is_without_error));
    }
}

impl Partial for Glance<'_> {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        if path.as_str() == "trailhound.eventName" {
            let name = self.event_name.and_then(Json::as_str);
            return name.map_or(Known::Unknown, |name| {
                Known::Value(Value::Str(without_version(&name).to_owned().into()))
            });
        }
        if path.as_str() == "errorCode" && self.is_without_error {
            return Known::Absent;
        }
        let value = match path.as_str() {
            "eventSource" => self.event_source,
            "eventName" => self.event_name,
            "userIdentity.type" if self.identity_type.is_some() => self.identity_type,
            _ => return Known::Unknown,
        };
        value.map_or(Known::Absent, |json| Known::Value(value_of(json)))
    }
}
