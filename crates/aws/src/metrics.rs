//! What an invocation did, as one line for people and one for CloudWatch.
//!
//! The second is in the embedded metric format: CloudWatch makes metrics of it without a call. The sums
//! add up, `RecordsIn = RecordsJudged + RecordsSkipped + RecordsFailed`; the first is counted where objects
//! are read and the others where they end, so that an alarm can watch that none is lost between.
//!
//! Source: CloudWatch user guide, *Specification: Embedded metric format* (at most 100 metrics a line, 100
//! values each).

use std::collections::BTreeMap;

use detect::Screened;
use detect::cloudtrail::kind::Neighbour;
use function::metrics::{Line, write};
use jiff::Timestamp;
use pipeline::Settled;
use pipeline::post::{Look, Posted};
use response::docket::Status;
use response::responder::Heard;
use serde_json::{Value, json};

use crate::habits::Learned;
use crate::reading::{Counts, Part};

/// How many values of one metric a line may have.
const VALUES: usize = 100;

/// What one invocation did.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Tally {
    counts: Counts,
    /// Whether records are what this function reads.
    reads_records: bool,
    sums: BTreeMap<String, u64>,
    regions: BTreeMap<String, u64>,
    seconds: BTreeMap<&'static str, Vec<i64>>,
}

impl Tally {
    fn add(&mut self, name: impl Into<String>, count: u64) {
        *self.sums.entry(name.into()).or_default() += count;
    }

    /// Objects that are no log files.
    pub fn neighbours(&mut self, neighbours: &BTreeMap<Neighbour, u64>) {
        for (neighbour, count) in neighbours {
            let what = match neighbour {
                Neighbour::Digest => "Digest",
                Neighbour::OtherService(_) => "OtherService",
                Neighbour::NotALogFile => "NotALogFile",
            };
            self.add(format!("ObjectsSkipped{what}"), *count);
            self.add("ObjectsSkipped", *count);
        }
    }

    /// Log files and digests that came, by the region they are of.
    pub fn heard(&mut self, regions: &BTreeMap<String, u64>) {
        for (region, count) in regions {
            *self.regions.entry(region.clone()).or_default() += count;
        }
    }

    /// A log file that cannot be fetched.
    pub fn unread(&mut self, metric: &'static str) {
        self.add(metric, 1);
        self.add("LogFilesFailed", 1);
    }

    /// A log file, or a part of one.
    pub fn file(&mut self, part: &Part) {
        self.add("LogFiles", 1);
        self.add("LogBytes", part.report.bytes_read);
        if part.report.problem.is_some() && part.stopped.is_none() {
            self.add("LogFilesDamaged", 1);
            self.add("LogFilesFailed", 1);
        }
        self.records(&part.counts);
    }

    /// An object that the next invocation goes on with.
    pub fn continued(&mut self) {
        self.add("LogFilesContinued", 1);
    }

    /// Records read.
    pub fn records(&mut self, counts: &Counts) {
        self.reads_records = true;
        self.counts.add(counts);
    }

    /// What the rules found.
    pub fn found(&mut self, screened: &Screened) {
        self.add("Matches", screened.matches);
        self.add("MatchesSuppressed", screened.suppressed.values().sum());
        self.add("MatchesBelowLevel", screened.below.values().sum());
        let now = Timestamp::now();
        for case in screened.cases.iter() {
            self.add(format!("AlertsFound{}", title(case.level().as_str())), 1);
            let age = now.duration_since(case.alert().time).as_secs();
            self.seconds.entry("SecondsToFind").or_default().push(age);
        }
    }

    /// What became of it.
    pub fn settled(&mut self, settled: &Settled) {
        self.add("AlertsPublished", settled.published as u64);
        self.add("AlertsKnown", settled.known as u64);
        self.add("StateWrites", settled.writes as u64);
        self.add("StateConflicts", settled.conflicts as u64);
        self.add("WaitingForgotten", settled.forgotten as u64);
    }

    /// What is usual, as far as it was learned.
    pub fn learned(&mut self, learned: &Learned) {
        self.settled(&learned.settled);
        self.add("BehaviourObserved", learned.observed);
        self.add("BehaviourPassedOver", learned.passed_over);
        self.add("BehaviourDaysClosed", learned.days.into());
        self.add("StateWrites", learned.writes as u64);
        self.add("StateConflicts", learned.conflicts as u64);
    }

    /// Items that remember what principals did lately.
    pub fn remembered(&mut self, writes: usize) {
        self.add("StateWrites", writes as u64);
    }

    /// Findings that came to be mailed, and messages that are none.
    pub fn findings(&mut self, alerts: usize, strangers: usize) {
        self.add("FindingsIn", alerts as u64);
        self.add("FindingsFailed", strangers as u64);
    }

    /// What was mailed.
    pub fn posted(&mut self, posted: &Posted) {
        self.add("MailsSent", posted.mails as u64);
        self.add("MailsHandedOver", posted.handed as u64);
        self.add("AlertsTold", posted.told as u64);
        self.add("FindingsKnown", posted.known as u64);
        self.add("AlertsWaiting", posted.waiting as u64);
        self.add("AlertsCopies", posted.copies as u64);
        self.add("HistoryQuestions", posted.questions as u64);
        self.add("StateWrites", posted.writes as u64);
        self.add("StateConflicts", posted.conflicts as u64);
        self.seconds
            .entry("SecondsToMail")
            .or_default()
            .extend(&posted.seconds);
    }

    /// What the responder made of a finding.
    pub fn heard_by_responder(&mut self, heard: &Heard) {
        match heard {
            Heard::NotAnswered => self.add("FindingsNotAnswered", 1),
            Heard::Planned { is_new: false, .. } => self.add("FindingsKnown", 1),
            Heard::Planned {
                status,
                steps,
                refusals,
                ..
            } => {
                self.add("PlansMade", 1);
                self.add("StepsPlanned", *steps as u64);
                self.add("StepsRefused", *refusals as u64);
                self.add("PlansCarriedOut", u64::from(*status == Status::Done));
                self.add("PlansWaiting", u64::from(*status == Status::Waiting));
            }
        }
    }

    /// Summaries that were mailed.
    pub fn summaries(&mut self, count: u64) {
        self.add("SummariesSent", count);
    }

    /// Who is subscribed to mails; that it is nobody is written too.
    pub fn readers(&mut self, look: &Look) {
        self.add("ReadersConfirmed", look.confirmed as u64);
        self.add("ReadersPending", look.pending as u64);
        self.add("ReadersLost", look.lost as u64);
    }

    /// A count by its name; 0 if nothing was counted.
    #[must_use]
    pub fn sum(&self, name: &str) -> u64 {
        self.sums.get(name).copied().unwrap_or(0)
    }

    /// The records that were read.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The line for CloudWatch, of the function of this name at `now`.
    #[must_use]
    pub fn line(&self, function: &str, now: Timestamp) -> Value {
        let mut line = Line::of(function);
        let mut metric = |name: &str, unit: &str, value: Value| line.add(name, unit, value);
        if self.reads_records {
            metric("RecordsIn", "Count", self.counts.read.into());
            metric("RecordsJudged", "Count", self.counts.judged.into());
            metric(
                "RecordsSkipped",
                "Count",
                self.counts.skipped.values().sum::<u64>().into(),
            );
            metric("RecordsFailed", "Count", self.counts.failed.into());
        }
        for (reason, count) in &self.counts.skipped {
            metric(&format!("RecordsSkipped{reason}"), "Count", (*count).into());
        }
        for (name, sum) in &self.sums {
            let unit = if name.ends_with("Bytes") {
                "Bytes"
            } else {
                "Count"
            };
            metric(name, unit, (*sum).into());
        }
        for (name, seconds) in &self.seconds {
            if !seconds.is_empty() {
                let some: Vec<_> = seconds.iter().take(VALUES).collect();
                metric(name, "Seconds", json!(some));
            }
        }
        line.at(now)
    }

    /// A line for CloudWatch for each region that was heard from.
    pub fn region_lines(&self, function: &str, now: Timestamp) -> impl Iterator<Item = Value> {
        self.regions.iter().map(move |(region, count)| {
            let mut line = Line::of(function).by("region", region);
            line.add("FilesHeard", "Count", (*count).into());
            line.at(now)
        })
    }

    /// Writes the line for CloudWatch.
    pub fn emit(&self, function: &str) {
        let now = Timestamp::now();
        let regions = self.region_lines(function, now);
        // A canary is no count of ours.
        let own = (self.reads_records || !self.sums.is_empty()).then(|| self.line(function, now));
        write(own.into_iter().chain(regions));
    }
}

/// `high` as `High`.
fn title(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + chars.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_add_up_in_the_line() {
        let mut tally = Tally::default();
        tally.records(&Counts {
            read: 11,
            judged: 5,
            skipped: BTreeMap::from([("Digest", 2), ("OwnCall", 1)]),
            failed: 3,
        });
        tally.posted(&Posted {
            mails: 2,
            seconds: vec![3, 4],
            ..Posted::default()
        });
        let line = tally.line("trailhound-x", Timestamp::UNIX_EPOCH);
        assert_eq!(line["RecordsIn"], 11);
        assert_eq!(
            (&line["RecordsSkippedDigest"], &line["MailsSent"]),
            (&json!(2), &json!(2))
        );
        assert_eq!(line["SecondsToMail"], json!([3, 4]));
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        let metrics = directive["Metrics"].as_array().unwrap();
        assert!(metrics.len() <= 100);
        for metric in metrics {
            assert!(
                !line[metric["Name"].as_str().unwrap()].is_null(),
                "{metric}"
            );
        }
        assert_eq!(directive["Dimensions"], json!([["function"]]));
    }

    #[test]
    fn each_region_that_was_heard_from_has_a_line() {
        let mut tally = Tally::default();
        let heard = BTreeMap::from([("eu-west-1".to_owned(), 2), ("us-east-1".to_owned(), 1)]);
        tally.heard(&heard);
        tally.heard(&heard);
        let lines: Vec<_> = tally
            .region_lines("trailhound-x", Timestamp::UNIX_EPOCH)
            .collect();
        let told: Vec<_> = lines
            .iter()
            .map(|line| {
                (
                    line["region"].as_str().unwrap(),
                    line["FilesHeard"].as_u64().unwrap(),
                )
            })
            .collect();
        assert_eq!(told, [("eu-west-1", 4), ("us-east-1", 2)]);
        let directive = &lines[0]["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(directive["Dimensions"], json!([["function", "region"]]));
    }
}
