//! Both ports in memory.

use detect::alert::{Alert, AlertId};
use detect::case::Cases;

use crate::ports::{AlertSink, SinkError, StateError, StateStore};

/// Remembers until it is dropped.
#[derive(Debug, Default, Clone)]
pub struct MemoryState {
    cases: Cases,
}

impl StateStore for MemoryState {
    async fn load(&mut self, ids: &[AlertId]) -> Result<Cases, StateError> {
        let mut found = Cases::default();
        for case in ids.iter().filter_map(|id| self.cases.get(*id)) {
            found.merge_one(case.clone());
        }
        Ok(found)
    }

    async fn save(&mut self, cases: Cases) -> Result<(), StateError> {
        self.cases.replace(cases);
        Ok(())
    }
}

/// Keeps every alert that was published, in order.
#[derive(Debug, Default, Clone)]
pub struct MemorySink {
    /// What was published.
    pub alerts: Vec<Alert>,
}

impl AlertSink for MemorySink {
    async fn publish(&mut self, alerts: Vec<Alert>) -> Result<(), SinkError> {
        self.alerts.extend(alerts);
        Ok(())
    }
}
