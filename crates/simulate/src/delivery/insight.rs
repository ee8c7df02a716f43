//! Insights: CloudTrail's own remarks that a call was made unusually often, now and then.
//!
//! Source: AWS CloudTrail User Guide, *CloudTrail record contents for Insights events for trails*.

use crate::SimulatedFile;
use crate::cast::{HOME, PROD, REVIEWS_LAUNCH};
use crate::clock::{self, DAY, HOUR, MINUTE, Second};
use crate::record::ids;
use crate::rng::Rng;

const INSIGHTS: u64 = 0x1551;

/// An unusual rate: day of the scenario, hour and minute, length in minutes, what is unusual.
struct Burst {
    day: i64,
    hour: Second,
    minutes: i64,
    source: &'static str,
    name: &'static str,
    kind: &'static str,
    usual: &'static str,
    unusual: &'static str,
    who: &'static str,
    agent: &'static str,
    error: &'static str,
}

const BURSTS: [Burst; 2] = [
    Burst {
        day: REVIEWS_LAUNCH,
        hour: 11,
        minutes: 6,
        source: "elasticloadbalancing",
        name: "RegisterTargets",
        kind: "ApiCallRateInsight",
        usual: "0.0241071429",
        unusual: "4.1666666667",
        who: "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForECS/ecs-service-scheduler",
        agent: "ecs.amazonaws.com",
        error: "null",
    },
    Burst {
        day: 4,
        hour: 13,
        minutes: 3,
        source: "ecs",
        name: "UpdateService",
        kind: "ApiErrorRateInsight",
        usual: "0",
        unusual: "2.3333333333",
        who: "arn:aws:sts::111122223333:assumed-role/github-deploy/GitHubActions",
        agent: "Terraform",
        error: "ServiceNotActiveException",
    },
];

/// What Insights notice of a stolen key: what it is refused, and the machines that it launches all the same.
/// Not of the month, for there the attacks are few calls.
const ATTACK: [Burst; 2] = [
    Burst {
        day: 7,
        hour: 2,
        minutes: 4,
        source: "ec2",
        name: "CreateVolume",
        kind: "ApiErrorRateInsight",
        usual: "0",
        unusual: "6.25",
        who: "arn:aws:iam::111122223333:user/metrics-exporter",
        agent: "Boto3",
        error: "Client.UnauthorizedOperation",
    },
    Burst {
        day: 8,
        hour: 3,
        minutes: 11,
        source: "ec2",
        name: "RunInstances",
        kind: "ApiCallRateInsight",
        usual: "0.0003968254",
        unusual: "8.5454545455",
        who: "arn:aws:iam::111122223333:user/metrics-exporter",
        agent: "Boto3",
        error: "null",
    },
];

/// The records about an attack, in order of time.
pub(crate) fn attack(seed: u64, first: Second) -> Vec<String> {
    let halves = ATTACK.iter().flat_map(|burst| {
        let ends = burst.ends(first);
        ends.map(|(state, at)| burst.record(seed, state, at))
    });
    halves.collect()
}

/// The Insights files whose time falls into the slot of that length beginning at `slot`.
pub(crate) fn files(seed: u64, first: Second, slot: Second, length: Second) -> Vec<SimulatedFile> {
    let due = |at: Second| (slot..slot + length).contains(&at);
    BURSTS
        .iter()
        .flat_map(|burst| burst.ends(first).map(|(state, at)| (burst, state, at)))
        .filter(|&(_, _, at)| due(at))
        .map(|(burst, state, at)| burst.file(seed, state, at))
        .collect()
}

impl Burst {
    /// Its two records: which half, and when.
    fn ends(&self, first: Second) -> [(&'static str, Second); 2] {
        let start = first + self.day * DAY + self.hour * HOUR + 20 * MINUTE;
        [("Start", start), ("End", start + self.minutes * MINUTE)]
    }

    fn file(&self, seed: u64, state: &str, at: Second) -> SimulatedFile {
        let mut rng = Rng::about(seed, &[INSIGHTS, at as u64]);
        let record = self.record(seed, state, at);
        let body = format!(r#"{{"Records":[{record}]}}"#).into_bytes();
        let (account, mut path) = (PROD.id, Vec::new());
        clock::write_folders(&mut path, at);
        path.extend_from_slice(format!("/{account}_CloudTrail-Insight_{HOME}_").as_bytes());
        clock::write_stamp(&mut path, at);
        path.push(b'_');
        ids::write_word(&mut path, 16, &mut rng);
        let name = String::from_utf8_lossy(&path);
        let path = format!("AWSLogs/{account}/CloudTrail-Insight/{HOME}/{name}.json.gz");
        SimulatedFile {
            path,
            body,
            records: 1,
        }
    }

    /// One end of the burst. Start and end share `sharedEventID`: it is the burst's own id.
    fn record(&self, seed: u64, state: &str, at: Second) -> String {
        let Self {
            day,
            source,
            name,
            kind,
            usual,
            unusual,
            who,
            agent,
            ..
        } = self;
        let id = uuid(seed, &[INSIGHTS, at as u64, 1]);
        let shared = uuid(seed, &[INSIGHTS, *day as u64, 2]);
        let mut time = Vec::new();
        clock::write_time(&mut time, at);
        let time = String::from_utf8_lossy(&time);
        let error = if self.error == "null" {
            "null".into()
        } else {
            format!("\"{}\"", self.error)
        };
        let code = if self.error == "null" {
            String::new()
        } else {
            format!(r#""errorCode":{error},"#)
        };
        let duration = if state == "End" { self.minutes } else { 1 };
        let averages = |value: &str| {
            format!(
                r#"[{{"attribute":"userIdentityArn","insight":[{{"value":"{who}","average":{unusual}}}],"baseline":[{{"value":"{who}","average":{usual}}}]}},{{"attribute":"userAgent","insight":[{{"value":"{agent}","average":{unusual}}}],"baseline":[{{"value":"{agent}","average":{usual}}}]}},{{"attribute":"errorCode","insight":[{{"value":{value},"average":{unusual}}}],"baseline":[{{"value":{value},"average":{usual}}}]}}]"#
            )
        };
        let attributions = averages(&error);
        let account = PROD.id;
        format!(
            r#"{{"eventVersion":"1.09","eventTime":"{time}","awsRegion":"{HOME}","eventID":"{id}","eventType":"AwsCloudTrailInsight","recipientAccountId":"{account}","sharedEventID":"{shared}","insightDetails":{{"state":"{state}","eventSource":"{source}.amazonaws.com","eventName":"{name}",{code}"insightType":"{kind}","insightContext":{{"statistics":{{"baseline":{{"average":{usual}}},"insight":{{"average":{unusual}}},"insightDuration":{duration},"baselineDuration":10080}},"attributions":{attributions}}}}},"eventCategory":"Insight"}}"#
        )
    }
}

fn uuid(seed: u64, fact: &[u64]) -> String {
    let mut id = Vec::with_capacity(36);
    ids::write_uuid(&mut id, &mut Rng::about(seed, fact));
    String::from_utf8_lossy(&id).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_and_end_share_an_id_and_have_their_own() {
        let month = files(1, 0, 0, 30 * DAY);
        assert_eq!(month.len(), 2 * BURSTS.len());
        let records: Vec<serde_json::Value> = month
            .iter()
            .map(|file| serde_json::from_slice::<serde_json::Value>(&file.body).unwrap())
            .map(|body| body["Records"][0].clone())
            .collect();
        assert_eq!(records[0]["sharedEventID"], records[1]["sharedEventID"]);
        assert_ne!(records[0]["eventID"], records[1]["eventID"]);
        assert_eq!(records[0]["insightDetails"]["state"], "Start");
        assert_eq!(
            records[3]["insightDetails"]["errorCode"],
            "ServiceNotActiveException"
        );
    }

    #[test]
    fn a_quiet_slot_has_none() {
        assert!(files(1, 0, 0, HOUR).is_empty());
    }
}
