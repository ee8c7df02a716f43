//! The bill of a month: what the fleet would use, and what that costs.
//!
//! Usage follows from what was counted in the logs by a few figures of the fleet, each with its origin. Where a
//! figure was measured, the tests of the functions print it; `docs/operations.md` names the commands.

use serde::Serialize;

use crate::prices::Prices;

/// Days in an average month.
pub const MONTH: f64 = 365.25 / 12.0;

/// What was counted in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counted {
    /// How long it is, in days.
    pub days: f64,
    /// Log files.
    pub files: f64,
    /// Their size as stored, in bytes.
    pub bytes: f64,
    /// Records.
    pub records: f64,
    /// Records that EventBridge would bring too: calls that change something, and sign-ins.
    pub events: f64,
    /// Of the records, data events.
    pub data_events: f64,
    /// Of the records, network activity events.
    pub network_events: f64,
    /// Alerts that would be mailed.
    pub alerts: f64,
}

/// How the fleet is deployed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fleet {
    /// For how many days log files are kept; `0` means for ever, taken as a year.
    pub retention_days: f64,
    /// Whether a trail is made that nobody had before; the first one's management events cost nothing.
    pub is_new_trail: bool,
    /// Whether functions run on arm64.
    pub is_arm64: bool,
}

impl Default for Fleet {
    fn default() -> Self {
        Self {
            retention_days: 365.0,
            is_new_trail: true,
            is_arm64: true,
        }
    }
}

/// Seconds that `s3-logs` takes for a million records, at 512 MB: some twenty minutes for thirty million,
/// with room for starts.
const SECONDS_A_MILLION: f64 = 60.0;
/// Seconds of a call with nothing in it, at any door.
const SECONDS_A_CALL: f64 = 0.02;
/// How many log files one call of `s3-logs` brings, where there are many.
const FILES_A_CALL: f64 = 5.0;
/// How many events one call of `eventbridge` brings.
const EVENTS_A_CALL: f64 = 5.0;
/// Units of state written for a thousand records, and read.
const WRITE_UNITS: f64 = 183.0;
const READ_UNITS: f64 = 183.0;
/// Requests to a queue for each message: sent, received, deleted.
const REQUESTS_A_MESSAGE: f64 = 3.0;
/// Polling by Lambda of three queues, five pollers each, every twenty seconds.
const POLLING: f64 = 3.0 * 5.0 * 3.0 * 60.0 * 24.0 * MONTH;
/// The clock that asks what is overdue: once a minute.
const CLOCK: f64 = 60.0 * 24.0 * MONTH;
/// Keys, alarms, dashboards, metrics of the template; of the alarms seventeen are for regions, where the trail is ours.
const KEYS: f64 = 2.0;
const ALARMS: f64 = 37.0;
const DASHBOARDS: f64 = 1.0;
const METRICS: f64 = 40.0;
/// Bytes of a line of log, and of the metrics in it, for each call.
const LOG_BYTES: f64 = 1_500.0;
/// Gibibytes, as prices have them.
const GB: f64 = 1_073_741_824.0;

/// One line of the bill.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// What of the fleet.
    pub component: &'static str,
    /// What is counted.
    pub item: &'static str,
    /// How many a month.
    pub units: f64,
    /// What that costs a month, in dollars; `None` where the table has no such price.
    pub dollars: Option<f64>,
}

/// The bill of a month like the period counted; nothing if it has no length.
#[must_use]
pub fn bill(counted: &Counted, fleet: &Fleet, prices: &Prices) -> Vec<Line> {
    if counted.days <= 0.0 {
        return Vec::new();
    }
    let month = MONTH / counted.days;
    let line = |component, item, name: &str, units: f64| Line {
        component,
        item,
        units,
        dollars: prices.of(name, units),
    };
    let files = counted.files * month;
    let records = counted.records * month;
    let events = counted.events * month;
    let mails = counted.alerts * month;
    let kept = match fleet.retention_days {
        days if days > 0.0 => days,
        _ => 365.0,
    };
    let calls = files / FILES_A_CALL + events / EVENTS_A_CALL + mails + CLOCK;
    let gb_seconds = records / 1e6 * SECONDS_A_MILLION * 0.5 + calls * SECONDS_A_CALL * 0.5;
    let by_second = match fleet.is_arm64 {
        true => "lambda.gb_seconds_arm64",
        false => "lambda.gb_seconds_x86_64",
    };
    let mut lines = Vec::new();
    if fleet.is_new_trail {
        lines.extend([
            line(
                "trail",
                "data events",
                "cloudtrail.data_events",
                counted.data_events * month,
            ),
            line(
                "trail",
                "network activity events",
                "cloudtrail.network_events",
                counted.network_events * month,
            ),
            line("log bucket", "files written", "s3.put_requests", files),
            line(
                "log bucket",
                "GB kept, once it is full",
                "s3.storage_gb_month",
                counted.bytes / counted.days * kept / GB,
            ),
        ]);
    }
    lines.extend([
        line("log bucket", "files read", "s3.get_requests", files),
        line("keys", "keys", "kms.key_month", KEYS),
        line("keys", "calls", "kms.requests", files + mails * 4.0),
        line(
            "queues",
            "requests, polling included",
            "sqs.requests",
            (files + events + mails) * REQUESTS_A_MESSAGE + POLLING,
        ),
        line(
            "functions",
            "calls, the clock's included",
            "lambda.requests",
            calls,
        ),
        line("functions", "GB-seconds", by_second, gb_seconds),
        line(
            "state",
            "write units",
            "dynamodb.write_units",
            records / 1e3 * WRITE_UNITS,
        ),
        line(
            "state",
            "read units",
            "dynamodb.read_units",
            records / 1e3 * READ_UNITS,
        ),
        line("topics", "publishes", "sns.publishes", mails * 2.0),
        line("topics", "mails to one reader", "sns.mails", mails),
        line("watching", "metrics", "cloudwatch.metric_month", METRICS),
        line("watching", "alarms", "cloudwatch.alarm_month", ALARMS),
        line(
            "watching",
            "dashboards",
            "cloudwatch.dashboard_month",
            DASHBOARDS,
        ),
        line(
            "watching",
            "GB of logs",
            "cloudwatch.logs_gb",
            calls * LOG_BYTES / GB,
        ),
    ]);
    lines
}

/// The sum of what has a price.
#[must_use]
pub fn total(lines: &[Line]) -> f64 {
    lines.iter().filter_map(|line| line.dollars).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counted(days: f64) -> Counted {
        Counted {
            days,
            files: 300.0 * days,
            bytes: 1e7 * days,
            records: 1e6 * days,
            events: 2e4 * days,
            data_events: 0.0,
            network_events: 0.0,
            alerts: 2.0 * days,
        }
    }

    #[test]
    fn every_line_has_a_price() {
        let lines = bill(&counted(30.0), &Fleet::default(), &Prices::built_in());
        assert!(
            lines.len() > 15 && lines.iter().all(|line| line.dollars.is_some()),
            "{lines:?}"
        );
    }

    #[test]
    fn the_length_of_the_period_makes_no_difference() {
        let of = |days| {
            total(&bill(
                &counted(days),
                &Fleet::default(),
                &Prices::built_in(),
            ))
        };
        assert!((of(3.0) - of(90.0)).abs() < 1e-6);
        assert_eq!(
            bill(&counted(0.0), &Fleet::default(), &Prices::built_in()),
            []
        );
    }

    #[test]
    fn a_quiet_account_pays_for_being_watched() {
        let quiet = Counted {
            records: 1e3,
            files: 100.0,
            ..counted(1.0)
        };
        let all = total(&bill(&quiet, &Fleet::default(), &Prices::built_in()));
        assert!((8.0..20.0).contains(&all), "{all}");
    }

    #[test]
    fn a_trail_that_is_there_costs_nothing_more() {
        let there = Fleet {
            is_new_trail: false,
            ..Fleet::default()
        };
        let much = Counted {
            data_events: 1e8,
            ..counted(30.0)
        };
        let of = |fleet| total(&bill(&much, fleet, &Prices::built_in()));
        assert!(of(&there) + 100.0 < of(&Fleet::default()));
    }

    proptest! {
        #[test]
        fn more_never_costs_less(a in 0.0_f64..1e9, b in 0.0_f64..1e9) {
            let of = |records| {
                let counted = Counted { records, ..counted(30.0) };
                total(&bill(&counted, &Fleet::default(), &Prices::built_in()))
            };
            prop_assert!(of(a.min(b)) <= of(a.max(b)));
        }
    }
}
