//! The stories that correlations carry: their records judged as a scan would judge them.

use std::io::{self, Write};

use detect::case::Case;
use detect::{Detector, Screener};
use jiff::{SignedDuration, Timestamp};
use sigma::{Correlation, StoryTest};
use uuid::Uuid;

use detect::render::sentence;

use super::test::{FAILED, record};

/// When every story begins, if its records do not say.
const BEGINNING: i64 = 1_767_225_600;

/// What came of one story.
pub(super) struct Told {
    /// Whether the correlation did as the story expects.
    pub(super) passed: bool,
    /// For each rule of the correlation, how many of the records it matched.
    matched: Vec<(String, u64)>,
    /// The records that cannot be judged, and why.
    broken: Vec<String>,
}

/// Judges the records of `story`.
pub(super) fn judge(
    detector: &Detector,
    screener: &mut Screener<'_>,
    correlation: &Correlation,
    story: &StoryTest,
) -> Told {
    let mut told = Told {
        passed: false,
        matched: matched(detector, correlation),
        broken: Vec::new(),
    };
    let mut end = Timestamp::UNIX_EPOCH;
    for (number, timed) in (1_u128..).zip(story.events()) {
        let mut event = timed.event.clone();
        let time = Timestamp::from_second(BEGINNING).unwrap_or_default() + timed.at;
        if let Some(fields) = event.as_object_mut() {
            fields.entry("eventTime").or_insert(time.to_string().into());
            let id = Uuid::from_u128(number).to_string();
            fields.entry("eventID").or_insert(id.into());
        }
        let text = event.to_string();
        match record(&text) {
            Ok(record) => {
                end = end.max(record.event_time());
                screener.screen(&record, None);
                for (name, count) in &mut told.matched {
                    let rule = detector.rules().position(name);
                    *count += u64::from(rule.is_some_and(|at| screener.matches(at, &record)));
                }
            }
            Err(why) => told.broken.push(why),
        }
    }
    let mut found = screener.take();
    // Nothing more happens, so that what did not follow is known.
    found
        .windows
        .pass_until(end + correlation.timespan() + SignedDuration::from_secs(1));
    let mut correlator = detector.correlate(found.windows);
    while correlator.judge() {}
    let cases = correlator.into_cases();
    let is_ours = |case: &Case| case.alert().rule.id == correlation.id_or_title();
    told.passed = told.broken.is_empty() && cases.iter().any(is_ours) == story.expects_match();
    told
}

fn matched(detector: &Detector, correlation: &Correlation) -> Vec<(String, u64)> {
    let names = correlation.references().iter();
    let names = names.filter(|name| detector.rules().position(name).is_some());
    names.map(|name| (name.clone(), 0)).collect()
}

impl Told {
    /// Says why the story failed.
    pub(super) fn write(
        &self,
        correlation: &Correlation,
        story: &StoryTest,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let place = sentence(&story.location().to_string());
        let (title, name) = (sentence(correlation.title()), sentence(story.name()));
        writeln!(out, "{place}: {FAILED}failed{FAILED:#}: {title}: {name}")?;
        for why in &self.broken {
            writeln!(out, "  a record cannot be judged: {}", sentence(why))?;
        }
        let (expected, is) = match story.expects_match() {
            true => ("a match", "does not match"),
            false => ("no match", "matches"),
        };
        writeln!(
            out,
            "  expected {expected}, but the correlation {is}; of {} records",
            story.events().len()
        )?;
        for (rule, count) in &self.matched {
            writeln!(out, "  {count} matched {}", sentence(rule))?;
        }
        writeln!(out)
    }
}
