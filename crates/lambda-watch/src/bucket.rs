//! What lies in the bucket of the trail: folders and names, never what is in a file.

use cloud::NotDone;
use cloud::signed::{Call, CallError, Caller, Fault, Service, all_between, between};
use jiff::Timestamp;
use watch::place;

/// How many pages of a thousand one question takes.
const PAGES: usize = 20;

/// Why nobody knows what lies there.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// No answer came.
    #[error("S3 cannot be asked")]
    Call(#[from] CallError),
    /// S3 says no.
    #[error("S3 does not list the bucket: {0}")]
    Refused(Fault),
    /// More lies there than is read.
    #[error("there are more than {PAGES},000 names below `{0}`")]
    TooMany(String),
}

impl From<NotDone> for ListError {
    fn from(error: NotDone) -> Self {
        match error {
            NotDone::Refused(fault) => Self::Refused(fault),
            NotDone::Unanswered(error) => Self::Call(error),
        }
    }
}

/// The bucket of the trail.
#[derive(Debug)]
pub struct Bucket {
    caller: Caller,
    name: String,
}

impl Bucket {
    /// Asks about the bucket of this name.
    #[must_use]
    pub fn new(caller: Caller, name: String) -> Self {
        Self { caller, name }
    }

    /// The folders right below `prefix`, by their whole names.
    ///
    /// # Errors
    /// [`ListError`] if not all of them are known.
    pub async fn folders(&self, prefix: &str) -> Result<Vec<String>, ListError> {
        let (mut found, mut token) = (Vec::new(), None);
        for _ in 0..PAGES {
            let page = self.page(prefix, Some("/"), None, token.as_deref()).await?;
            let groups = all_between(&page, "CommonPrefixes");
            found.extend(groups.filter_map(|group| Some(between(group, "Prefix")?.to_owned())));
            token = between(&page, "NextContinuationToken").map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
        Err(ListError::TooMany(prefix.to_owned()))
    }

    /// When the newest file below `prefix` was made, of those behind `start`; none later than `latest` counts.
    ///
    /// # Errors
    /// [`ListError`] if that is not known.
    pub async fn newest(
        &self,
        prefix: &str,
        start: &str,
        latest: Timestamp,
    ) -> Result<Option<Timestamp>, ListError> {
        let (mut newest, mut token) = (None, None);
        for _ in 0..PAGES {
            let page = self
                .page(prefix, None, Some(start), token.as_deref())
                .await?;
            let times = all_between(&page, "Key").filter_map(place::time);
            newest = newest.max(times.filter(|time| *time <= latest).max());
            token = between(&page, "NextContinuationToken").map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
        Ok(newest)
    }

    async fn page(
        &self,
        prefix: &str,
        delimiter: Option<&str>,
        start: Option<&str>,
        token: Option<&str>,
    ) -> Result<String, ListError> {
        let optional = [
            ("delimiter", delimiter),
            ("start-after", start),
            ("continuation-token", token),
        ];
        let optional = optional
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        let query = [("list-type", "2"), ("prefix", prefix)]
            .into_iter()
            .chain(optional);
        let call = Call::get(Service::S3, self.caller.region(), "/", query).in_bucket(&self.name);
        Ok(self.caller.once(&call).await?.text())
    }
}
