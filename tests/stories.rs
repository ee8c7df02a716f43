//! Every story that the simulator tells is heard, and everyday life is not cried about.

use std::collections::BTreeMap;

use detect::alert::Alert;
use detect::cloudtrail::LogFileReader;
use detect::{Detector, Screened};
use sigma::Level;
use simulate::{Scenario, attributions, simulate, stories};

use crate::corpus::Rules;

/// Stories that show in no single record, with what would hear them.
const UNHEARD: [(&str, &str); 1] = [(
    "instance-credentials-abroad",
    "every call is one that the role makes each day: only the address is new",
)];

/// What our rules raise over a month, and how many records they have judged.
fn month(stories: bool) -> (Vec<Alert>, u64) {
    let scenario = Scenario {
        stories,
        ..Scenario::default()
    };
    let (detector, _) = Detector::new(Rules::ours().load());
    let mut screener = detector.screener();
    let mut reader = LogFileReader::default();
    let mut found = Screened::default();
    for file in simulate(&scenario) {
        let path = file.path.as_str().into();
        reader.read(&*file.body, |record| {
            screener.screen(record, Some(&path), &mut found);
        });
    }
    let alerts = found.cases.iter().map(detect::case::Case::alert).collect();
    (alerts, found.judged)
}

#[test]
fn every_story_raises_an_alert_of_medium_or_higher() {
    let (alerts, _) = month(true);
    let mut deaf = Vec::new();
    for told in attributions(&Scenario::default()) {
        let about: Vec<&Alert> = alerts
            .iter()
            .filter(|alert| {
                let ids = alert
                    .events
                    .iter()
                    .filter_map(|event| event.event_id.as_ref());
                ids.into_iter().any(|id| told.event_ids.contains(id))
            })
            .collect();
        let heard = about.iter().any(|alert| alert.level >= Level::Medium);
        println!("{:32} {} alerts", told.story, about.len());
        for alert in about {
            println!("    {:12} {}", alert.level.to_string(), alert.rule.title);
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
    assert!(stories().len() > 10);
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
