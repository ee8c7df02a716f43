//! The watchdog: does the tasks of a round one after the other, each by itself.

use aws_sdk_dynamodb::Client;
use cloud::Cloud;
use cloud::signed::Caller;
use function::alert_topic::AlertTopic;
use function::deadline::Deadline;
use function::state_table::StateTable;
use jiff::Timestamp;
use watch::coverage::words::Home;
use watch::task::Task;

use crate::bucket::Bucket;
use crate::round::Round;
use crate::settings::ForWatching;
use crate::{coverage, directory};

/// All that the tasks share.
#[derive(Debug)]
pub struct Watchdog {
    /// What is remembered.
    pub table: StateTable,
    /// Where findings are published.
    pub topic: AlertTopic,
    /// The bucket of the trail.
    pub bucket: Bucket,
    /// Who asks Organizations, if that may be.
    pub organizations: Option<Caller>,
    /// Where we are.
    pub home: Home,
}

impl Watchdog {
    /// Whatever can be built once is built here.
    #[must_use]
    pub fn new(cloud: Cloud, settings: ForWatching) -> Self {
        let sdk = cloud::sdk(&cloud);
        let mut arn = settings.findings_topic.split(':').skip(3);
        let mut part = || arn.next().unwrap_or_default().to_owned();
        let (region, account) = (part(), part());
        let topic = AlertTopic::new(aws_sdk_sns::Client::new(&sdk), settings.findings_topic);
        let organizations = settings
            .ask_organizations
            .then(|| Caller::new(cloud.clone()));
        Self {
            bucket: Bucket::new(Caller::new(cloud), &settings.log_bucket),
            organizations,
            home: Home { account, region },
            table: StateTable::new(Client::new(&sdk), settings.state_table),
            topic,
        }
    }

    /// Does these tasks at `now`; one that fails leaves the others alone.
    pub async fn round(&self, tasks: &[Task], now: Timestamp, deadline: Deadline) -> Round {
        let mut round = Round::default();
        for task in tasks {
            let outcome = match task {
                Task::Directory => directory::run(self, now, deadline).await,
                Task::Coverage => coverage::run(self, now).await,
            };
            round.note(*task, outcome);
        }
        round
    }
}
