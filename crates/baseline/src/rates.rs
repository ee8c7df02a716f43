//! How much of something is usual in a while, and how improbable more of it is.
//!
//! Only whiles in which the principal was active count. A count scores where it lies above anything seen
//! before, by the tail of a negative binomial with the principal's own mean and variance, and that tail is
//! then held against how often such scores came about for anybody: a model need not be right to be
//! calibrated.

use serde::{Deserialize, Serialize};

use crate::dimension::Family;
use crate::tail::{LEAST, improbability};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Calls.
    Calls,
    /// Calls that were not allowed.
    Denied,
    /// Different APIs.
    Apis,
    /// APIs that are new for the principal.
    NewApis,
    /// Objects read from S3.
    ObjectReads,
    /// Calls that read what attackers want.
    SensitiveReads,
    /// Calls that change who may do what, or what is watched.
    SensitiveWrites,
    /// Calls that delete or end something.
    Deletes,
    /// Calls to models.
    Models,
    /// Different regions.
    Regions,
    /// Different secrets and parameters.
    Secrets,
    /// Secrets, parameters, buckets and roles that are new for the principal.
    NewThings,
    /// Calls of everybody in an account that change its set-up.
    Changes,
    /// Calls of everybody in an account that fail.
    Failures,
}

/// How many metrics there are.
pub const METRICS: usize = 14;

const HOUR: u32 = 3600;

impl Metric {
    /// All of them, in their order.
    pub const ALL: [Self; METRICS] = [
        Self::Calls,
        Self::Denied,
        Self::Apis,
        Self::NewApis,
        Self::ObjectReads,
        Self::SensitiveReads,
        Self::SensitiveWrites,
        Self::Deletes,
        Self::Models,
        Self::Regions,
        Self::Secrets,
        Self::NewThings,
        Self::Changes,
        Self::Failures,
    ];

    /// How long a while is, in seconds; a day is a whole number of them.
    #[must_use]
    pub fn window(self) -> u32 {
        match self {
            Self::Calls => HOUR / 6,
            Self::Secrets | Self::NewThings => 24 * HOUR,
            _ => HOUR,
        }
    }

    /// Whether it is counted of whole accounts.
    #[must_use]
    pub fn is_of_accounts(self) -> bool {
        matches!(self, Self::Changes | Self::Failures)
    }

    /// The family that a count is evidence of: a count of what is new is hardly other evidence than what is
    /// new.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Self::Apis | Self::NewApis => Family::Discovery,
            Self::SensitiveReads | Self::Secrets | Self::NewThings => Family::Access,
            Self::SensitiveWrites => Family::Change,
            Self::Regions => Family::Region,
            Self::Calls
            | Self::Denied
            | Self::ObjectReads
            | Self::Deletes
            | Self::Models
            | Self::Changes
            | Self::Failures => Family::Rate,
        }
    }

    /// What a count may say at most, as a logarithm of likelihoods.
    fn cap(self) -> f64 {
        match self {
            Self::Calls => 1.5,
            Self::Apis | Self::NewApis | Self::NewThings => 2.0,
            Self::Denied | Self::SensitiveWrites | Self::Regions => 2.5,
            Self::SensitiveReads | Self::Models | Self::Changes | Self::Failures => 3.0,
            Self::Deletes | Self::Secrets => 3.5,
            Self::ObjectReads => 4.0,
        }
    }

    /// Fewer than this never score.
    fn least(self) -> f64 {
        match self {
            Self::Calls => 30.0,
            Self::ObjectReads => 100.0,
            Self::Changes => 60.0,
            Self::Failures => 40.0,
            Self::Deletes => 12.0,
            Self::Regions => 3.0,
            Self::Denied | Self::Apis => 8.0,
            _ => 4.0,
        }
    }
}

/// How the counts of past whiles were spread; old ones fade.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    /// Whiles, faded.
    pub n: f64,
    /// Sum of counts, faded.
    s1: f64,
    /// Sum of their squares, faded.
    s2: f64,
    /// The highest, faded.
    pub highest: f64,
}

/// What is left of a while after each later one.
const FADE: f64 = 0.995;

/// As how many whiles of its own a principal takes those of everybody.
const PRIOR: f64 = 2.0;

/// With fewer whiles than these nothing is known of a principal.
const ENOUGH: f64 = 6.0;

impl Moments {
    /// Learns the count of a while that is over.
    pub fn learn(&mut self, count: f64) {
        self.n = self.n * FADE + 1.0;
        self.s1 = self.s1 * FADE + count;
        self.s2 = self.s2 * FADE + count * count;
        self.highest = (self.highest * FADE).max(count);
    }

    /// Learns the same for everybody, where there are so many that none fades soon.
    pub fn learn_slowly(&mut self, count: f64) {
        const SLOW: f64 = 0.9999;
        self.n = self.n * SLOW + 1.0;
        self.s1 = self.s1 * SLOW + count;
        self.s2 = self.s2 * SLOW + count * count;
        self.highest = (self.highest * SLOW).max(count);
    }

    /// The mean, with those of everybody as a start.
    #[must_use]
    pub fn mean(&self, fleet: &Self) -> f64 {
        self.with(fleet).0
    }

    fn with(&self, fleet: &Self) -> (f64, f64) {
        let (mut first, mut second) = (1.0, 4.0);
        if fleet.n > 0.0 {
            (first, second) = (fleet.s1 / fleet.n, fleet.s2 / fleet.n);
        }
        let n = self.n + PRIOR;
        let mean = (self.s1 + PRIOR * first) / n;
        let square = (self.s2 + PRIOR * second) / n;
        (mean, square - mean * mean)
    }

    /// How improbable `count` is, in decimal places.
    #[must_use]
    pub fn improbability(&self, fleet: &Self, count: f64) -> f64 {
        let (mean, variance) = self.with(fleet);
        improbability(count, mean, variance)
    }

    /// Whether enough is known to judge by.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.n >= ENOUGH
    }
}

/// How often scores came about, for all principals of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    bins: Vec<u32>,
    total: u32,
    /// Where the top begins, and how far beyond it scores go on average.
    top: Option<(f64, f64)>,
}

const BIN: f64 = 0.1;
const BINS: usize = (LEAST / BIN) as usize + 1;

/// The share of scores that makes the top.
const TOP: f64 = 0.005;

/// With fewer scores than these the top is anybody's guess.
const SCORES: u32 = 600;

impl Default for Calibration {
    fn default() -> Self {
        Self {
            bins: vec![0; BINS],
            total: 0,
            top: None,
        }
    }
}

impl Calibration {
    /// Learns a score.
    pub fn learn(&mut self, score: f64) {
        let bin = ((score / BIN) as usize).min(BINS - 1);
        self.bins[bin] = self.bins[bin].saturating_add(1);
        self.total = self.total.saturating_add(1);
    }

    /// Fits the top anew; done once a day, so that a day is judged by one measure.
    pub fn fit(&mut self) {
        if self.total < SCORES {
            self.top = None;
            return;
        }
        let wanted = (f64::from(self.total) * TOP).ceil();
        let (mut above, mut excess, mut at) = (0.0, 0.0, BINS);
        while at > 0 && above < wanted {
            at -= 1;
            excess += f64::from(self.bins[at]) * (at as f64 + 0.5) * BIN;
            above += f64::from(self.bins[at]);
        }
        let begins = at as f64 * BIN;
        let mean = if above > 0.0 {
            excess / above - begins
        } else {
            0.0
        };
        self.top = Some((begins, mean.max(0.15)));
    }

    /// How improbable a score is, in decimal places, by how often such scores came about.
    #[must_use]
    pub fn improbability(&self, score: f64) -> f64 {
        match self.top {
            None => 0.6 * score,
            Some((begins, _)) if score <= begins => score.min(-TOP.log10()),
            Some((begins, mean)) => {
                -TOP.log10() + (score - begins) / mean / std::f64::consts::LN_10
            }
        }
    }
}

/// What `count` says: the logarithm of how much likelier it is in an attack, 0 if nothing.
#[must_use]
pub fn evidence(
    metric: Metric,
    moments: &Moments,
    fleet: &Moments,
    calibration: &Calibration,
    count: f64,
) -> f64 {
    if !moments.is_known() || count < metric.least() || count <= 1.25 * moments.highest {
        return 0.0;
    }
    let score = calibration.improbability(moments.improbability(fleet, count));
    // A little more than ever happens to everybody some day; eight times as much does not.
    let times = (count / moments.highest.max(1.0)).log2() / 3.0;
    (0.9 * (score - 2.2)).clamp(0.0, metric.cap()) * times.clamp(0.0, 1.0)
}

/// The while that is still going on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Which one, counted from 1970.
    pub number: u32,
    /// What was counted.
    pub count: u32,
    /// Below this count nothing is asked.
    pub ask_at: f64,
    /// What was counted, where only different things count; not kept, for what is kept is kept at
    /// midnight, when every while is over.
    #[serde(skip)]
    different: Vec<u64>,
}

/// How many different things are told apart in one while.
const DIFFERENT: usize = 1000;

impl Window {
    /// Begins anew.
    pub fn begin(&mut self, number: u32) {
        self.number = number;
        self.count = 0;
        self.ask_at = 0.0;
        self.different.clear();
    }

    /// Counts one.
    pub fn add(&mut self) {
        self.count = self.count.saturating_add(1);
    }

    /// Counts one if it was not counted yet.
    pub fn add_different(&mut self, what: u64) -> bool {
        let full = self.different.len() >= DIFFERENT;
        match self.different.binary_search(&what) {
            Ok(_) => false,
            Err(_) if full => false,
            Err(at) => {
                self.different.insert(at, what);
                self.add();
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual(counts: impl IntoIterator<Item = u32>) -> Moments {
        let mut moments = Moments::default();
        for count in counts {
            moments.learn(f64::from(count));
        }
        moments
    }

    #[test]
    fn what_was_seen_before_is_no_evidence_and_much_more_is() {
        let (fleet, calibration) = (Moments::default(), Calibration::default());
        let moments = usual((0..60).map(|at| 3 + at % 5));
        let says = |count| evidence(Metric::Deletes, &moments, &fleet, &calibration, count);
        assert_eq!(says(7.0), 0.0, "it was as much before");
        assert!(says(60.0) > 1.0);
        assert_eq!(says(1e6), 3.5, "capped");
        let unknown = usual([3, 4]);
        assert_eq!(
            evidence(Metric::Deletes, &unknown, &fleet, &calibration, 60.0),
            0.0,
            "too little is known"
        );
    }

    #[test]
    fn scores_that_come_about_often_say_little() {
        let mut calm = Calibration::default();
        let mut wild = Calibration::default();
        for at in 0..2000 {
            calm.learn(f64::from(at % 10) * 0.05);
            wild.learn(if at % 100 == 0 { 8.0 } else { 0.2 });
        }
        calm.fit();
        wild.fit();
        assert!(calm.improbability(8.0) > 5.0);
        assert!(
            wild.improbability(8.0) < 2.6,
            "one in a hundred scores as much"
        );
    }

    #[test]
    fn a_while_tells_things_apart_up_to_a_bound() {
        let mut window = Window::default();
        assert!(window.add_different(1) && !window.add_different(1));
        for what in 0..5000 {
            window.add_different(what);
        }
        assert_eq!(window.count as usize, DIFFERENT);
    }
}
