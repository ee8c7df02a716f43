//! How an account records and watches itself: asked, and not judged.
//!
//! A question that is refused is noted and does not stop the others. Each is asked by looking only;
//! `checkup::policy` lists them all.

mod meaning;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use checkup::setup::{Answer, Bucket, EventRule, Key, Setup, Subscription, Unasked};

use self::meaning::{heard, lifecycle_of, selectors_of, status_of, trail_of};
use super::{Account, AskError};

impl Account {
    /// Asks for everything that concerns trails in `regions`, and for who listens to `topics`.
    ///
    /// # Errors
    /// [`AskError`] if AWS does not know who asks; else what is refused stands in the setup.
    pub fn setup(&self, regions: &[String], topics: &[String]) -> Result<Setup, AskError> {
        let identity = self
            .wait(
                aws_sdk_sts::Client::new(&self.sdk("STS", &self.region))
                    .get_caller_identity()
                    .send(),
            )
            .map_err(|error| AskError::of("sts:GetCallerIdentity", error))?;
        let arn = identity.arn.unwrap_or_default();
        let mut survey = Survey {
            account: self,
            setup: Setup {
                account: identity.account.unwrap_or_default(),
                partition: arn.split(':').nth(1).unwrap_or("aws").to_owned(),
                regions: regions.to_vec(),
                ..Setup::default()
            },
        };
        for region in regions {
            survey.trails(region);
            survey.rules(region);
        }
        survey.elsewhere(regions);
        survey.surroundings(topics);
        Ok(survey.setup)
    }
}

struct Survey<'a> {
    account: &'a Account,
    setup: Setup,
}

impl Survey<'_> {
    /// An answer, or a note that there is none.
    fn ask<T, E>(
        &mut self,
        action: &'static str,
        place: &str,
        answer: impl Future<Output = Result<T, SdkError<E>>>,
    ) -> Answer<T>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let error = match self.account.wait(Box::pin(answer)) {
            Ok(value) => return Answer::Known(value),
            Err(error) => error,
        };
        match AskError::of(action, error) {
            AskError::Gone { .. } => Answer::Gone,
            AskError::Denied { message, .. } => self.unasked(action, place, message),
            error => self.unasked(action, place, chain(&error)),
        }
    }

    fn unasked<T>(&mut self, action: &str, place: &str, why: String) -> Answer<T> {
        self.setup.unasked.push(Unasked {
            action: action.to_owned(),
            place: place.to_owned(),
            why,
        });
        Answer::Refused
    }

    /// The trails at home in a region, each with its status and its selectors.
    fn trails(&mut self, region: &str) {
        let client = self.account.cloudtrail(region);
        let request = client.describe_trails().include_shadow_trails(false).send();
        let answer = self.ask("cloudtrail:DescribeTrails", region, request);
        let listed = answer.known().and_then(|output| output.trail_list.clone());
        for trail in listed.unwrap_or_default() {
            let mut trail = trail_of(trail, region);
            if trail.home != region || self.setup.trails.iter().any(|known| known.arn == trail.arn)
            {
                continue;
            }
            let request = client.get_trail_status().name(&trail.arn).send();
            let status = self.ask("cloudtrail:GetTrailStatus", &trail.name, request);
            trail.status = status.known().map(status_of);
            let request = client.get_event_selectors().trail_name(&trail.arn).send();
            let selectors = self.ask("cloudtrail:GetEventSelectors", &trail.name, request);
            trail.selectors = selectors.known().map(|output| {
                let simple = output.event_selectors.as_deref().unwrap_or_default();
                selectors_of(
                    simple,
                    output
                        .advanced_event_selectors
                        .as_deref()
                        .unwrap_or_default(),
                )
            });
            self.setup.trails.push(trail);
        }
    }

    /// How trails that record everywhere are in the regions where they are not at home: each region
    /// answers for itself.
    fn elsewhere(&mut self, regions: &[String]) {
        for at in 0..self.setup.trails.len() {
            let trail = self.setup.trails[at].clone();
            let records = trail
                .status
                .as_ref()
                .is_some_and(|status| status.is_logging);
            if !records || !trail.is_multi_region {
                continue;
            }
            for region in regions.iter().filter(|region| **region != trail.home) {
                let client = self.account.cloudtrail(region);
                let request = client.get_trail_status().name(&trail.arn).send();
                let place = format!("{} in {region}", trail.name);
                let status = self.ask("cloudtrail:GetTrailStatus", &place, request);
                if let Some(status) = status.known().map(status_of) {
                    let known = &mut self.setup.trails[at].elsewhere;
                    known.insert(region.clone(), status);
                }
            }
        }
    }

    /// The rules of the default bus that hear of what CloudTrail records.
    fn rules(&mut self, region: &str) {
        let client = aws_sdk_eventbridge::Client::new(&self.account.sdk("EVENTBRIDGE", region));
        let mut rules = Vec::new();
        let mut token = None;
        loop {
            let request = client.list_rules().set_next_token(token).send();
            let page = match self.ask("events:ListRules", region, request) {
                Answer::Known(page) => page,
                Answer::Gone => break,
                Answer::Refused => {
                    self.setup.rules.insert(region.to_owned(), Answer::Refused);
                    return;
                }
            };
            for rule in page.rules.unwrap_or_default() {
                // Rules that services make for themselves are theirs to watch.
                if rule.managed_by.is_none() {
                    rules.extend(self.rule(region, &client, &rule));
                }
            }
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        self.setup
            .rules
            .insert(region.to_owned(), Answer::Known(rules));
    }

    fn rule(
        &mut self,
        region: &str,
        client: &aws_sdk_eventbridge::Client,
        rule: &aws_sdk_eventbridge::types::Rule,
    ) -> Option<EventRule> {
        let (hears_calls, hears_sign_ins) = heard(rule.event_pattern.as_deref()?);
        if !hears_calls && !hears_sign_ins {
            return None;
        }
        let name = rule.name.clone().unwrap_or_default();
        let request = client.list_targets_by_rule().rule(&name).send();
        let targets = self.ask(
            "events:ListTargetsByRule",
            &format!("{name} in {region}"),
            request,
        );
        let is_enabled = rule
            .state
            .as_ref()
            .is_none_or(|state| state.as_str() != "DISABLED");
        Some(EventRule {
            name,
            is_enabled,
            hears_calls,
            hears_sign_ins,
            targets: targets.known().map(|targets| targets.targets().len()),
        })
    }

    /// Buckets, keys and topics of the trails, and the topics that were named.
    fn surroundings(&mut self, topics: &[String]) {
        let trails = self.setup.trails.clone();
        for trail in &trails {
            if !self.setup.buckets.contains_key(&trail.bucket) && !trail.bucket.is_empty() {
                let bucket = self.bucket(&trail.bucket);
                self.setup.buckets.insert(trail.bucket.clone(), bucket);
            }
            if let Some(key) = trail
                .key
                .as_ref()
                .filter(|key| !self.setup.keys.contains_key(*key))
            {
                let found = self.key(key, &trail.home);
                self.setup.keys.insert(key.clone(), found);
            }
        }
        let own = trails.iter().filter_map(|trail| trail.topic.as_ref());
        for topic in own.chain(topics) {
            if !self.setup.topics.contains_key(topic) {
                let subscriptions = self.subscriptions(topic);
                self.setup.topics.insert(topic.clone(), subscriptions);
            }
        }
    }

    fn bucket(&mut self, name: &str) -> Bucket {
        let client = match self.account.s3(name) {
            Ok(client) => client,
            Err(AskError::Gone { .. }) => {
                return Bucket {
                    policy: Answer::Gone,
                    ..Bucket::default()
                };
            }
            Err(error) => {
                let _: Answer<()> = self.unasked("s3:ListBucket", name, chain(&error));
                return Bucket::default();
            }
        };
        let policy = client.get_bucket_policy().bucket(name).send();
        let policy = self.ask("s3:GetBucketPolicy", name, policy);
        let block = client.get_public_access_block().bucket(name).send();
        let block = self.ask("s3:GetBucketPublicAccessBlock", name, block);
        let notice = client
            .get_bucket_notification_configuration()
            .bucket(name)
            .send();
        let notice = self.ask("s3:GetBucketNotification", name, notice);
        let versions = client.get_bucket_versioning().bucket(name).send();
        let versions = self.ask("s3:GetBucketVersioning", name, versions);
        let lifecycle = client
            .get_bucket_lifecycle_configuration()
            .bucket(name)
            .send();
        let lifecycle = self.ask("s3:GetLifecycleConfiguration", name, lifecycle);
        Bucket {
            policy: map(policy, |output| output.policy.unwrap_or_default()),
            is_private: map(block, |output| {
                output
                    .public_access_block_configuration
                    .is_some_and(|block| {
                        let all = [
                            block.block_public_acls,
                            block.ignore_public_acls,
                            block.block_public_policy,
                            block.restrict_public_buckets,
                        ];
                        all.iter().all(|one| *one == Some(true))
                    })
            }),
            notifies: map(notice, |output| {
                output.event_bridge_configuration.is_some()
                    || !output.topic_configurations().is_empty()
                    || !output.queue_configurations().is_empty()
                    || !output.lambda_function_configurations().is_empty()
            }),
            is_versioned: map(versions, |output| {
                output
                    .status
                    .is_some_and(|status| status.as_str() == "Enabled")
            }),
            lifecycle: map(lifecycle, |output| {
                output.rules().iter().map(lifecycle_of).collect()
            }),
        }
    }

    fn key(&mut self, id: &str, home: &str) -> Key {
        let region = region_of(id).unwrap_or(home);
        let client = aws_sdk_kms::Client::new(&self.account.sdk("KMS", region));
        let state = client.describe_key().key_id(id).send();
        let state = self.ask("kms:DescribeKey", id, state);
        let policy = client
            .get_key_policy()
            .key_id(id)
            .policy_name("default")
            .send();
        let policy = self.ask("kms:GetKeyPolicy", id, policy);
        Key {
            state: map(state, |output| {
                let state = output.key_metadata.and_then(|key| key.key_state);
                state
                    .map(|state| state.as_str().to_owned())
                    .unwrap_or_default()
            }),
            policy: map(policy, |output| output.policy.unwrap_or_default()),
        }
    }

    fn subscriptions(&mut self, topic: &str) -> Answer<Vec<Subscription>> {
        let region = region_of(topic).unwrap_or(&self.account.region).to_owned();
        let client = aws_sdk_sns::Client::new(&self.account.sdk("SNS", &region));
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let request = client
                .list_subscriptions_by_topic()
                .topic_arn(topic)
                .set_next_token(token);
            let page = match self.ask("sns:ListSubscriptionsByTopic", topic, request.send()) {
                Answer::Known(page) => page,
                Answer::Gone => return Answer::Gone,
                Answer::Refused => return Answer::Refused,
            };
            all.extend(
                page.subscriptions
                    .unwrap_or_default()
                    .into_iter()
                    .map(|one| Subscription {
                        protocol: one.protocol.unwrap_or_default(),
                        endpoint: one.endpoint.unwrap_or_default(),
                        is_confirmed: one
                            .subscription_arn
                            .is_some_and(|arn| arn.starts_with("arn:")),
                    }),
            );
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Answer::Known(all);
            }
        }
    }
}

fn map<T, U>(answer: Answer<T>, of: impl FnOnce(T) -> U) -> Answer<U> {
    match answer {
        Answer::Known(value) => Answer::Known(of(value)),
        Answer::Gone => Answer::Gone,
        Answer::Refused => Answer::Refused,
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// The region in an ARN.
fn region_of(arn: &str) -> Option<&str> {
    arn.starts_with("arn:")
        .then(|| arn.split(':').nth(3))
        .flatten()
        .filter(|region| !region.is_empty())
}
