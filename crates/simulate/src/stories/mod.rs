//! Attack stories: what a detector is for, in the words of the trail.
//!
//! Each story is a short script: who calls what, how many seconds after the call before. Its event ids
//! depend on nothing but the story and the place in it, so that they are the same in every scenario
//! and can be looked for.

mod access;
mod accounts;
mod compute;
mod defences;
mod functions;
mod secrets;
mod stage;
mod storage;

use std::fmt;

use jiff::Timestamp;

use crate::clock::{self, DAY, HOUR, MINUTE, Second};
use crate::scenario::Scenario;

pub(crate) use stage::Scene;
use stage::Stage;

/// An attack, told in records.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Story {
    /// Stable name, also of the file under `events/`.
    pub id: &'static str,
    /// What happens, in a few words.
    pub title: &'static str,
    /// What happens, in a few sentences.
    pub description: &'static str,
    /// The behaviours that a detector should report, by their ids in the catalogue of behaviours.
    /// Those that only show against weeks of habit come last.
    pub expected: &'static [&'static str],
    /// Hour of the day (UTC) at which it begins when it is woven into a scenario.
    hour: Second,
    script: fn(&mut Stage),
}

/// Where a story's records are in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// The story's [id](Story::id).
    pub story: &'static str,
    /// When it begins.
    pub start: Timestamp,
    /// The `eventID`s of its records, in the order in which they happen.
    pub event_ids: Vec<String>,
}

const STORIES: [Story; 16] = [
    access::STOLEN_KEY_TO_ADMIN,
    defences::TRAIL_BLINDED,
    access::CONSOLE_TAKEOVER,
    storage::SNAPSHOT_SHARED,
    storage::BUCKET_MADE_PUBLIC,
    storage::BUCKET_RANSOM,
    compute::CRYPTO_MINING,
    functions::LAMBDA_BACKDOOR,
    accounts::ROLE_TRUST_BACKDOOR,
    compute::SSH_DOOR_OPENED,
    defences::DEFENCES_DOWN,
    compute::INSTANCE_CREDENTIALS_ABROAD,
    secrets::SECRETS_HARVEST,
    compute::COMMAND_BURST,
    access::PASSWORD_OF_ANOTHER,
    accounts::ORGANIZATION_LEFT,
];

/// All stories, in the order in which they happen in a scenario.
pub fn stories() -> Vec<Story> {
    STORIES.to_vec()
}

/// Which records of `scenario` belong to which story; empty if the scenario has no stories.
pub fn attributions(scenario: &Scenario) -> Vec<Attribution> {
    starts(scenario)
        .map(|(story, start)| Attribution {
            story: story.id,
            start: clock::timestamp(start),
            event_ids: story
                .scenes(start)
                .into_iter()
                .map(|scene| scene.event_id)
                .collect(),
        })
        .collect()
}

impl Story {
    /// The story's records if it begins at `start`, in order of time.
    pub fn records(&self, start: Timestamp) -> Vec<serde_json::Value> {
        self.scenes(start.as_second())
            .iter()
            .filter_map(|scene| serde_json::from_slice(&scene.text).ok())
            .collect()
    }

    /// The same as JSON text, in CloudTrail's order of fields.
    pub fn record_texts(&self, start: Timestamp) -> Vec<String> {
        let text = |scene: Scene| String::from_utf8_lossy(&scene.text).into_owned();
        self.scenes(start.as_second())
            .into_iter()
            .map(text)
            .collect()
    }

    /// The story's records as one log file, `{"Records":[…]}`, if it begins at `start`.
    pub fn log_file(&self, start: Timestamp) -> Vec<u8> {
        format!(r#"{{"Records":[{}]}}"#, self.record_texts(start).join(",")).into_bytes()
    }

    fn scenes(&self, start: Second) -> Vec<Scene> {
        let mut stage = Stage::new(self.id, start);
        (self.script)(&mut stage);
        stage.into_scenes()
    }
}

impl fmt::Debug for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Story")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// All records of the stories that happen in `scenario`, in order of time.
pub(crate) fn woven(scenario: &Scenario) -> Vec<Scene> {
    let mut scenes: Vec<_> = starts(scenario)
        .flat_map(|(story, start)| story.scenes(start))
        .collect();
    scenes.sort_by_key(|scene| scene.at);
    scenes
}

/// Which story begins when. The first third of the scenario is left in peace, for habits to be learnt.
fn starts(scenario: &Scenario) -> impl Iterator<Item = (Story, Second)> + use<> {
    let first = clock::midnight(scenario.start);
    let days = Second::from(scenario.days);
    let peace = days / 3;
    let happens = scenario.stories && days > 0;
    STORIES
        .into_iter()
        .enumerate()
        .filter(move |_| happens)
        .map(move |(number, story)| {
            let day = peace + number as Second * (days - peace) / STORIES.len() as Second;
            // Attackers do not wait for the full hour.
            let minutes = number as Second * 17 % 45;
            (
                story,
                first + day * DAY + story.hour * HOUR + minutes * MINUTE,
            )
        })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_story_fits_into_the_day_on_which_it_begins() {
        for story in STORIES {
            let last = story.scenes(0).iter().map(|scene| scene.at).max().unwrap();
            assert!(
                story.hour * HOUR + 45 * MINUTE + last < DAY,
                "{} lasts {last} seconds",
                story.id
            );
        }
    }

    #[test]
    fn records_are_json_and_come_in_order_of_time() {
        for story in STORIES {
            let scenes = story.scenes(0);
            assert!(scenes.is_sorted_by_key(|scene| scene.at), "{}", story.id);
            let records = story.records(Timestamp::UNIX_EPOCH);
            assert_eq!(
                records.len(),
                scenes.len(),
                "{} has a record that is no JSON",
                story.id
            );
            for (record, scene) in records.iter().zip(&scenes) {
                assert_eq!(record["eventID"], scene.event_id);
                assert_eq!(record["recipientAccountId"], scene.account);
                assert_eq!(record["awsRegion"], scene.region);
                assert!(
                    crate::record::template::leftover(&record.to_string()).is_none(),
                    "{record}"
                );
            }
        }
    }

    #[test]
    fn event_ids_are_unique_and_do_not_depend_on_the_time() {
        let ids = |start| -> Vec<_> {
            STORIES
                .iter()
                .flat_map(|story| story.scenes(start))
                .map(|scene| scene.event_id)
                .collect()
        };
        assert_eq!(ids(0), ids(DAY));
        assert_eq!(BTreeSet::from_iter(ids(0)).len(), ids(0).len());
    }

    #[test]
    fn stories_have_names_and_expectations_of_their_own() {
        let names: BTreeSet<_> = STORIES.iter().map(|story| story.id).collect();
        assert_eq!(names.len(), STORIES.len());
        for story in STORIES {
            assert!(
                !story.expected.is_empty() && story.description.ends_with('.'),
                "{}",
                story.id
            );
        }
    }

    #[test]
    fn the_first_third_of_a_month_is_peaceful() {
        let scenario = Scenario::default();
        let first = clock::midnight(scenario.start);
        assert!(starts(&scenario).all(|(_, start)| start >= first + 10 * DAY));
        assert_eq!(
            starts(&Scenario {
                stories: false,
                ..scenario
            })
            .count(),
            0
        );
    }
}
