use detect::language::Language;
use detect::render::mail::{Kind, Letter, Told};
use proptest::prelude::*;

use super::words::{Home, Names, alert};
use super::*;

const A: &str = "111122223333";
const B: &str = "444455556666";

fn hour(hours: i64) -> Timestamp {
    let begin: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    begin + SignedDuration::from_hours(hours)
}

fn digests(regions: &[(&str, i64)]) -> BTreeMap<String, Heard> {
    let each = regions.iter().map(|(region, last)| {
        let heard = Heard {
            by: Pulse::Digests,
            last: Some(hour(*last)),
        };
        ((*region).to_owned(), heard)
    });
    each.collect()
}

/// Looks at an account, and says what is to be told.
fn round(coverage: &mut Coverage, account: &str, regions: &[(&str, i64)], now: i64) -> Vec<Gap> {
    coverage.appeared([account], hour(now));
    coverage.saw(account, &digests(regions), hour(now));
    coverage.judge(hour(now))
}

fn silent(region: &str, last: i64) -> Gap {
    Gap::RegionSilent {
        account: A.to_owned(),
        region: region.to_owned(),
        last: hour(last),
        by: Pulse::Digests,
    }
}

#[test]
fn the_first_round_learns_and_what_comes_later_is_new() {
    let mut coverage = Coverage::default();
    assert_eq!(round(&mut coverage, A, &[("eu-west-1", 0)], 1), []);
    let gaps = round(&mut coverage, A, &[("eu-west-1", 1), ("me-south-1", 1)], 2);
    let region = "me-south-1".to_owned();
    let (account, since) = (A.to_owned(), hour(2));
    assert_eq!(
        gaps,
        [Gap::NewRegion {
            account,
            region,
            since
        }]
    );
    let gaps = round(&mut coverage, B, &[("eu-west-1", 2)], 3);
    let (account, since) = (B.to_owned(), hour(3));
    assert_eq!(
        gaps,
        [Gap::NewAccount {
            account,
            since,
            listed: None
        }]
    );
    assert_eq!(round(&mut coverage, B, &[("eu-west-1", 3)], 4), []);
}

#[test]
fn a_region_that_falls_silent_is_told_once_and_again_if_it_was_heard_between() {
    let mut coverage = Coverage::default();
    let others = |last, dead| {
        [
            ("eu-west-1", last),
            ("eu-west-2", last),
            ("us-east-1", dead),
        ]
    };
    assert_eq!(round(&mut coverage, A, &others(1, 1), 1), []);
    assert_eq!(
        round(&mut coverage, A, &others(4, 1), 4),
        [],
        "three hours are allowed"
    );
    assert_eq!(
        round(&mut coverage, A, &others(5, 1), 5),
        [silent("us-east-1", 1)]
    );
    assert_eq!(coverage.open().silent_regions, 1);
    assert_eq!(round(&mut coverage, A, &others(6, 1), 6), []);
    assert_eq!(round(&mut coverage, A, &others(7, 7), 7), []);
    assert_eq!(
        coverage.open(),
        Open {
            accounts: 1,
            ..Open::default()
        }
    );
    assert_eq!(
        round(&mut coverage, A, &others(11, 7), 11),
        [silent("us-east-1", 7)]
    );
}

#[test]
fn an_account_of_which_most_is_silent_is_one_finding_and_hides_no_later_one() {
    let mut coverage = Coverage::default();
    let regions = |last, dead| [("a-1", dead), ("a-2", dead), ("a-3", last)];
    round(&mut coverage, A, &regions(1, 1), 1);
    let gaps = round(&mut coverage, A, &regions(6, 1), 6);
    assert!(
        matches!(
            &gaps[..],
            [Gap::AccountSilent {
                silent: 2,
                of: 3,
                ..
            }]
        ),
        "{gaps:?}"
    );
    assert_eq!(coverage.open().silent_accounts, 1);
    // The last one falls silent too.
    assert_eq!(
        round(&mut coverage, A, &regions(6, 1), 10),
        [silent("a-3", 6)]
    );
}

#[test]
fn many_accounts_that_fall_silent_together_are_one_finding() {
    let mut coverage = Coverage::default();
    let accounts: Vec<_> = (0..20).map(|number| format!("{number:012}")).collect();
    let look = |coverage: &mut Coverage, now: i64| {
        for account in &accounts {
            coverage.saw(account, &digests(&[("eu-west-1", 0)]), hour(now));
        }
        coverage.judge(hour(now))
    };
    assert_eq!(look(&mut coverage, 1), []);
    let gaps = look(&mut coverage, 5);
    assert!(matches!(&gaps[..], [Gap::ManySilent { accounts, .. }] if accounts.len() == 20));
    assert_eq!(look(&mut coverage, 6), []);
}

#[test]
fn an_account_of_the_organization_has_a_day_to_be_heard_and_one_that_left_is_not_missed() {
    let mut coverage = Coverage::default();
    let round = |coverage: &mut Coverage, listed: &[(&str, bool)], now: i64| {
        coverage.listed(listed.iter().copied(), hour(now));
        coverage.saw(A, &BTreeMap::new(), hour(now));
        coverage.judge(hour(now))
    };
    let uncovered = |since: i64| {
        let (account, since) = (A.to_owned(), hour(since));
        [Gap::Uncovered { account, since }]
    };
    assert_eq!(round(&mut coverage, &[(A, true)], 0), []);
    assert_eq!(round(&mut coverage, &[(A, true)], 23), []);
    assert_eq!(round(&mut coverage, &[(A, true)], 24), uncovered(0));
    assert_eq!(round(&mut coverage, &[(A, true)], 25), []);
    assert_eq!(coverage.open().silent_accounts, 1);
    // It is closed, and then it is back.
    assert_eq!(round(&mut coverage, &[(A, false)], 26), []);
    assert_eq!(coverage.open(), Open::default());
    assert_eq!(round(&mut coverage, &[], 100), []);
    assert_eq!(round(&mut coverage, &[(A, true)], 200), []);
    assert_eq!(round(&mut coverage, &[(A, true)], 224), uncovered(200));
}

#[test]
fn a_file_of_the_future_keeps_nothing_alive() {
    let mut coverage = Coverage::default();
    round(&mut coverage, A, &[("a-1", 0)], 0);
    let gaps = round(&mut coverage, A, &[("a-1", 9_000)], 5);
    assert!(matches!(&gaps[..], [Gap::AccountSilent { .. }]), "{gaps:?}");
}

#[test]
fn whoever_switches_digests_off_gets_no_longer_limit() {
    let mut coverage = Coverage::default();
    round(&mut coverage, A, &[("a-1", 0)], 0);
    let mut heard = digests(&[("a-1", 0)]);
    heard
        .values_mut()
        .for_each(|heard| heard.by = Pulse::LogFiles);
    coverage.saw(A, &heard, hour(5));
    assert_eq!(coverage.judge(hour(5)).len(), 1);
}

#[test]
fn log_files_alone_may_be_quiet_for_days() {
    let mut coverage = Coverage::default();
    let mut look = |now: i64| {
        let mut heard = digests(&[("a-1", 0)]);
        heard
            .values_mut()
            .for_each(|heard| heard.by = Pulse::LogFiles);
        coverage.saw(A, &heard, hour(now));
        coverage.judge(hour(now)).len()
    };
    assert_eq!(
        (look(0), look(7 * 24), look(7 * 24 + 1), look(7 * 24 + 2)),
        (0, 0, 1, 0)
    );
}

#[test]
fn what_was_silent_for_a_month_is_forgotten_and_new_when_it_comes_back() {
    let mut coverage = Coverage::default();
    let regions = |last, dead| [("a-1", last), ("a-2", last), ("a-3", dead)];
    round(&mut coverage, A, &regions(0, 0), 0);
    assert_eq!(round(&mut coverage, A, &regions(9, 0), 9).len(), 1);
    // Nothing is listed of it any more.
    assert_eq!(round(&mut coverage, A, &regions(800, 800)[..2], 800), []);
    assert_eq!(coverage.open().silent_regions, 0);
    let gaps = round(&mut coverage, A, &regions(801, 801), 801);
    assert!(
        matches!(&gaps[..], [Gap::NewRegion { region, .. }] if region == "a-3"),
        "{gaps:?}"
    );
}

#[test]
fn everybody_has_their_turn() {
    let mut coverage = Coverage::default();
    let accounts: Vec<_> = (0..100).map(|number| format!("{number:012}")).collect();
    coverage.appeared(accounts.iter().map(String::as_str), hour(0));
    let mut seen = BTreeMap::<String, usize>::new();
    for now in 0..20 {
        let due = coverage.due(5 * UNKNOWN);
        assert!((5..=45).contains(&due.len()), "{}", due.len());
        for account in due {
            coverage.saw(&account, &digests(&[("a-1", now)]), hour(now));
            *seen.entry(account).or_default() += 1;
        }
    }
    assert_eq!(seen.len(), 100, "nobody is left out");
    let (least, most) = (seen.values().min().unwrap(), seen.values().max().unwrap());
    assert!(most - least <= 1, "{least} to {most}");
}

#[test]
fn what_is_remembered_is_small_and_comes_back_as_it_was() {
    let mut coverage = Coverage::default();
    let regions: Vec<_> = (0..17).map(|at| format!("ap-southeast-{at}")).collect();
    let regions: Vec<_> = regions.iter().map(|region| (region.as_str(), 0)).collect();
    for number in 0..100 {
        coverage.saw(&format!("{number:012}"), &digests(&regions), hour(0));
    }
    coverage.judge(hour(5));
    let text = serde_json::to_string(&coverage).unwrap();
    assert!(
        text.len() / 100 < 1_200,
        "{} bytes an account",
        text.len() / 100
    );
    assert_eq!(serde_json::from_str::<Coverage>(&text).unwrap(), coverage);
}

struct Called;

impl Names for Called {
    fn name(&self, _account: &str) -> Option<String> {
        Some("Payments\nprod".to_owned())
    }
}

fn home() -> Home {
    Home {
        account: B.to_owned(),
        region: "eu-central-1".to_owned(),
    }
}

#[test]
fn a_mail_says_what_is_missing_and_what_to_do_in_both_languages() {
    let alert = alert(&silent("us-east-1", 2), &home(), &Called);
    assert_eq!(alert.account.name.as_deref(), Some("Payments␊prod"));
    let told = Told {
        alert: &alert,
        before: 0,
        is_changed: false,
        around: None,
    };
    let letter = Letter::new(&[Language::En, Language::ZhCn]);
    let mail = letter.write(Kind::Alert, &[told], hour(6));
    let flat = mail.body.replace('\n', " ");
    assert_eq!(
        mail.subject,
        "[CRITICAL] 111122223333: Nothing comes from region us-east-1 any more."
    );
    for part in [
        "Nothing has come from region `us-east-1` of account `111122223333` since 2026-11-01T02:00:00Z",
        "WHAT TO DO",
        "aws cloudtrail describe-trails --region us-east-1 --include-shadow-trails",
        "noticed by the watchdog; written 4 hours after it began",
        "如何处理",
        "再无日志",
        "`lastDigest` 的值为 `2026-11-01T02:00:00Z`",
    ] {
        assert!(flat.contains(part), "{part}:\n{}", mail.body);
    }
    for part in ["STOP IT", "EventBridge", "如何制止", "Who:"] {
        assert!(!mail.body.contains(part), "{part}:\n{}", mail.body);
    }
}

#[test]
fn every_kind_has_a_rule_of_its_own_and_words_in_both_languages() {
    let (account, region, since) = (A.to_owned(), "eu-west-1".to_owned(), hour(0));
    let by = Pulse::Digests;
    let gaps = [
        Gap::NewAccount {
            account: A.to_owned(),
            since,
            listed: Some(true),
        },
        Gap::NewRegion {
            account: A.to_owned(),
            region: region.clone(),
            since,
        },
        Gap::Uncovered {
            account: A.to_owned(),
            since,
        },
        Gap::RegionSilent {
            account: A.to_owned(),
            region,
            last: since,
            by,
        },
        Gap::AccountSilent {
            account,
            silent: 2,
            of: 3,
            last: since,
            by,
        },
        Gap::ManySilent {
            accounts: vec![A.to_owned(); 9],
            last: since,
        },
    ];
    let page = include_str!("../../../../docs/operations.md");
    let alerts = gaps.iter().map(|gap| alert(gap, &home(), &Called));
    let ids = alerts.map(|alert| {
        assert!(
            page.contains(&format!("| `{}` |", alert.rule.id)),
            "{}",
            alert.rule.id
        );
        for text in [&alert.summary, alert.rule.threat.as_ref().unwrap()] {
            assert!(text.en.is_ascii() && !text.zh_cn.is_ascii(), "{text:?}");
        }
        assert!(!alert.response.is_empty());
        alert.rule.id
    });
    let ids: std::collections::BTreeSet<_> = ids.collect();
    assert_eq!(ids.len(), gaps.len());
}

/// What happens in an hour: which of four regions are heard, whether the clock jumps, whether a look is repeated.
#[derive(Debug, Clone)]
struct Hour {
    heard: [bool; 4],
    jump: i64,
    again: bool,
}

fn hours() -> impl Strategy<Value = Vec<Hour>> {
    let hour = (any::<[bool; 4]>(), -2_i64..3, any::<bool>());
    let hour = hour.prop_map(|(heard, jump, again)| Hour { heard, jump, again });
    prop::collection::vec(hour, 1..80)
}

proptest! {
    /// However clocks jump and rounds repeat: a finding has a name of its own and is told once.
    #[test]
    fn a_finding_is_told_once(hours in hours()) {
        let mut coverage = Coverage::default();
        let mut last = [0_i64; 4];
        let mut told = std::collections::BTreeSet::new();
        for (at, Hour { heard, jump, again }) in hours.into_iter().enumerate() {
            let now = at as i64 + jump;
            for (last, heard) in last.iter_mut().zip(heard) {
                if heard { *last = (*last).max(now); }
            }
            let names = ["a-0", "a-1", "a-2", "a-3"];
            let regions: Vec<_> = names.into_iter().zip(last).collect();
            for _ in 0..=usize::from(again) {
                for gap in round(&mut coverage, A, &regions, now) {
                    let id = alert(&gap, &home(), &Called).id;
                    prop_assert!(told.insert(id), "{gap:?} is told twice");
                }
            }
        }
    }

    /// The order in which accounts are looked at does not matter, nor that one is looked at twice.
    #[test]
    fn order_and_repeats_do_not_matter(lasts in prop::collection::vec(0_i64..12, 4), turn in 0_usize..4) {
        let run = |order: &[usize]| {
            let mut coverage = Coverage::default();
            for at in order {
                coverage.saw(&format!("{at:012}"), &digests(&[("a-1", 0)]), hour(0));
            }
            coverage.judge(hour(0));
            for at in order {
                coverage.saw(&format!("{at:012}"), &digests(&[("a-1", lasts[*at])]), hour(12));
            }
            (coverage.judge(hour(12)), coverage)
        };
        let mut turned = vec![0, 1, 2, 3];
        turned.rotate_left(turn);
        turned.push(turned[0]);
        prop_assert_eq!(run(&[0, 1, 2, 3]), run(&turned));
    }

    /// What could not be saved is found again under the same names.
    #[test]
    fn what_could_not_be_saved_is_found_again_by_name(dead in 0_i64..8, now in 12_i64..20) {
        let mut coverage = Coverage::default();
        round(&mut coverage, A, &[("a-1", 0), ("a-2", 0)], 0);
        let mut other = coverage.clone();
        let ids = |coverage: &mut Coverage, now| {
            let gaps = round(coverage, A, &[("a-1", dead), ("a-2", dead)], now);
            gaps.iter().map(|gap| alert(gap, &home(), &Called).id).collect::<Vec<_>>()
        };
        let first = ids(&mut coverage, now);
        prop_assert!(!first.is_empty());
        prop_assert_eq!(first, ids(&mut other, now + 1));
    }
}
