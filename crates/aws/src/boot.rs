//! Whatever can be built once is built here, when a function starts: log, settings, clients, rules.

use std::time::Instant;

use aws_types::SdkConfig;
use cloud::objects::Objects;
use cloud::signed::Caller;
use cloud::{Cloud, environment, sdk};
use detect::Detector;
use detect::render::mail::Letter;
pub use function::log::settings;
use pipeline::Pipeline;
use pipeline::post::{Manner, PostOffice};
use response::responder::Responder;

use crate::alert_topic::AlertTopic;
use crate::event_history::EventHistory;
use crate::events::Events;
use crate::findings::Findings;
use crate::habits::Habits;
use crate::hands::SignedHands;
use crate::log_bucket::S3Bucket;
use crate::log_files::LogFiles;
use crate::mail_topic::MailTopic;
use crate::own::Own;
use crate::own_queue::OwnQueue;
use crate::places::Atlas;
use crate::plan_topic::PlanTopic;
use crate::proof::Sts;
use crate::responses::Responses;
use crate::settings::{ForLogFiles, ForMails, ForResponses, Judging};
use crate::state_table::StateTable;

/// The start of a function.
#[derive(Debug)]
pub struct Boot {
    /// The function's name.
    pub function: String,
    cloud: Cloud,
    caller: Caller,
}

impl Boot {
    /// Begins to log, and looks where we are.
    #[must_use]
    pub fn new() -> Self {
        function::log::begin();
        let cloud = Cloud::of(&environment);
        Self {
            function: function::log::function(),
            caller: Caller::new(cloud.clone()),
            cloud,
        }
    }

    /// The door for a trail's log files.
    #[must_use]
    pub fn log_files(
        &self,
        settings: ForLogFiles,
    ) -> LogFiles<S3Bucket, OwnQueue, StateTable, AlertTopic> {
        let sdk = sdk(&self.cloud);
        let habits = self.habits(&settings.judging);
        let rate = settings.judging.reconcile;
        let (detector, own, pipeline) = judging(&sdk, settings.judging);
        let door = LogFiles::new(
            detector,
            own,
            S3Bucket::new(Objects::new(self.caller.clone()), settings.max_object_bytes),
            OwnQueue::new(self.caller.clone(), settings.log_queue),
            pipeline,
        )
        .sampling(rate);
        let door = match habits {
            Some(habits) => door.with_habits(habits),
            None => door,
        };
        if settings.counts {
            door.counting()
        } else {
            door
        }
    }

    /// What is usual for whom, if that is asked.
    fn habits(&self, settings: &Judging) -> Option<Habits> {
        settings.behaviour.then(|| {
            let objects = Objects::new(self.caller.clone());
            let places = Atlas::new(settings.geo.clone(), objects);
            Habits::new(settings.level).with_places(places)
        })
    }

    /// The door for single records.
    #[must_use]
    pub fn events(&self, settings: Judging) -> Events<StateTable, AlertTopic> {
        let habits = self.habits(&settings);
        let rate = settings.reconcile;
        let (detector, own, pipeline) = judging(&sdk(&self.cloud), settings);
        let door = Events::new(detector, own, pipeline).sampling(rate);
        match habits {
            Some(habits) => door.with_habits(habits),
            None => door,
        }
    }

    /// The door for findings.
    #[must_use]
    pub fn findings(&self, settings: ForMails) -> Findings<StateTable, MailTopic> {
        let sdk = sdk(&self.cloud);
        let table = StateTable::new(aws_sdk_dynamodb::Client::new(&sdk), settings.state_table);
        // The topic is in the account that we are in.
        let account = settings.mail_topic.split(':').nth(4).unwrap_or_default();
        let history = EventHistory::new(sdk.clone(), account.to_owned());
        let topic = MailTopic::new(
            aws_sdk_sns::Client::new(&sdk),
            settings.mail_topic,
            settings.chat_topic,
            history,
        )
        .handing_over(settings.delivery_topic)
        .with_canaries(settings.canary_topic)
        .routed(settings.route_topics);
        let manner = Manner {
            letter: Letter::new(&settings.languages)
                .in_zone(settings.zone)
                .with_accounts(settings.accounts),
            rate: settings.rate,
            update_after: settings.update_after,
            ladder: settings.ladder,
            routes: settings.routes,
            summary: settings.summary,
            rooms: settings.rooms,
        };
        Findings::new(PostOffice::new(table, topic, manner))
    }

    /// The door of the responder.
    #[must_use]
    pub fn responses(
        &self,
        settings: ForResponses,
    ) -> Responses<StateTable, SignedHands, PlanTopic, Sts> {
        let sdk = sdk(&self.cloud);
        let account = settings.manner.account.clone();
        let responder = Responder::new(
            StateTable::new(aws_sdk_dynamodb::Client::new(&sdk), settings.state_table),
            SignedHands::new(self.caller.clone()),
            PlanTopic::new(aws_sdk_sns::Client::new(&sdk), settings.mail_topic),
            settings.manner,
        );
        Responses::new(responder, Sts::new(self.caller.clone(), account))
    }
}

impl Default for Boot {
    fn default() -> Self {
        Self::new()
    }
}

/// The rules, which live as long as the function, and the road.
fn judging(
    sdk: &SdkConfig,
    settings: Judging,
) -> (
    &'static Detector,
    Option<Own>,
    Pipeline<StateTable, AlertTopic>,
) {
    let began = Instant::now();
    let (detector, problems) = crate::rules::built_in(settings.rules.as_deref());
    let rules = detector.rules().rules().len();
    let microseconds = began.elapsed().as_micros() as u64;
    tracing::info!(rules, problems, microseconds, "rules loaded");
    let detector = Box::leak(Box::new(detector.from_level(settings.level)));
    let account = settings
        .findings_topic
        .split(':')
        .nth(4)
        .unwrap_or_default();
    let (prefix, responder) = (settings.own_prefix, settings.responder);
    let own = prefix.map(|prefix| Own::new(account, &prefix).with_responder(responder));
    let table = StateTable::new(aws_sdk_dynamodb::Client::new(sdk), settings.state_table);
    let topic = AlertTopic::new(aws_sdk_sns::Client::new(sdk), settings.findings_topic);
    (detector, own, Pipeline::new(table, topic))
}
