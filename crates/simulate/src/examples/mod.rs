//! The files under `events/`: every story, every shape, and a table of contents.
//!
//! They are made here, so that they cannot fall behind the code; a test holds the folder against it.

mod pretty;
mod shapes;

use std::fmt::Write as _;

use jiff::Timestamp;

use self::pretty::pretty;
use crate::stories::{Story, stories};

/// A file under `events/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Path below `events/`.
    pub path: String,
    /// What the file holds.
    pub text: String,
}

/// When the stories under `events/` begin: 2026-03-03T09:00:00Z.
const START: &str = "2026-03-03T09:00:00Z";

/// All files that belong under `events/`.
pub fn examples() -> Vec<Example> {
    let start: Timestamp = START.parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let stories = stories();
    let mut examples = vec![Example {
        path: "README.md".into(),
        text: readme(&stories, start),
    }];
    for story in &stories {
        let text = pretty(&String::from_utf8_lossy(&story.log_file(start)));
        examples.push(Example {
            path: format!("{}.json", story.id),
            text,
        });
    }
    if let Some(story) = stories.iter().find(|story| story.id == "trail-blinded") {
        examples.extend(
            shapes::all(story, start)
                .into_iter()
                .map(|(name, text)| Example {
                    path: format!("shapes/{name}"),
                    text,
                }),
        );
    }
    examples
}

fn readme(stories: &[Story], start: Timestamp) -> String {
    let mut text = INTRODUCTION.to_owned();
    for story in stories {
        let Story {
            id,
            title,
            expected,
            ..
        } = story;
        let records = story.record_texts(start).len();
        let expected = expected.join("`, `");
        let _ = writeln!(
            text,
            "| [`{id}`]({id}.json) | {title} | {records} | `{expected}` |"
        );
    }
    text.push_str("\n## What happens\n");
    for story in stories {
        let _ = write!(
            text,
            "\n**{}** (`{}`). {}\n",
            story.title, story.id, story.description
        );
    }
    text.push_str(SHAPES);
    text
}

const INTRODUCTION: &str = "\
# Events

Sixteen attacks on an invented web shop, each a small CloudTrail log file, and one file for each shape in
which records arrive. All are made by the crate `simulate`, which also weaves the stories into a month of
everyday life; a test fails when these files differ from what the code makes. After a change to the
stories, write them anew:

```
UPDATE_EVENTS=1 cargo test -p simulate events
```

Accounts, keys and addresses are of the kinds reserved for documentation. The company is 111122223333
(production), 444455556666 (staging) and 123456789012 (security); 999988887777 is a stranger. Addresses in
203.0.113.0/24 are strangers', 198.51.100.0/24 and 2001:db8::/32 are people's, 192.0.2.0/24 vendors'.

| story | what happens | records | a detector should report |
|---|---|---|---|
";

const SHAPES: &str = "
## Shapes

| file | where records come like this |
|---|---|
| [`shapes/bare-array.json`](shapes/bare-array.json) | exports of other tools: an array without a name |
| [`shapes/digest.json`](shapes/digest.json) | a digest file, which holds no records and is to be skipped |
| [`shapes/eventbridge-envelope.json`](shapes/eventbridge-envelope.json) | EventBridge: one record under `detail` |
| [`shapes/insight.json`](shapes/insight.json) | Insights: both ends of an unusual burst |
| [`shapes/insight-attack.json`](shapes/insight-attack.json) | Insights about a stolen key: launches that are denied, and then succeed |
| [`shapes/json-lines.jsonl`](shapes/json-lines.jsonl) | one record a line |
| [`shapes/lookup-events.json`](shapes/lookup-events.json) | `aws cloudtrail lookup-events`: records as strings |
| [`shapes/network-activity.json`](shapes/network-activity.json) | a call stopped by a VPC endpoint's policy |
";
