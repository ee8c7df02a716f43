//! The plans about each story: what would be done in the account that it happened in.
//!
//! A change here is a change of what is done to people's accounts.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use detect::Detector;
use detect::alert::Alert;
use detect::cloudtrail::LogFileReader;
use detect::language::Language;
use jiff::{SignedDuration, Timestamp};
use query::Pattern;
use response::action::Kind;
use response::docket::{Docket, Status};
use response::letter;
use response::manner::{Manner, Mode};
use response::never::NeverTouch;
use response::plan::Plan;
use sigma::Level;

use crate::corpus::{self, Rules, repository};

fn alerts(detector: &Detector, story: &str) -> Vec<Alert> {
    let file = repository().join("events").join(format!("{story}.json"));
    let text = fs::read(file).unwrap();
    let mut screener = detector.screener();
    LogFileReader::default().read(&*text, |record| screener.screen(record, None));
    let mut alerts = corpus::alerts(detector, screener.take());
    alerts.sort_by_key(|alert| (std::cmp::Reverse(alert.level), alert.time, alert.id));
    alerts
}

/// Settings of the account that the alert is of.
fn manner(alert: &Alert) -> Manner {
    Manner {
        account: alert.account.id.clone().unwrap(),
        partition: alert.partition,
        mode: Mode::Approve,
        level: Level::High,
        rules: vec![Pattern::new("*")],
        kinds: BTreeSet::from(Kind::ALL),
        never: NeverTouch::new("trailhound-", []),
        hourly: 5,
        languages: vec![Language::En],
        wait: SignedDuration::from_hours(1),
    }
}

/// Each thing that would be done about a story, once, and what would be refused.
fn told(detector: &Detector, story: &str) -> String {
    let mut lines = BTreeSet::new();
    for alert in alerts(detector, story) {
        let manner = manner(&alert);
        let plan = Plan::of(&alert, &manner, alert.last_time);
        if !plan.is_answer() {
            continue;
        }
        for step in &plan.steps {
            let no_policy = |text: String| text.replace(&plan.id.as_str()[3..], "…");
            lines.insert(format!(
                "  {}\n    call {}\n    undo {}",
                step.does().en,
                no_policy(step.at(Timestamp::UNIX_EPOCH).call().to_string()),
                no_policy(step.undo().call().to_string()),
            ));
        }
        lines.extend(
            plan.refusals
                .iter()
                .map(|one| format!("  {}", one.says().en)),
        );
    }
    let mut text = format!("{story}\n");
    lines
        .iter()
        .for_each(|line| writeln!(text, "{line}").unwrap());
    text
}

fn stories() -> Vec<String> {
    let files = fs::read_dir(repository().join("events")).unwrap();
    let mut names: Vec<_> = files
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn every_story_has_its_plans() {
    let (detector, _) = Detector::new(Rules::ours().load());
    let told: Vec<_> = stories()
        .iter()
        .map(|story| told(&detector, story))
        .collect();
    assert!(told.len() >= 16);
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_letter_shows_the_exact_calls_in_both_languages() {
    let (detector, _) = Detector::new(Rules::ours().load());
    let alerts = alerts(&detector, "ssh-door-opened");
    let has_target = |alert: &&Alert| {
        alert
            .deed
            .as_ref()
            .is_some_and(|deed| deed.target.is_some())
    };
    let alert = alerts.iter().find(has_target).unwrap();
    let manner = manner(alert);
    let now = alert.last_time + SignedDuration::from_secs(3);
    let plan = Plan::of(alert, &manner, now);
    let until = Some(now + manner.wait);
    let docket = Docket::new(plan, Status::Waiting, until);
    insta::assert_snapshot!("letter_en", letter::page(&docket, Language::En, now));
    insta::assert_snapshot!("letter_zh", letter::page(&docket, Language::ZhCn, now));
}
