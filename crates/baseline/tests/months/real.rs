//! A real account's everyday life: what is told of it once it was learned.
//!
//! Five days are too few to learn from and to judge by. So they are lived twice: the same days a week later,
//! each event another one, which nobody should find unusual; and the attack of the first time alone is left out of
//! the second.

use std::fs::File;

use baseline::{BuiltIn, Engine, Journal, Observer, Settings, tell};
use detect::cloudtrail::LogFileReader;
use sigma::Level;

const DAY: u32 = 86_400;

/// The attacker's user.
const ATTACKER: &str = "user/jmerckle";

#[expect(
    clippy::disallowed_methods,
    reason = "the test reads logs, the crate does not"
)]
fn life(folder: &std::path::Path) -> Journal {
    let (mut observer, mut reader) = (Observer::default(), LogFileReader::default());
    for path in outside::files(folder) {
        let file = File::open(path).expect("a log file");
        reader.read(file, |record| {
            let identity = record.user_identity().and_then(|who| who.get("arn"));
            let arn = identity.and_then(detect::cloudtrail::Json::as_str);
            if !arn.is_some_and(|arn| arn.ends_with(ATTACKER)) {
                observer.observe(record, None);
            }
        });
    }
    let mut journal = observer.into_journal();
    journal.settle();
    journal
}

pub(crate) fn report() {
    let Some(folder) = outside::shared("logs/sans-s3-lab") else {
        return;
    };
    let first = life(&folder);
    let mut both = Journal::default();
    for week in 0..3 {
        let mut again = first.clone();
        for entry in &mut again.entries {
            entry.time += week * 7 * DAY;
            entry.id[3] ^= week;
        }
        both.merge(&again);
    }
    both.settle();
    let begins = first.entries.first().expect("an event").time;
    let found = Engine::new(Settings::default()).learn(&both, &BuiltIn);
    let found = found.iter().filter(|found| found.time >= begins + 6 * DAY);
    let (mut all, mut loud) = (0, Vec::new());
    for found in found {
        all += 1;
        if tell::level(found) > Level::Low {
            let case = tell::case(found).expect("a case").into_alert();
            loud.push(format!(
                "{} {:.1} {}",
                case.time, found.score, case.summary.en
            ));
        }
    }
    println!(
        "\nA real account, {} calls lived again: {all} alerts, {} above low",
        first.entries.len(),
        loud.len()
    );
    loud.iter().for_each(|alert| println!("   {alert}"));
    assert!(first.entries.len() > 1_000, "{} calls", first.entries.len());
    assert_eq!(loud, Vec::<String>::new(), "what was learned is told");
}
