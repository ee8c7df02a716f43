//! What a round of the watchdog did: told in one line of the log, and in metrics.

use function::metrics::{self, Line};
use function::words::chain;
use jiff::Timestamp;
use serde_json::{Map, Value};
use watch::task::Task;

/// Why a task failed.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What a task counted, by the names of metrics.
pub type Counts = Vec<(&'static str, u64)>;

/// What the tasks of a round did.
#[derive(Debug, Default)]
pub struct Round {
    done: Vec<(Task, Result<Counts, String>)>,
}

impl Round {
    /// Writes down what a task did.
    pub fn note(&mut self, task: Task, outcome: Result<Counts, Cause>) {
        let outcome = outcome.map_err(|cause| chain(&*cause));
        self.done.push((task, outcome));
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
        Value::Object(each.collect())
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
        metrics::write(std::iter::once(line.at(now)));
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
}
