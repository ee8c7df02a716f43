//! Every story that the simulator tells is heard, and everyday life is not cried about.

use std::collections::BTreeMap;

use detect::Detector;
use detect::activity::Activity;
use detect::alert::Alert;
use detect::cloudtrail::LogFileReader;
use sigma::Level;
use simulate::{Scenario, attributions, simulate, stories};

use crate::corpus::{self, Rules};

/// Stories that show in no single record, with what would hear them.
const UNHEARD: [(&str, &str); 1] = [(
    "instance-credentials-abroad",
    "every call is one that the role makes each day: only the address is new",
)];

/// What only correlations hear in the stories, by the titles of their alerts.
const TOGETHER: [(&str, &[&str]); 11] = [
    (
        "stolen-key-to-admin",
        &[
            "Many denied calls by one principal",
            "Many kinds of discovery calls within seconds",
        ],
    ),
    ("trail-blinded", &["Trail stopped and not started again"]),
    (
        "console-takeover",
        &[
            "Many failed sign-ins for one user",
            "Failed sign-ins followed by a success",
        ],
    ),
    (
        "snapshot-shared",
        &[
            "Snapshot made and given away",
            "Snapshot shared and not taken back",
        ],
    ),
    (
        "bucket-ransom",
        &[
            "Objects re-encrypted with a key that only the caller has",
            "Many objects deleted by a person",
            "Versioning suspended, then objects encrypted with a foreign key",
            "Versioning suspended, then many objects deleted",
        ],
    ),
    (
        "crypto-mining",
        &["Region switched on, then instances launched there"],
    ),
    (
        "ssh-door-opened",
        &["Administration port opened to everybody and left open"],
    ),
    (
        "secrets-harvest",
        &[
            "Many secrets read by a person",
            "Many secret parameters read one by one",
        ],
    ),
    (
        "command-burst",
        &["Shell command sent to several instances at once"],
    ),
    (
        "password-of-another",
        &[
            "Password set by somebody else, then used without a second factor",
            "MFA device removed and none added",
        ],
    ),
    (
        "organization-left",
        &[
            "Repeated failed root sign-ins",
            "Access key of root made and kept",
        ],
    ),
];

/// What our rules raise over a month, and how many records they have judged.
fn month(stories: bool) -> (Vec<Alert>, u64) {
    let scenario = Scenario {
        stories,
        ..Scenario::default()
    };
    let (detector, _) = Detector::new(Rules::ours().load());
    let mut screener = detector.screener();
    let mut reader = LogFileReader::default();
    for file in simulate(&scenario) {
        let path = file.path.as_str().into();
        reader.read(&*file.body, |record| {
            screener.screen(record, Some(&path));
        });
    }
    let found = screener.take();
    let judged = found.judged;
    (corpus::alerts(&detector, found), judged)
}

#[test]
fn every_story_raises_an_alert_of_medium_or_higher() {
    let (alerts, _) = month(true);
    let mut deaf = Vec::new();
    let mut missed = Vec::new();
    for told in attributions(&Scenario::default()) {
        let about: Vec<&Alert> = alerts
            .iter()
            .filter(|alert| {
                let ids = alert
                    .events
                    .iter()
                    .filter_map(|event| event.event_id.as_ref());
                ids.into_iter()
                    .any(|id| told.event_ids.iter().any(|theirs| **theirs == **id))
            })
            .collect();
        let heard = about.iter().any(|alert| alert.level >= Level::Medium);
        println!("{:32} {} alerts", told.story, about.len());
        for alert in &about {
            println!("    {:12} {}", alert.level.to_string(), alert.rule.title);
        }
        let expected = TOGETHER.iter().filter(|(story, _)| *story == told.story);
        for title in expected.flat_map(|(_, titles)| *titles) {
            if !about.iter().any(|alert| alert.rule.title == *title) {
                missed.push((told.story, *title));
            }
        }
        let excused = UNHEARD.iter().any(|(story, _)| *story == told.story);
        if heard == excused {
            deaf.push(told.story);
        }
    }
    assert_eq!(
        deaf,
        Vec::<&str>::new(),
        "not heard, or heard though excused"
    );
    assert_eq!(missed, [], "not heard together");
    assert!(stories().len() > 10);
}

/// Of each log file, as the functions remember it: one ring for whoever did something notable in it.
#[test]
fn what_is_remembered_for_mails_costs_few_writes() {
    let mut reader = LogFileReader::default();
    let (mut records, mut rings) = (0_u64, 0);
    for file in simulate(&Scenario::default()) {
        let mut activity = Activity::default();
        reader.read(&*file.body, |record| {
            records += 1;
            activity.add(record);
        });
        rings += activity.len();
    }
    let per_million = rings as f64 * 1e6 / records as f64;
    println!("{rings} rings of {records} records: {per_million:.0} per million");
    assert!(rings > 100 && per_million < 20_000.0);
}

#[test]
fn a_month_of_everyday_life_raises_few_alerts() {
    let (alerts, judged) = month(false);
    let mut by_rule = BTreeMap::<(Level, String), usize>::new();
    for alert in &alerts {
        let rule = (alert.level, alert.rule.title.clone());
        *by_rule.entry(rule).or_default() += 1;
    }
    println!("{} alerts over {judged} records", alerts.len());
    for ((level, title), count) in by_rule.iter().rev() {
        println!("    {count:4} {:12} {title}", level.to_string());
    }
    let at_least = |level| alerts.iter().filter(|alert| alert.level >= level).count();
    assert!(judged > 60_000);
    assert!(at_least(Level::Medium) <= 30, "about one a day");
    assert!(at_least(Level::High) <= 4, "about one a week");
}
