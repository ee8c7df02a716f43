//! What the rules find in real logs, and what they cry about: `make quality` prints the figures.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use detect::Detector;
use detect::alert::Alert;
use detect::cloudtrail::LogFileReader;
use detect::principal::PrincipalKind;
use sigma::Level;

use crate::corpus::{self, Rules, files, shared};

/// Hears the tool rather than the deed: whoever made these records has left its name in them.
const BY_USER_AGENT: [&str; 2] = ["attack-tool-user-agent", "pentest-distribution-user-agent"];

/// The attacker of the lab account.
const ATTACKER: &str = "user/jmerckle";

/// How many alerts of medium or higher the lab's everyday records may raise, all told.
const EVERYDAY: usize = 6;

/// The alerts about these log files.
fn alerts(detector: &Detector, files: &[PathBuf]) -> Vec<Alert> {
    let (mut screener, mut reader) = (detector.screener(), LogFileReader::default());
    for path in files {
        let file = File::open(path).expect("a log file");
        reader.read(file, |record| screener.screen(record, None));
    }
    corpus::alerts(detector, screener.take())
}

fn loud(alerts: &[Alert]) -> impl Iterator<Item = &Alert> {
    alerts.iter().filter(|alert| alert.level >= Level::Medium)
}

fn print(alerts: &[Alert]) {
    let mut lines = BTreeMap::<_, (usize, u64)>::new();
    for alert in alerts {
        let line = lines.entry((std::cmp::Reverse(alert.level), &alert.rule.title));
        let (alerts, events) = line.or_default();
        *alerts += 1;
        *events += alert.event_count;
    }
    for ((level, title), (alerts, events)) in lines {
        println!(
            "    {alerts:4} {:13} {title} ({events} events)",
            level.0.to_string()
        );
    }
}

fn detector(rules: &Rules) -> Detector {
    Detector::new(rules.load()).0
}

#[test]
fn every_documented_technique_is_heard() {
    let Some(folder) = shared("logs/stratus") else {
        return;
    };
    let ours = detector(&Rules::ours().without(&BY_USER_AGENT));
    let mut deaf = Vec::new();
    println!("\nStratus Red Team, real records of one technique each:");
    for path in files(&folder) {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let alerts = alerts(&ours, std::slice::from_ref(&path));
        println!("  {name}: {} of medium or higher", loud(&alerts).count());
        print(&alerts);
        if loud(&alerts).next().is_none() {
            deaf.push(name);
        }
    }
    assert_eq!(deaf, Vec::<String>::new(), "not heard");
}

#[test]
fn a_real_account_is_watched_without_crying_wolf() {
    let Some(folder) = shared("logs/sans-s3-lab") else {
        return;
    };
    let packs = [
        Some(("ours", Rules::ours())),
        Rules::sigma_hq().map(|pack| ("SigmaHQ", pack)),
    ];
    for (pack, rules) in packs.into_iter().flatten() {
        let found = alerts(&detector(&rules), &files(&folder));
        let by_attacker = |alert: &Alert| {
            let arn = alert.principal.arn.as_deref();
            arn.is_some_and(|arn| arn.ends_with(ATTACKER))
        };
        let (attack, everyday): (Vec<_>, Vec<_>) = found.into_iter().partition(by_attacker);
        println!(
            "\nA lab account, {pack}: {} alerts about the attack",
            attack.len()
        );
        print(&attack);
        let loud: Vec<_> = loud(&everyday).cloned().collect();
        println!(
            "  {} about everyday life, {} of medium or higher",
            everyday.len(),
            loud.len()
        );
        print(&everyday);
        if pack != "ours" {
            continue;
        }
        let of_services = loud
            .iter()
            .filter(|alert| alert.principal.kind == PrincipalKind::Service);
        assert_eq!(of_services.count(), 0, "AWS's own calls alarm");
        assert!(loud.len() <= EVERYDAY, "{} alerts", loud.len());
        let high = attack.iter().any(|alert| alert.level >= Level::High);
        assert!(high, "`*:*` for itself");
    }
}
