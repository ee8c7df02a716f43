//! Metrics as lines of a log: in the embedded metric format CloudWatch makes them without a call.
//!
//! Source: CloudWatch user guide, *Specification: Embedded metric format* (at most 100 metrics a line, 100
//! values each).

use std::io::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

/// The namespace of all our metrics.
pub const NAMESPACE: &str = "Trailhound";

/// Metrics of one set of dimensions, on their way into a line.
#[derive(Debug)]
pub struct Line {
    line: Value,
    dimensions: Vec<&'static str>,
    metrics: Vec<Value>,
}

impl Line {
    /// Those of the function of this name.
    #[must_use]
    pub fn of(function: &str) -> Self {
        Self {
            line: json!({ "function": function }),
            dimensions: vec!["function"],
            metrics: Vec::new(),
        }
    }

    /// The same, told apart by another dimension too.
    #[must_use]
    pub fn by(mut self, dimension: &'static str, value: &str) -> Self {
        self.dimensions.push(dimension);
        self.line[dimension] = value.into();
        self
    }

    /// One more metric.
    pub fn add(&mut self, name: &str, unit: &str, value: Value) {
        self.metrics.push(json!({ "Name": name, "Unit": unit }));
        self.line[name] = value;
    }

    /// As CloudWatch reads it, of what was at `now`.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Value {
        self.line["_aws"] = json!({
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE, "Dimensions": [self.dimensions], "Metrics": self.metrics,
            }],
        });
        self.line
    }
}

/// Writes lines into the log.
pub fn write(lines: impl Iterator<Item = Value>) {
    for line in lines {
        // If the log cannot be written there is nobody to tell.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }
}
