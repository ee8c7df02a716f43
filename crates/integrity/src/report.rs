//! What is known, in stretches: hours of one chain that follow each other and have the same verdict.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::chain::Chain;
use crate::place::ChainId;
use crate::verdict::{Period, Trouble, Verdict};

/// A stretch of time of one chain.
#[derive(Debug, Clone, Serialize)]
pub struct Span {
    /// What can be said of it.
    pub verdict: Verdict,
    /// When it begins, if that is known.
    pub from: Option<Timestamp>,
    /// When it ends.
    pub to: Timestamp,
    /// How many digests there are of it.
    pub digests: u64,
    /// How many log files these list that are as they were delivered.
    pub log_files: u64,
    /// Whether an earlier run has proven it.
    pub earlier: bool,
    /// What is wrong.
    pub troubles: Vec<Told>,
}

/// Something that is wrong, for programs and for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// A word for programs.
    pub kind: &'static str,
    /// The file, if it is about one.
    pub file: Option<String>,
    /// For people.
    pub message: String,
}

impl From<&Trouble> for Told {
    fn from(trouble: &Trouble) -> Self {
        Self {
            kind: trouble.kind(),
            file: trouble.file().map(str::to_owned),
            message: trouble.to_string(),
        }
    }
}

/// The stretches of a chain, in order.
#[must_use]
pub fn spans(chain: &Chain) -> Vec<Span> {
    let earlier = chain.anchor.as_ref().map(|anchor| Span {
        verdict: Verdict::Proven,
        from: Some(anchor.start),
        to: anchor.end,
        digests: anchor.digests,
        log_files: anchor.log_files,
        earlier: true,
        troubles: Vec::new(),
    });
    let mut spans: Vec<Span> = earlier.into_iter().collect();
    for period in chain.periods.iter().filter(|period| period.settled) {
        let next = Span::of(period);
        match spans.last_mut() {
            Some(last) if last.goes_on_in(&next) => last.take(&next),
            _ => spans.push(next),
        }
    }
    spans
}

impl Span {
    fn of(period: &Period) -> Self {
        Self {
            verdict: period.verdict(),
            from: period.start,
            to: period.end,
            digests: period.digest.is_some().into(),
            log_files: period.sound,
            earlier: false,
            troubles: period.troubles.iter().map(Told::from).collect(),
        }
    }

    /// Whether nothing is said of the next that is not said of this one.
    fn goes_on_in(&self, next: &Self) -> bool {
        let same = (self.verdict, self.earlier) == (next.verdict, next.earlier);
        same && self.troubles == next.troubles
    }

    fn take(&mut self, next: &Self) {
        self.to = next.to;
        self.digests += next.digests;
        self.log_files += next.log_files;
    }
}

/// A chain with its stretches.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// The chain.
    #[serde(flatten)]
    pub chain: ChainId,
    /// Where its files lie.
    pub place: String,
    /// Its stretches, in order.
    pub spans: Vec<Span>,
}

/// How many hours, which is to say digests, have which verdict.
#[must_use]
pub fn hours(lines: &[Line]) -> BTreeMap<Verdict, u64> {
    let mut hours = BTreeMap::new();
    for span in lines.iter().flat_map(|line| &line.spans) {
        *hours.entry(span.verdict).or_default() += span.hours();
    }
    hours
}

impl Span {
    /// How many digests there are, or should be at one an hour.
    #[must_use]
    pub fn hours(&self) -> u64 {
        if self.digests > 0 {
            return self.digests;
        }
        let seconds = self
            .from
            .map_or(0, |from| self.to.duration_since(from).as_secs());
        u64::try_from(seconds)
            .unwrap_or_default()
            .div_ceil(3600)
            .max(1)
    }
}
