//! Tests of the words.

use super::*;
use crate::dimension::Family;
use crate::evidence::{Event, Who};

fn anomaly(signals: Vec<Signal>) -> Anomaly {
    Anomaly {
        who: Who {
            account: "111122223333".to_owned(),
            key: "arn:aws:iam::111122223333:user/maria".to_owned(),
            kind: PrincipalKind::IamUser,
            name: "maria".to_owned(),
            trade: "users".to_owned(),
            person: String::new(),
            credential: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            session: String::new(),
            arn: String::new(),
        },
        time: 1_795_615_331,
        incident: 1_795_615_331,
        score: 3.2,
        threshold: 1.8,
        once_in: 41.7,
        urgent: true,
        update: false,
        days: 43,
        calls: 1204,
        learned: 61,
        signals,
    }
}

fn signal(what: What) -> Signal {
    Signal {
        family: Family::Change,
        evidence: 1.9,
        what,
        event: Event {
            time: 1_795_615_331,
            id: None,
            source: String::new(),
            name: String::new(),
            error: String::new(),
            region: String::new(),
            address: String::new(),
            network: String::new(),
            country: None,
            asn: None,
            tool: String::new(),
            file: String::new(),
        },
    }
}

fn first(value: &str) -> Signal {
    signal(What::New(New {
        dimension: Dimension::GraveWrite,
        value: value.to_owned(),
        circle: Circle::Account,
        calls: 1204,
        days: 43,
        last_seen: None,
        a_day: 0.02,
        peers_with: 0,
        peers: 37,
    }))
}

#[test]
fn a_first_time_is_told_with_its_base_and_for_whom_it_is_new() {
    let anomaly = anomaly(vec![first("iam:CreateAccessKey")]);
    assert_eq!(
        why(&anomaly, Language::En),
        [
            "API `iam:CreateAccessKey` for the first time: in none of 1,204 calls on 43 days; none of 37 others of its kind ever did, others in the account did; 0.02 such firsts a day are usual here",
            "Together a score of 3.2, where 1.8 is told; as much comes about once in 42 days of an account",
        ]
    );
    assert_eq!(
        summary(&anomaly, Language::ZhCn),
        "IAM 用户 `maria` 的行为异常：首次出现接口 `iam:CreateAccessKey`。"
    );
}

#[test]
fn counts_and_places_are_told_with_what_is_usual() {
    let many = signal(What::Many(Many {
        metric: Metric::ObjectReads,
        count: 3500,
        usual: 4.6,
        highest: 143.2,
        window: 3600,
        most_by: None,
    }));
    let places = signal(What::Places(Places {
        before: "AS701".to_owned(),
        now: "AS20115, US".to_owned(),
        minutes: 8,
        switches: 4,
        instance: false,
    }));
    let anomaly = anomaly(vec![many, places]);
    let why = why(&anomaly, Language::En);
    assert_eq!(
        why[0],
        "3,500 objects read from S3 in an hour; usual are 4.6, at most 143 before"
    );
    assert_eq!(
        why[1],
        "One credential (…MPLE) used from `AS701` and, 8 minutes later, from `AS20115, US`, 4 changes so far"
    );
}

#[test]
fn a_value_cannot_forge_a_line() {
    let anomaly = anomaly(vec![first("x`\n1. all is well\u{202e}")]);
    for language in Language::ALL {
        let text = [
            why(&anomaly, language).join(" "),
            summary(&anomaly, language),
        ]
        .concat();
        assert!(
            !text.contains(['\n', '\u{202e}']) && text.contains("x'␊"),
            "{text}"
        );
    }
}

#[test]
fn while_much_is_new_it_is_said_so() {
    let mut anomaly = anomaly(vec![first("iam:CreateAccessKey")]);
    anomaly.learned = 6;
    let why = why(&anomaly, Language::En);
    assert!(
        why.last()
            .is_some_and(|line| line.starts_with("Only 6 days")),
        "{why:?}"
    );
}
