//! The comparison of what both doors have seen, in the words of the log and the numbers of metrics.

use jiff::Timestamp;
use pipeline::ports::StateStore;
use watch::reconcile::{self, Look, Loss, Rate};

use crate::round::{Cause, Counts};

/// How many places are named in the log.
const NAMED: usize = 10;

/// Compares the hours that are due.
///
/// # Errors
/// Why that could not be; the next round does.
pub async fn round(states: &impl StateStore, rate: Rate, now: Timestamp) -> Result<Counts, Cause> {
    let Some(look) = reconcile::look(states, rate, now).await? else {
        return Ok(Counts::new());
    };
    tell(&look, rate);
    Ok(vec![
        ("EventBridgeExpected", look.events.of),
        ("EventBridgeMissed", look.events.missed),
        ("EventBridgeLosing", look.events_lost.len() as u64),
        ("LogsMissing", look.logs.missed),
        ("LogsLosing", look.logs_lost.len() as u64),
    ])
}

/// Says it in one line, and in one more for each side that loses.
fn tell(look: &Look, rate: Rate) {
    tracing::info!(
        up_to = %look.hour,
        one_in = rate.many(),
        not_forwarded = named(look.not_forwarded.iter().cloned()),
        not_logged = named(look.not_logged.iter().cloned()),
        "EventBridge missed {} of {}, log files lack {} of {}",
        look.events.missed,
        look.events.of,
        look.logs.missed,
        look.logs.of,
    );
    if !look.events_lost.is_empty() {
        let places = named(look.events_lost.iter().map(words));
        tracing::error!(places, "EventBridge loses more than chance explains");
    }
    if !look.logs_lost.is_empty() {
        let places = named(look.logs_lost.iter().map(words));
        tracing::error!(places, "log files lack more than chance explains");
    }
}

fn words(loss: &Loss) -> String {
    let place = loss.place.as_deref().unwrap_or("all");
    let (missed, of) = (loss.share.missed, loss.share.of);
    match loss.hours {
        1 => format!("{place} {missed} of {of} in an hour"),
        hours => format!("{place} {missed} of {of} in {hours} hours"),
    }
}

/// Some of them by name, the others by their number.
fn named(all: impl Iterator<Item = String>) -> String {
    let all: Vec<_> = all.collect();
    let more = all.len().saturating_sub(NAMED);
    let mut text = all[..all.len() - more].join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

#[cfg(test)]
mod tests {
    use watch::reconcile::Share;

    use super::*;

    #[test]
    fn a_loss_is_told_with_its_base() {
        let loss = |place: Option<&str>, hours| Loss {
            place: place.map(str::to_owned),
            hours,
            share: Share { missed: 4, of: 5 },
        };
        assert_eq!(
            words(&loss(Some("111122223333/eu-west-1"), 6)),
            "111122223333/eu-west-1 4 of 5 in 6 hours"
        );
        assert_eq!(words(&loss(None, 1)), "all 4 of 5 in an hour");
    }

    #[test]
    fn many_places_are_counted() {
        assert_eq!(named(std::iter::empty()), "");
        let all = (0..12).map(|n| n.to_string());
        assert_eq!(named(all), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more");
    }
}
