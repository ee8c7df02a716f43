//! Whether there are logs of every day, and all of them: what the digest chain proves, day by day.
//!
//! A day is what the worst of its hours is, in any account and region; an hour across midnight counts for
//! both days. Only a digest proves: records alone never do.

use std::collections::{BTreeMap, BTreeSet};

use integrity::Verdict;
use integrity::report::Span;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::assemble::ends;
use super::stats::Stats;
use crate::commands::verify::Answer;

/// How many days are named that something is wrong with.
const NAMED: usize = 3;

/// A digest speaks of an hour, so the first of a day begins up to an hour before it.
const DIGEST: SignedDuration = SignedDuration::from_hours(1);

/// What is known.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Completeness {
    /// There is nothing that could prove it.
    NoDigests,
    /// There is, but beside files and patterns, and nobody has named the folder.
    NoFolder,
    /// The user has stopped it.
    Interrupted,
    /// Each day of the period.
    Days(Days),
}

/// Days from the first record to the last, sorted out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Days {
    /// Whole.
    proven: u64,
    /// With files that are missing or altered.
    wrong: BTreeSet<Date>,
    /// Neither proven nor refuted.
    unchecked: u64,
    /// Whether that is because a key is not here.
    lacks_key: bool,
    /// Without a digest, or with log files that no digest lists.
    uncovered: u64,
}

impl Completeness {
    /// What an answer says of the days that records are of.
    pub(super) fn of(answer: Option<&Answer>, stats: &Stats) -> Self {
        match answer {
            None => Self::NoFolder,
            Some(answer) if answer.interrupted => Self::Interrupted,
            Some(answer) if answer.chains.is_empty() => Self::NoDigests,
            Some(answer) => Self::Days(ends(stats).map_or_else(Days::default, |ends| {
                Days::of(&Verdicts::of(answer, ends), answer)
            })),
        }
    }

    /// Whether that is as it should be; records on every day are no proof.
    pub(super) fn good(&self, days: u64, with_records: u64) -> Option<bool> {
        match self {
            Self::Days(sorted) if !sorted.wrong.is_empty() => Some(false),
            _ if with_records < days || days == 0 => Some(false),
            Self::Days(sorted) if sorted.proven == days => Some(true),
            _ => None,
        }
    }

    /// The answer, in both languages.
    pub(super) fn words(&self, days: u64, with_records: u64) -> (String, String) {
        let proof = match self {
            Self::NoDigests => (
                "No digest files: completeness not proven".to_owned(),
                "没有摘要文件：无法证明日志完整".to_owned(),
            ),
            Self::NoFolder => (
                "Digest files not checked, for their folder was not named: completeness not proven"
                    .to_owned(),
                "未指定摘要文件所在的文件夹，未核对：无法证明日志完整".to_owned(),
            ),
            Self::Interrupted => (
                "Interrupted before digest files were checked: completeness not proven".to_owned(),
                "核对摘要文件前被中断：无法证明日志完整".to_owned(),
            ),
            Self::Days(sorted) => sorted.words(days),
        };
        (
            format!("{}; {with_records} of {days} days have records", proof.0),
            format!("{}；{days} 天中有 {with_records} 天有记录", proof.1),
        )
    }
}

/// The worst of each day; nothing where no digest speaks of it.
struct Verdicts(BTreeMap<Date, Option<Verdict>>);

impl Verdicts {
    fn of(answer: &Answer, (first, last): (Date, Date)) -> Self {
        let days = first.series(jiff::Span::new().days(1));
        let mut verdicts = Self(
            days.take_while(|day| *day <= last)
                .map(|day| (day, None))
                .collect(),
        );
        for line in &answer.chains {
            for span in &line.spans {
                // What comes too late is listed now and then, and nothing is missing between.
                if !line.chain.backfill || span.digests > 0 {
                    verdicts.span(span);
                }
            }
        }
        let listed_nowhere = answer.uncovered.iter().flat_map(|stray| &stray.which.days);
        for day in listed_nowhere {
            verdicts.worsen(*day, *day, Verdict::Uncovered);
        }
        for day in &answer.undecided_days {
            verdicts.worsen(*day, *day, Verdict::Open);
        }
        verdicts
    }

    fn span(&mut self, span: &Span) {
        let begins_earlier = span
            .troubles
            .iter()
            .any(|trouble| trouble.kind == "begins-earlier");
        let (from, to) = match (span.from, begins_earlier) {
            (Some(from), _) => (from, span.to),
            (None, true) => (Timestamp::MIN, before(span.to, DIGEST)),
            (None, false) => (before(span.to, DIGEST), span.to),
        };
        if from < to {
            let last = before(to, SignedDuration::from_secs(1));
            self.worsen(day(from), day(last), span.verdict);
        }
    }

    fn worsen(&mut self, from: Date, to: Date, verdict: Verdict) {
        if from <= to {
            for (_, known) in self.0.range_mut(from..=to) {
                *known = (*known).max(Some(verdict));
            }
        }
    }
}

impl Days {
    fn of(verdicts: &Verdicts, answer: &Answer) -> Self {
        let mut days = Self::default();
        for (day, verdict) in &verdicts.0 {
            match verdict {
                Some(Verdict::Proven) => days.proven += 1,
                Some(Verdict::Open | Verdict::Unproven | Verdict::Unreadable) => {
                    days.unchecked += 1;
                }
                Some(Verdict::Missing | Verdict::Altered) => {
                    days.wrong.insert(*day);
                }
                Some(Verdict::Uncovered) | None => days.uncovered += 1,
            }
        }
        let spans = answer.chains.iter().flat_map(|line| &line.spans);
        let mut troubles = spans.flat_map(|span| &span.troubles);
        days.lacks_key = troubles.any(|trouble| trouble.kind == "no-key");
        days
    }

    fn words(&self, days: u64) -> (String, String) {
        let proven = self.proven;
        let mut en = vec![format!(
            "Logs proven complete for {proven} of {days} days by the digest chain"
        )];
        let mut zh = vec![format!("摘要链证明 {days} 天中有 {proven} 天日志完整")];
        if !self.wrong.is_empty() {
            let count = self.wrong.len();
            let named: Vec<_> = self
                .wrong
                .iter()
                .take(NAMED)
                .map(ToString::to_string)
                .collect();
            let more = if count > NAMED { ", …" } else { "" };
            let named = format!("{}{more}", named.join(", "));
            en.push(format!("files missing or altered on {count} ({named})"));
            zh.push(format!("{count} 天有文件缺失或被改动（{named}）"));
        }
        if self.unchecked > 0 {
            let (key, ky) = match self.lacks_key {
                true => (
                    " (no public key: give it by --keys)",
                    "（缺少公钥，请用 --keys 提供）",
                ),
                false => ("", ""),
            };
            en.push(format!("not to be checked on {}{key}", self.unchecked));
            zh.push(format!("{} 天无法核对{ky}", self.unchecked));
        }
        if self.uncovered > 0 {
            en.push(format!("not covered by digests on {}", self.uncovered));
            zh.push(format!("{} 天未被摘要完全覆盖", self.uncovered));
        }
        (en.join(", "), zh.join("，"))
    }
}

fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
