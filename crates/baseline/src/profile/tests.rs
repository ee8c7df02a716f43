//! Tests of what is known of one principal.

use detect::principal::PrincipalKind;

use super::*;
use crate::dimension::{Circle, Family};
use crate::evidence::{Event, New, What};

fn somebody(kind: PrincipalKind, trade: &str) -> Profile {
    let who = Who {
        account: "111122223333".to_owned(),
        key: "arn:aws:iam::111122223333:user/maria".to_owned(),
        kind,
        name: "maria".to_owned(),
        trade: trade.to_owned(),
        person: String::new(),
        credential: String::new(),
        session: String::new(),
        arn: String::new(),
    };
    Profile::new(who, 100)
}

fn evidence(value: usize) -> Signal {
    Signal {
        family: Family::Access,
        evidence: 1.0 + value as f64 / 1e6,
        what: What::New(New {
            dimension: Dimension::Secret,
            value: "x".repeat(TEXT),
            circle: Circle::Nobody,
            calls: 1,
            days: 1,
            last_seen: None,
            a_day: 0.1,
            peers_with: 0,
            peers: 0,
        }),
        event: Event {
            time: value as u32,
            id: Some("3038ebd2-c98a-4c65-9b6e-e22506292313".to_owned()),
            source: "secretsmanager.amazonaws.com".to_owned(),
            name: "GetSecretValue".to_owned(),
            error: String::new(),
            region: "eu-west-1".to_owned(),
            address: "203.0.113.7".to_owned(),
            network: "203.0.113.0/26".to_owned(),
            country: None,
            asn: None,
            tool: "aws-cli on Linux".to_owned(),
            file: "logs/a.json.gz".to_owned(),
        },
    }
}

#[test]
fn a_profile_is_bounded_whatever_its_principal_does() {
    let mut profile = somebody(PrincipalKind::IamUser, "users");
    for at in 0..2_000_u64 {
        let text = format!("{at:0200}");
        for dimension in Dimension::ALL {
            profile.note(dimension, Mark(at), &text, 100 + (at / 10) as Day);
        }
        let credential = profile.credential(Mark(at));
        credential.is_new_address(Mark(at * 3));
        credential.is_new_address(Mark(at * 5));
        credential.switched(Mark(at * 7), at as u32);
        profile.keep(evidence(at as usize));
    }
    for values in &profile.values {
        assert_eq!(values.len(), VALUES);
        assert!(
            values
                .values()
                .all(|seen| seen.text.chars().count() <= TEXT)
        );
    }
    assert_eq!(
        (profile.credentials.len(), profile.evidence.len()),
        (CREDENTIALS, EVIDENCE)
    );
    let bytes = postcard::to_allocvec(&profile).expect("bytes").len();
    // 21 dimensions of 512 values of some 100 bytes, and little else.
    assert!(bytes < 1_250_000, "{bytes} bytes");
}

#[test]
fn the_oldest_value_makes_room() {
    let mut profile = somebody(PrincipalKind::IamUser, "users");
    for at in 0..=VALUES as u64 {
        profile.note(Dimension::Read, Mark(at), "", 100 + at as Day);
    }
    let known = |at| profile.values[0].contains_key(&Mark(at));
    assert!(!known(0) && known(1) && known(VALUES as u64));
}

#[test]
fn what_was_not_seen_for_long_is_new_again() {
    let mut profile = somebody(PrincipalKind::IamUser, "users");
    let mut note = |day| profile.note(Dimension::Region, Mark(1), "eu-west-1", day);
    assert_eq!(note(100), Some(None), "never seen");
    assert_eq!(note(100 + FORGET), None, "still known");
    assert_eq!(
        note(100 + 2 * FORGET + 1),
        Some(Some(100 + FORGET)),
        "woken up"
    );
    assert_eq!(note(90), None, "late, and no news");
}

#[test]
fn firsts_a_day_begin_where_others_begin_and_become_its_own() {
    let mut profile = somebody(PrincipalKind::IamUser, "users");
    assert_eq!(profile.news_a_day(Dimension::Read, 5.0), 5.0);
    for day in 0..40 {
        profile.begin(101 + day);
    }
    let quiet = profile.news_a_day(Dimension::Read, 5.0);
    assert!(quiet < 1.0, "{quiet}");
    profile.today[Dimension::Read.index()] = 20;
    profile.begin(200);
    assert!(profile.news_a_day(Dimension::Read, 5.0) > quiet + 1.0);
}

#[test]
fn a_program_does_not_become_a_person_by_somebody_elses_hand() {
    let mut program = somebody(PrincipalKind::IamUser, "users");
    for day in 0..10 {
        (0..50).for_each(|_| program.call(false));
        program.begin(101 + day);
    }
    (0..1000).for_each(|_| program.call(true));
    assert!(!program.is_person());
    let mut person = somebody(PrincipalKind::IamUser, "users");
    (0..20).for_each(|_| person.call(true));
    (0..100).for_each(|_| person.call(false));
    assert!(person.is_person(), "people have scripts");
    let mut instance = somebody(PrincipalKind::AssumedRole, "instances");
    (0..20).for_each(|_| instance.call(true));
    assert!(!instance.is_person());
    assert!(somebody(PrincipalKind::IdentityCenter, "set Admins").is_person());
}

#[test]
fn a_credential_knows_where_it_was() {
    let mut credential = Credential::default();
    assert!(!credential.is_new_address(Mark(1)), "the first is no news");
    assert!(credential.is_new_address(Mark(2)) && !credential.is_new_address(Mark(1)));
    assert_eq!(credential.switched(Mark(10), 100), None);
    assert_eq!(credential.switched(Mark(10), 200), None);
    assert_eq!(credential.switched(Mark(20), 260), Some((Mark(10), 200)));
    assert_eq!(credential.switched(Mark(10), 300), Some((Mark(20), 260)));
}
