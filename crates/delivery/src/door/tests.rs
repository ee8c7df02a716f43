use function::batch::{Attributes, Failure};
use jiff::SignedDuration;
use pipeline::memory::MemoryState;

use super::*;
use crate::answer::Verdict;
use crate::stage::{Stage, again, at, mail, never, rooms};

fn message(id: &str, body: String, receives: u32) -> Message {
    Message {
        id: id.to_owned(),
        body,
        handle: format!("handle of {id}"),
        attributes: Attributes {
            receives: receives.to_string(),
        },
    }
}

#[tokio::test]
async fn each_message_by_itself_and_back_for_as_long_as_is_asked_or_longer_each_time() {
    let stage = Stage {
        rooms: rooms(&[("a", "a")]).into(),
        ..Stage::default()
    };
    let door = Door::new(Office::new(MemoryState::default(), &stage, &stage, &stage));
    let now = at("2026-11-28T08:00:00Z");
    let one = |id: &str, receives| {
        let mail = Delivery {
            id: id.to_owned(),
            ..mail(&[("kind", "alert")])
        };
        message(id, mail.encode(), receives)
    };
    stage.answers(
        "a",
        [
            Verdict::Delivered,
            again(Some(600)),
            again(Some(99_999)),
            again(None),
            never(),
        ],
    );
    let call = Call::Queue(vec![
        one("fine", 1),
        one("patience", 1),
        one("much patience", 1),
        one("fifth time", 5),
        one("never", 1),
        message("stranger", "{}".to_owned(), 3),
    ]);
    let (response, tally) = door
        .handle(&call, now, now + SignedDuration::from_mins(1))
        .await;
    let failed: Vec<_> = response
        .failures
        .into_iter()
        .map(|Failure { id }| id)
        .collect();
    assert_eq!(
        failed,
        ["patience", "much patience", "fifth time", "stranger"]
    );
    let hidden = stage.hidden.lock().unwrap().clone();
    let seconds: Vec<_> = hidden.iter().map(|(_, seconds)| *seconds).collect();
    assert_eq!(seconds, [600, 3_600, 480, 120]);
    let expected = Tally {
        mails: 5,
        strangers: 1,
        told: 1,
        again: 3,
        refused: 1,
        ..Tally::default()
    };
    assert_eq!(tally, expected);
    assert_eq!(stage.dead.lock().unwrap().len(), 1);
}

#[test]
fn pauses_double_up_to_a_quarter_of_an_hour() {
    let pauses: Vec<_> = (1..10).map(|n| pause(n).as_secs()).collect();
    assert_eq!(pauses, [30, 60, 120, 240, 480, 900, 900, 900, 900]);
    assert_eq!((pause(0).as_secs(), pause(u32::MAX).as_secs()), (30, 900));
}
