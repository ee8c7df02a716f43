//! What a round of the watchdog did: told in one line of the log, and in metrics.

use function::metrics::{self, Line};
use function::words::chain;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use watch::canary::{HOPS, Landing};
use watch::task::Task;

/// Why a task failed.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What a task counted, by the names of metrics.
pub type Counts = Vec<(&'static str, u64)>;

/// What the tasks of a round did.
#[derive(Debug, Default)]
pub struct Round {
    done: Vec<(Task, Result<Counts, String>)>,
    landing: Option<Landing>,
}

impl Round {
    /// Writes down what a task did.
    pub fn note(&mut self, task: Task, outcome: Result<Counts, Cause>) {
        let outcome = outcome.map_err(|cause| chain(&*cause));
        self.done.push((task, outcome));
    }

    /// Writes down which canaries have arrived. It is told even if the next one cannot fly.
    pub fn landed(&mut self, landing: Landing) {
        self.landing = Some(landing);
    }

    fn failed(&self) -> usize {
        let failed = self.done.iter().filter(|(_, outcome)| outcome.is_err());
        failed.count()
    }

    /// By task, what it counted or why it failed.
    #[must_use]
    pub fn told(&self) -> Value {
        let each = self.done.iter().map(|(task, outcome)| {
            let told = match outcome {
                Ok(counts) => {
                    let counts = counts.iter();
                    counts
                        .map(|(name, count)| ((*name).to_owned(), Value::from(*count)))
                        .collect()
                }
                Err(why) => Map::from_iter([("failed".to_owned(), why.as_str().into())]),
            };
            (task.name().to_owned(), Value::Object(told))
        });
        let mut told: Map<_, _> = each.collect();
        if let Some(Landing {
            arrived,
            lost,
            strangers,
        }) = &self.landing
        {
            let each = arrived.iter().map(|hops| {
                let hops = HOPS.into_iter().zip(hops).map(|(hop, seconds)| {
                    let seconds = (seconds * 1e3).round() / 1e3;
                    (hop.to_owned(), seconds.into())
                });
                Value::Object(hops.collect())
            });
            let each: Vec<_> = each.collect();
            let canaries = json!({ "arrived": each, "lost": lost.len(), "strangers": strangers });
            told.insert("canaries".to_owned(), canaries);
        }
        Value::Object(told)
    }

    /// How long canaries took, hop by hop.
    fn hops(&self, function: &str, now: Timestamp) -> Vec<Value> {
        let arrived = self.landing.as_ref().map(|landing| &landing.arrived);
        let Some(arrived) = arrived.filter(|arrived| !arrived.is_empty()) else {
            return Vec::new();
        };
        let each = HOPS.into_iter().enumerate().map(|(at, hop)| {
            let mut line = Line::of(function).by("hop", hop);
            let seconds: Vec<_> = arrived.iter().filter_map(|hops| hops.get(at)).collect();
            line.add("CanarySeconds", "Seconds", json!(seconds));
            line.at(now)
        });
        each.collect()
    }

    /// Writes the line for people and the one for CloudWatch.
    pub fn emit(&self, function: &str, now: Timestamp) {
        let (told, failed) = (self.told(), self.failed());
        match failed {
            0 => tracing::info!(%told, "watched"),
            _ => tracing::error!(%told, failed, "watched, but not all"),
        }
        let mut line = Line::of(function);
        line.add("WatchTasks", "Count", self.done.len().into());
        line.add("WatchTasksFailed", "Count", failed.into());
        let counted = self
            .done
            .iter()
            .filter_map(|(_, outcome)| outcome.as_ref().ok());
        for (name, count) in counted.flatten() {
            line.add(name, "Count", (*count).into());
        }
        if let Some(landing) = &self.landing {
            line.add("CanaryLost", "Count", landing.lost.len().into());
        }
        metrics::write(std::iter::once(line.at(now)).chain(self.hops(function, now)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_that_fails_leaves_the_others_their_word() {
        let mut round = Round::default();
        round.note(Task::Directory, Err("no such organization".into()));
        round.note(Task::Coverage, Ok(vec![("AccountsSilent", 2)]));
        assert_eq!(round.failed(), 1);
        assert_eq!(
            round.told().to_string(),
            r#"{"coverage":{"AccountsSilent":2},"directory":{"failed":"no such organization"}}"#
        );
    }

    #[test]
    fn each_hop_of_a_canary_is_a_metric_though_the_next_one_cannot_fly() {
        let mut round = Round::default();
        round.landed(Landing {
            arrived: vec![[0.5, 1.25, 0.125, 0.0625], [1.0, 2.0, 3.0, 4.0]],
            lost: vec![7],
            strangers: 0,
        });
        round.note(Task::Canary, Err("the bus is gone".into()));
        let lines = round.hops("trailhound-watchdog", Timestamp::UNIX_EPOCH);
        let seconds: Vec<_> = lines
            .iter()
            .map(|line| {
                (
                    line["hop"].as_str().unwrap(),
                    line["CanarySeconds"].to_string(),
                )
            })
            .collect();
        assert_eq!(
            seconds,
            [
                ("bus", "[0.5,1.0]".to_owned()),
                ("findings", "[1.25,2.0]".to_owned()),
                ("topic", "[0.125,3.0]".to_owned()),
                ("queue", "[0.0625,4.0]".to_owned()),
            ]
        );
        let told = round.told();
        assert_eq!(told["canaries"]["lost"], 1);
        assert_eq!(told["canaries"]["arrived"][0]["queue"], 0.063);
        assert_eq!(told["canary"]["failed"], "the bus is gone");
    }
}
