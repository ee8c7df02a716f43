//! The watchdog: does the tasks of a round one after the other, each by itself.

use aws_sdk_dynamodb::Client;
use cloud::Cloud;
use cloud::signed::Caller;
use function::alert_topic::AlertTopic;
use function::deadline::Deadline;
use function::state_table::StateTable;
use jiff::Timestamp;
use watch::coverage::words::Home;
use watch::reconcile::Rate;
use watch::task::Task;

use crate::bucket::Bucket;
use crate::canary::Canaries;
use crate::round::{Cause, Counts, Round};
use crate::settings::ForWatching;
use crate::{coverage, directory, reconcile};

/// All that the tasks share.
#[derive(Debug)]
pub struct Watchdog {
    /// What is remembered.
    pub table: StateTable,
    /// Where findings are published.
    pub topic: AlertTopic,
    /// How many events the doors note.
    pub rate: Rate,
    /// Canaries, if any fly.
    pub canaries: Option<Canaries>,
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
        let findings = settings.findings_topic.clone();
        let caller = Caller::new(cloud);
        let canaries = settings.canaries.map(|canaries| {
            Canaries::new(caller.clone(), canaries.queue, findings, canaries.every)
        });
        let topic = AlertTopic::new(aws_sdk_sns::Client::new(&sdk), settings.findings_topic);
        let organizations = settings.ask_organizations.then(|| caller.clone());
        Self {
            bucket: Bucket::new(caller, settings.log_bucket),
            organizations,
            home: Home { account, region },
            table: StateTable::new(Client::new(&sdk), settings.state_table),
            topic,
            rate: settings.reconcile,
            canaries,
        }
    }

    /// Does these tasks at `now`; one that fails leaves the others alone.
    pub async fn round(&self, tasks: &[Task], now: Timestamp, deadline: Deadline) -> Round {
        let mut round = Round::default();
        for task in tasks {
            let outcome = match task {
                Task::Directory => directory::run(self, now, deadline).await,
                Task::Coverage => coverage::run(self, now).await,
                Task::Reconcile => reconcile::round(&self.table, self.rate, now).await,
                Task::Canary => self.canaries(now, &mut round).await,
            };
            round.note(*task, outcome);
        }
        round
    }

    /// Takes canaries in, and lets the next one fly though that has failed.
    async fn canaries(&self, now: Timestamp, round: &mut Round) -> Result<Counts, Cause> {
        let Some(canaries) = &self.canaries else {
            return Ok(Counts::new());
        };
        let landed = canaries.land(&self.table, now).await;
        let landed = landed.map(|landing| round.landed(landing));
        canaries.fly(&self.table, now).await.and(landed)?;
        Ok(Counts::new())
    }
}
