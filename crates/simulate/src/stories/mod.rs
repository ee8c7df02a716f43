//! Attack stories: what the detector is for.

use jiff::Timestamp;

use crate::clock::Second;
use crate::scenario::Scenario;

/// An attack, told in records.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Story {
    /// Stable name, also of the file under `events/`.
    pub id: &'static str,
    /// What happens, in a few words.
    pub title: &'static str,
    /// What happens, in a few sentences.
    pub description: &'static str,
    /// The behaviours that a detector should report.
    pub expected: &'static [&'static str],
}

impl Story {
    /// The story's records if it begins at `start`, in order of time.
    pub fn records(&self, start: Timestamp) -> Vec<serde_json::Value> {
        let _ = start;
        Vec::new()
    }
}

/// All stories.
pub fn stories() -> Vec<Story> {
    Vec::new()
}

/// One record of a story, ready to be delivered.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) at: Second,
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) text: Vec<u8>,
}

/// All records of the stories that happen in `scenario`, in order of time.
pub(crate) fn woven(scenario: &Scenario) -> Vec<Scene> {
    let _ = scenario;
    Vec::new()
}
