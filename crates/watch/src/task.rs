//! What the watchdog does, each by itself: which of it a call asks for.

use serde::Deserialize;

/// One thing that the watchdog does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// Asks Organizations for its accounts.
    Directory,
    /// Looks which accounts and regions are heard.
    Coverage,
    /// Compares what both doors have seen.
    Reconcile,
    /// Takes in canaries that have arrived, and lets the next one fly.
    Canary,
}

impl Task {
    /// All of them, in the order in which they are done: what comes later uses what came before.
    pub const ALL: [Self; 4] = [
        Self::Directory,
        Self::Coverage,
        Self::Reconcile,
        Self::Canary,
    ];

    /// Its name, in calls and in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Coverage => "coverage",
            Self::Reconcile => "reconcile",
            Self::Canary => "canary",
        }
    }
}

/// A call asks for what nobody does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no task of the watchdog; it must be one of {known}", known = names())]
pub struct NoTask(String);

fn names() -> String {
    Task::ALL.map(Task::name).join(", ")
}

/// The tasks that a call asks for, such as `{"tasks": ["coverage"]}`; all of them if it names none.
///
/// # Errors
/// [`NoTask`] with the first name that is none.
pub fn asked(call: &str) -> Result<Vec<Task>, NoTask> {
    #[derive(Deserialize)]
    struct Call {
        tasks: Vec<String>,
    }
    let Ok(Call { tasks }) = serde_json::from_str(call) else {
        return Ok(Task::ALL.to_vec());
    };
    let found = |name: String| {
        let mut known = Task::ALL.into_iter();
        known.find(|task| task.name() == name).ok_or(NoTask(name))
    };
    let mut tasks = tasks
        .into_iter()
        .map(found)
        .collect::<Result<Vec<_>, _>>()?;
    tasks.sort_unstable();
    tasks.dedup();
    Ok(tasks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_names_tasks_and_without_names_it_means_all() {
        let coverage = r#"{"tasks":["coverage"]}"#;
        assert_eq!(asked(coverage), Ok(vec![Task::Coverage]));
        assert_eq!(asked("{}"), Ok(Task::ALL.to_vec()));
        let clock = r#"{"detail-type":"Scheduled Event"}"#;
        assert_eq!(asked(clock), Ok(Task::ALL.to_vec()));
    }

    #[test]
    fn tasks_are_done_in_their_order_and_once_each() {
        let call = r#"{"tasks":["coverage","directory","coverage"]}"#;
        assert_eq!(asked(call), Ok(vec![Task::Directory, Task::Coverage]));
    }

    #[test]
    fn what_nobody_does_is_told_with_what_somebody_does() {
        let error = asked(r#"{"tasks":["bark"]}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`bark` is no task of the watchdog; it must be one of directory, coverage, reconcile, canary"
        );
    }
}
