//! Looks which accounts and regions are heard, and tells which are not and should be.
//!
//! A request for each account, and one for each of its regions: so many an hour at most, those first that were
//! looked at longest ago.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use pipeline::memo::Memo;
use pipeline::ports::{AlertSink as _, StateKey};
use watch::coverage::words::{self, Names};
use watch::coverage::{Coverage, Heard, Pulse};
use watch::directory::{self, Directory};
use watch::place;

use crate::bucket::{Bucket, ListError};
use crate::round::{Cause, Counts};
use crate::watchdog::Watchdog;

/// How many requests a round makes.
const REQUESTS: usize = 2_000;

/// How many accounts are looked at together.
const TOGETHER: usize = 8;

/// How long what was seen is kept if nobody looks.
const KEEP: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Of log files first those of so long are asked for: the rest of the day may be thousands.
const LATELY: SignedDuration = SignedDuration::from_hours(1);

/// How far back log files are asked for where nothing is known.
const BEFORE: SignedDuration = SignedDuration::from_hours(48);

/// The folders of each account; it has two where a trail of its own and that of the organization meet.
type Folders = BTreeMap<String, Vec<String>>;

struct Called(Option<Directory>);

impl Names for Called {
    fn name(&self, account: &str) -> Option<String> {
        Some(self.0.as_ref()?.name(account)?.to_owned())
    }
}

/// Looks, tells, and remembers what it saw.
///
/// # Errors
/// Whatever keeps it from knowing all that it asked for; what it learned is told and kept all the same.
pub async fn run(dog: &Watchdog, now: Timestamp) -> Result<Counts, Cause> {
    let mut memo = Memo::default();
    memo.recall(&dog.table, std::iter::once(key())).await?;
    let mut coverage: Coverage = memo.get(&key())?.unwrap_or_default();
    let directory = directory::recall(&dog.table).await?;
    if let Some(directory) = &directory {
        coverage.listed(directory.listed(), now);
    }
    let folders = folders(&dog.bucket).await?;
    coverage.appeared(folders.keys().map(String::as_str), now);
    let due = coverage.due(REQUESTS);
    let looks = stream::iter(due.iter().map(|account| {
        let folders = folders.get(account).map(Vec::as_slice).unwrap_or_default();
        let coverage = &coverage;
        async move {
            let last = |region: &str| coverage.last(account, region);
            (
                account,
                look(&dog.bucket, account, folders, &last, now).await,
            )
        }
    }));
    let looks: Vec<_> = looks.buffer_unordered(TOGETHER).collect().await;
    let (mut looked, mut failed) = (0, None);
    for (account, heard) in looks {
        match heard {
            Ok(heard) => {
                coverage.saw(account, &heard, now);
                looked += 1;
            }
            Err(error) => failed = Some(error),
        }
    }
    let gaps = coverage.judge(now);
    let names = Called(directory);
    let alerts = gaps.iter().map(|gap| words::alert(gap, &dog.home, &names));
    let alerts: Vec<_> = alerts.collect();
    if !alerts.is_empty() {
        // First: a repeated alert is better than a lost one, and has the same name.
        dog.topic.clone().publish(alerts).await?;
    }
    save(memo, dog, &coverage).await?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    let open = coverage.open();
    Ok(vec![
        ("AccountsWatched", open.accounts),
        ("AccountsLookedAt", looked),
        ("AccountsSilent", open.silent_accounts),
        ("RegionsSilent", open.silent_regions),
        ("GapsTold", gaps.len() as u64),
    ])
}

fn key() -> StateKey {
    StateKey::new("watch", "coverage")
}

/// Two copies at once have told the same; the later one leaves what the other has kept.
async fn save(mut memo: Memo, dog: &Watchdog, coverage: &Coverage) -> Result<(), Cause> {
    memo.change(key(), coverage, KEEP)?;
    match memo.save(&dog.table).await? {
        (_, 0) => Ok(()),
        _ => Err("another copy of the watchdog has looked at the same time".into()),
    }
}

/// The folders of all accounts in the bucket.
async fn folders(bucket: &Bucket) -> Result<Folders, ListError> {
    let mut found = Folders::new();
    for root in roots(bucket).await? {
        let (mut organizations, mut accounts) = (Vec::new(), Vec::new());
        for folder in bucket.folders(&root).await? {
            match place::folder(&folder) {
                name if place::is_organization(name) => organizations.push(folder),
                _ => accounts.push(folder),
            }
        }
        for organization in organizations {
            accounts.extend(bucket.folders(&organization).await?);
        }
        for folder in accounts {
            let account = place::folder(&folder).to_owned();
            if place::is_account(&account) {
                found.entry(account).or_default().push(folder);
            }
        }
    }
    Ok(found)
}

/// Where `AWSLogs` lies: at the top, or in a folder there, if the trail has a prefix.
async fn roots(bucket: &Bucket) -> Result<Vec<String>, ListError> {
    let mut roots = Vec::new();
    for folder in bucket.folders("").await? {
        if folder == place::ROOT {
            roots.push(folder);
            continue;
        }
        let inside = bucket.folders(&folder).await?;
        let is_root = |inside: &String| inside.ends_with(&format!("/{}", place::ROOT));
        roots.extend(inside.into_iter().filter(is_root));
    }
    Ok(roots)
}

/// Which regions of an account are heard, by digests where there are any.
async fn look(
    bucket: &Bucket,
    account: &str,
    folders: &[String],
    last: &dyn Fn(&str) -> Option<Timestamp>,
    now: Timestamp,
) -> Result<BTreeMap<String, Heard>, ListError> {
    let mut heard = BTreeMap::<String, Heard>::new();
    for folder in folders {
        for by in [Pulse::Digests, Pulse::LogFiles] {
            let regions = bucket.folders(&format!("{folder}{}", by.folder())).await?;
            for region_folder in regions {
                let region = place::folder(&region_folder);
                let has_digests = heard.get(region).is_some_and(|known| known.by < by);
                if !place::is_region(region) || has_digests {
                    continue;
                }
                let last = last(region);
                let newest = match by {
                    Pulse::Digests => {
                        let start = place::start(&region_folder, last, now);
                        bucket.newest(&region_folder, &start, now).await?
                    }
                    Pulse::LogFiles => logs(bucket, &region_folder, account, last, now).await?,
                };
                let known = heard.entry(region.to_owned());
                let known = known.or_insert(Heard { by, last: None });
                (known.by, known.last) = (known.by.min(by), known.last.max(newest));
            }
        }
    }
    Ok(heard)
}

/// When the newest log file of a region was made.
async fn logs(
    bucket: &Bucket,
    folder: &str,
    account: &str,
    last: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<Timestamp>, ListError> {
    let ago = |span| now.saturating_sub(span).unwrap_or(Timestamp::MIN);
    let region = place::folder(folder);
    let since = |since| place::start_of_logs(folder, account, region, since);
    let lately = bucket.newest(folder, &since(ago(LATELY)), now).await?;
    match lately {
        Some(_) => Ok(lately),
        None => {
            bucket
                .newest(folder, &since(last.unwrap_or(ago(BEFORE))), now)
                .await
        }
    }
}
