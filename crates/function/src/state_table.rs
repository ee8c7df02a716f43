//! What is remembered, in one table of DynamoDB.
//!
//! | attribute | type | what |
//! |---|---|---|
//! | `key` | S, partition key | the item's name |
//! | `version` | N | another one after each save |
//! | `value` | B | the value; absent where it was too large for one item |
//! | `parts` | L of S | the names of the items that hold it instead, in order |
//! | `writer` | N | a random number of whoever saved it last |
//! | `expires` | N | when DynamoDB may delete the item, in seconds since 1970 (time to live) |
//!
//! An item holds at most 400 KB. A larger value is written in parts first, under names that nobody else
//! writes, and then the item that names them, on condition: so either all of the new value is seen, or all
//! of the old one.
//!
//! Source: DynamoDB developer guide, *BatchGetItem* (100 items, unprocessed keys), *Condition
//! expressions*, *Best practices for storing large items*.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use jiff::Timestamp;
use pipeline::ports::{Change, Kept, StateError, StateKey, StateStore};

/// How many items one request asks for.
const GET: usize = 100;

/// How often what was left out is asked for again.
const TRIES: u32 = 8;

/// The largest value of one item, in bytes: the limit of 400 KB less names and numbers.
const PART: usize = 380_000;

/// The shortest pause before another try; it doubles each time.
const PAUSE: Duration = Duration::from_millis(20);

/// The longest pause before another try.
const LONGEST: Duration = Duration::from_secs(2);

/// How many seconds parts outlive the item that names them. DynamoDB deletes what has expired within a few days
/// and in no order: no item may be there when its parts are gone.
const PARTS_OUTLIVE: i64 = 14 * 86_400;

// Calls of the SDK are futures of many layers: on the heap, or the compiler loses count of them.

type Item = HashMap<String, AttributeValue>;
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// An item lacks what every item has.
#[derive(Debug, thiserror::Error)]
#[error("the item `{key}` has no usable `{attribute}`")]
struct Malformed {
    key: String,
    attribute: &'static str,
}

/// Not all that was asked for was handed out.
#[derive(Debug, thiserror::Error)]
#[error("{0} items were left out {TRIES} times: the table is throttled")]
struct LeftOut(usize);

/// A table that remembers.
#[derive(Debug, Clone)]
pub struct StateTable {
    client: Client,
    table: String,
}

impl StateTable {
    /// Remembers in the table of this name.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    fn error(&self, action: &'static str) -> impl FnOnce(Cause) -> StateError {
        let place = self.table.clone();
        move |cause| StateError {
            place,
            action,
            cause,
        }
    }

    async fn read(&self, keys: &BTreeSet<StateKey>) -> Result<BTreeMap<StateKey, Kept>, Cause> {
        let names: Vec<&str> = keys.iter().map(StateKey::as_str).collect();
        let items = self.items(&names).await?;
        let parts: Vec<&str> = items.values().flat_map(parts_of).collect();
        let parts = self.items(&parts).await?;
        let mut found = BTreeMap::new();
        for key in keys {
            if let Some(item) = items.get(key.as_str()) {
                found.insert(key.clone(), kept(key.as_str(), item, &parts)?);
            }
        }
        Ok(found)
    }

    /// The items of these names that there are.
    async fn items(&self, names: &[&str]) -> Result<HashMap<String, Item>, Cause> {
        let mut found = HashMap::new();
        for names in names.chunks(GET) {
            let mut wanted = names.iter().map(|name| key_of(name)).collect::<Vec<_>>();
            for attempt in 0.. {
                if wanted.is_empty() {
                    break;
                }
                if attempt == TRIES {
                    return Err(LeftOut(wanted.len()).into());
                }
                if attempt > 0 {
                    tokio::time::sleep(pause(attempt)).await;
                }
                let keys = wanted_keys(std::mem::take(&mut wanted))?;
                let answer = self
                    .client
                    .batch_get_item()
                    .request_items(&self.table, keys)
                    .send()
                    .await?;
                for item in answer
                    .responses
                    .into_iter()
                    .flatten()
                    .flat_map(|(_, items)| items)
                {
                    if let Some(Ok(key)) = item.get("key").map(AttributeValue::as_s) {
                        found.insert(key.clone(), item);
                    }
                }
                let left = answer.unprocessed_keys.into_iter().flatten();
                wanted = left.flat_map(|(_, keys)| keys.keys).collect();
            }
        }
        Ok(found)
    }

    /// Saves one item, and returns whether it was as expected.
    async fn write(&self, change: &Change) -> Result<bool, Cause> {
        let expires = Timestamp::now()
            .as_second()
            .saturating_add(change.keep.as_secs());
        let mut item = key_of(change.key.as_str());
        let version = change.expected.unwrap_or(0) + 1;
        item.insert("version".to_owned(), AttributeValue::N(version.to_string()));
        item.insert("expires".to_owned(), AttributeValue::N(expires.to_string()));
        let writer = random().to_string();
        item.insert("writer".to_owned(), AttributeValue::N(writer.clone()));
        if change.value.len() <= PART {
            item.insert("value".to_owned(), blob(&change.value));
        } else {
            let names = self.write_parts(change, expires + PARTS_OUTLIVE).await?;
            item.insert("parts".to_owned(), AttributeValue::L(names));
        }
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item));
        let put = match change.expected {
            None => put
                .condition_expression("attribute_not_exists(#key)")
                .expression_attribute_names("#key", "key"),
            Some(version) => put
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":version", AttributeValue::N(version.to_string())),
        };
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_conflict(&error) => self.is_ours(change, &writer).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the item is as we wrote it after all: the client tries again by itself, and if the first
    /// try has arrived but its answer has not, the second finds our own version in its way.
    async fn is_ours(&self, change: &Change, writer: &str) -> Result<bool, Cause> {
        let items = self.items(&[change.key.as_str()]).await?;
        let item = items.get(change.key.as_str());
        let found = item.and_then(|item| item.get("writer")?.as_n().ok());
        Ok(found.is_some_and(|found| found == writer))
    }

    async fn write_parts(
        &self,
        change: &Change,
        expires: i64,
    ) -> Result<Vec<AttributeValue>, Cause> {
        let (unique, mut names) = (random(), Vec::new());
        for (number, part) in change.value.chunks(PART).enumerate() {
            let name = format!("part#{unique:016x}#{number}#{}", change.key);
            let mut item = key_of(&name);
            item.insert("value".to_owned(), blob(part));
            item.insert("expires".to_owned(), AttributeValue::N(expires.to_string()));
            self.client
                .put_item()
                .table_name(&self.table)
                .set_item(Some(item))
                .send()
                .await?;
            names.push(AttributeValue::S(name));
        }
        Ok(names)
    }
}

impl StateStore for StateTable {
    async fn load(
        &self,
        keys: &BTreeSet<StateKey>,
    ) -> Result<BTreeMap<StateKey, Kept>, StateError> {
        Box::pin(self.read(keys)).await.map_err(self.error("read"))
    }

    async fn save(&self, changes: Vec<Change>) -> Result<BTreeSet<StateKey>, StateError> {
        let mut conflicts = BTreeSet::new();
        for change in changes {
            let saved = Box::pin(self.write(&change))
                .await
                .map_err(self.error("written"))?;
            if !saved {
                conflicts.insert(change.key);
            }
        }
        Ok(conflicts)
    }

    async fn pause(&self, attempt: u32) {
        tokio::time::sleep(pause(attempt)).await;
    }
}

/// A pause that doubles with each try, and differs from that of others who try at the same time.
fn pause(attempt: u32) -> Duration {
    let longest = PAUSE.saturating_mul(1 << attempt.min(10)).min(LONGEST);
    longest.mul_f64((random() >> 11) as f64 / (1_u64 << 53) as f64)
}

/// The standard library seeds its hashes from the system's randomness.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

fn key_of(name: &str) -> Item {
    HashMap::from([("key".to_owned(), AttributeValue::S(name.to_owned()))])
}

fn wanted_keys(keys: Vec<Item>) -> Result<KeysAndAttributes, BuildError> {
    KeysAndAttributes::builder()
        .set_keys(Some(keys))
        .consistent_read(true)
        .build()
}

fn blob(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

fn is_conflict(error: &SdkError<PutItemError>) -> bool {
    error
        .as_service_error()
        .is_some_and(PutItemError::is_conditional_check_failed_exception)
}

/// The names of the items that hold the value of `item`.
fn parts_of(item: &Item) -> impl Iterator<Item = &str> {
    let parts = item.get("parts").and_then(|parts| parts.as_l().ok());
    parts
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_s().ok().map(String::as_str))
}

fn kept(key: &str, item: &Item, parts: &HashMap<String, Item>) -> Result<Kept, Malformed> {
    let lacks = |attribute| Malformed {
        key: key.to_owned(),
        attribute,
    };
    let version = item
        .get("version")
        .and_then(|version| version.as_n().ok()?.parse().ok());
    let value_of = |item: &Item| {
        item.get("value")
            .and_then(|value| value.as_b().ok().cloned())
    };
    let value = match value_of(item) {
        Some(value) => value.into_inner(),
        None if item.contains_key("parts") => {
            let mut value = Vec::new();
            for name in parts_of(item) {
                let part = parts
                    .get(name)
                    .and_then(value_of)
                    .ok_or_else(|| lacks("parts"))?;
                value.extend(part.into_inner());
            }
            value
        }
        None => return Err(lacks("value")),
    };
    Ok(Kept {
        version: version.ok_or_else(|| lacks("version"))?,
        value,
    })
}
