//! Tests of credentials in two places, and of what only looks like that.

use std::net::IpAddr;

use detect::cloudtrail::LogFileReader;

use crate::engine::{DAY, Engine, FLOOR, Settings};
use crate::evidence::{Anomaly, Places as InPlaces, What};
use crate::observe::Observer;
use crate::places::{NetworkKind, Place, Places};

/// 2026-03-02T00:00:00Z, a Monday.
const BEGIN: u32 = 1_772_409_600;

/// The day on which it happens; all days before are like one another.
const THEN: u32 = BEGIN + 20 * DAY + 10 * 3600;

const HOME: &str = "198.51.100.7";
const PHONE: &str = "198.51.100.77";
const VPN: &str = "198.51.100.140";
const ABROAD: &str = "203.0.113.9";
const RENTED: &str = "203.0.113.77";
const AWS: &str = "52.94.133.131";

/// A made-up world of a few networks.
struct World;

impl Places for World {
    fn place(&self, address: IpAddr) -> Place {
        let (country, asn, kind) = match address.to_string().as_str() {
            HOME => ("DE", 64_501, NetworkKind::Ordinary),
            PHONE => ("DE", 64_502, NetworkKind::Ordinary),
            VPN => ("DE", 64_503, NetworkKind::Hosting),
            ABROAD => ("BR", 64_504, NetworkKind::Ordinary),
            RENTED => ("NL", 64_505, NetworkKind::Hosting),
            _ => ("US", 64_506, NetworkKind::Aws),
        };
        Place {
            country: Some(country.to_owned()),
            asn: Some(asn),
            owner: None,
            kind,
        }
    }
}

#[derive(Default)]
struct Log {
    text: String,
    events: u32,
}

impl Log {
    /// A call of `who`, with the long-term key of that person, or the session's of that machine.
    fn call(&mut self, at: u32, who: &str, from: &str) {
        self.events += 1;
        let time = jiff::Timestamp::from_second(at.into()).expect("a time");
        let identity = match who.strip_prefix("i-") {
            None => format!(
                r#"{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{who}","userName":"{who}","accountId":"111122223333","accessKeyId":"AKIAIOSFODNN{who}"}}"#
            ),
            Some(_) => format!(
                r#"{{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/web/{who}","principalId":"AROAEXAMPLE:{who}","accountId":"111122223333","accessKeyId":"ASIAIOSFODNN{}","sessionContext":{{"sessionIssuer":{{"type":"Role","arn":"arn:aws:iam::111122223333:role/web","userName":"web","accountId":"111122223333"}}}}}}"#,
                at / DAY
            ),
        };
        self.text += &format!(
            r#"{{"eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","readOnly":true,"eventTime":"{time}","awsRegion":"eu-central-1","sourceIPAddress":"{from}","userAgent":"aws-cli/2.31.0 os/linux","eventID":"00000000-0000-4000-8000-{:012x}","recipientAccountId":"111122223333","userIdentity":{identity}}}
"#,
            self.events
        );
    }

    /// Twenty days on which maria works at home, and a colleague and a machine do their work.
    fn usual() -> Self {
        let mut log = Self::default();
        for day in 0..20 {
            for hour in 8..16 {
                let at = BEGIN + day * DAY + hour * 3600;
                log.call(at, "maria", HOME);
                log.call(at + 60, "jonas", VPN);
                log.call(at + 120, "i-0123456789abcdef0", AWS);
            }
        }
        log
    }

    fn judged(&self, floor: f64) -> Vec<Anomaly> {
        let mut observer = Observer::default();
        LogFileReader::default().read(self.text.as_bytes(), |record| {
            observer.observe(record, None);
        });
        let mut journal = observer.into_journal();
        journal.settle();
        let settings = Settings {
            floor,
            ..Settings::default()
        };
        Engine::new(settings).learn(&journal, &World)
    }

    /// What the strongest evidence of two places says, and between which they are.
    fn in_two_places(&self) -> Option<(f64, InPlaces)> {
        let found = self.judged(0.05);
        let signals = found.into_iter().flat_map(|found| found.signals);
        signals
            .filter_map(|signal| match signal.what {
                What::Places(places) => Some((signal.evidence, places)),
                _ => None,
            })
            .max_by(|a, b| a.0.total_cmp(&b.0))
    }
}

/// Home at ten, and elsewhere eight minutes later.
fn away(who: &str, from: &str) -> Log {
    let mut log = Log::usual();
    log.call(THEN, who, if who == "maria" { HOME } else { AWS });
    log.call(THEN + 480, who, from);
    log
}

#[test]
fn a_key_that_is_used_at_home_and_abroad_within_minutes_is_told() {
    for from in [ABROAD, RENTED] {
        let log = away("maria", from);
        let (evidence, places) = log.in_two_places().expect("evidence");
        assert!(evidence > 1.0, "{from}: {evidence}");
        assert_eq!(places.minutes, 8);
        let told = log.judged(FLOOR);
        assert!(told.iter().any(|told| told.who.name == "maria"), "{from}");
    }
}

#[test]
fn near_misses_of_people_are_silent() {
    // A phone in the same country, of which only yesterday afternoon is known.
    let mut phone = Log::usual();
    phone.call(THEN - DAY + 5 * 3600 + 2700, "maria", PHONE);
    phone.call(THEN, "maria", HOME);
    phone.call(THEN + 480, "maria", PHONE);
    assert!(phone.judged(FLOOR).is_empty(), "{:#?}", phone.judged(FLOOR));
    // From a network that colleagues use, such as the company's VPN.
    let vpn = away("maria", VPN);
    assert!(vpn.judged(FLOOR).is_empty(), "{:#?}", vpn.judged(FLOOR));
    // In and out of what has been one's own for days, however often.
    let mut both = Log::usual();
    for day in 10..20 {
        both.call(BEGIN + day * DAY + 11 * 3600 + 300, "maria", PHONE);
    }
    for turn in 0..6 {
        both.call(THEN + turn * 600, "maria", HOME);
        both.call(THEN + turn * 600 + 300, "maria", PHONE);
    }
    let after: Vec<_> = both
        .judged(FLOOR)
        .into_iter()
        .filter(|told| told.time >= THEN)
        .collect();
    assert!(after.is_empty(), "{after:#?}");
    // A journey: abroad, but not at once. That she is abroad is news; that the key is in two places is not.
    let mut journey = Log::usual();
    journey.call(THEN, "maria", HOME);
    journey.call(THEN + 9 * 3600, "maria", ABROAD);
    assert!(journey.in_two_places().is_none());
    // What AWS does with her credentials is no second place.
    for service in ["cloudformation.amazonaws.com", "AWS Internal"] {
        assert!(
            away("maria", service).in_two_places().is_none(),
            "{service}"
        );
    }
}

#[test]
fn a_machines_session_elsewhere_is_told_and_another_address_of_aws_is_not() {
    let stolen = away("i-0123456789abcdef0", RENTED);
    let (evidence, places) = stolen.in_two_places().expect("evidence");
    assert!(places.instance && evidence > 1.0, "{evidence} {places:?}");
    let told = stolen.judged(FLOOR);
    assert!(told.iter().any(|told| told.who.name == "web"), "{told:#?}");
    let moved = away("i-0123456789abcdef0", "52.94.133.200");
    assert!(moved.judged(FLOOR).is_empty(), "{:#?}", moved.judged(FLOOR));
    let service = away("i-0123456789abcdef0", "autoscaling.amazonaws.com");
    assert!(service.in_two_places().is_none());
}
