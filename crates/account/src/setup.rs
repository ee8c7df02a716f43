//! How an account records and watches itself: asked, and not judged.
//!
//! A question that is refused is noted and does not stop the others. Each is asked by looking only;
//! `checkup::policy` lists them all.

use aws_sdk_cloudtrail::types as ct;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use checkup::setup::{
    Answer, Bucket, EventRule, Key, Recorded, Selectors, Setup, Status, Subscription, Trail,
    Unasked,
};
use jiff::Timestamp;

use super::{Account, AskError};

/// What EventBridge calls the events that CloudTrail passes on.
const CALLS: &str = "AWS API Call via CloudTrail";
const SIGN_INS: &str = "AWS Console Sign In via CloudTrail";

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
            trail.status = status.known().map(|status| Status {
                is_logging: status.is_logging.unwrap_or_default(),
                delivered: time(status.latest_delivery_time.as_ref()),
                delivery_error: status.latest_delivery_error.clone(),
                digested: time(status.latest_digest_delivery_time.as_ref()),
                digest_error: status.latest_digest_delivery_error.clone(),
                notification_error: status.latest_notification_error.clone(),
            });
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

fn time(at: Option<&aws_sdk_cloudtrail::primitives::DateTime>) -> Option<Timestamp> {
    Timestamp::from_second(at?.secs()).ok()
}

fn trail_of(trail: ct::Trail, region: &str) -> Trail {
    let text = |value: Option<String>| value.filter(|value| !value.is_empty());
    Trail {
        name: trail.name.unwrap_or_default(),
        arn: trail.trail_arn.unwrap_or_default(),
        home: trail.home_region.unwrap_or_else(|| region.to_owned()),
        bucket: trail.s3_bucket_name.unwrap_or_default(),
        topic: text(trail.sns_topic_arn),
        key: text(trail.kms_key_id),
        is_multi_region: trail.is_multi_region_trail.unwrap_or_default(),
        has_global_events: trail.include_global_service_events.unwrap_or_default(),
        is_validated: trail.log_file_validation_enabled.unwrap_or_default(),
        is_organization: trail.is_organization_trail.unwrap_or_default(),
        status: None,
        selectors: None,
    }
}

/// Both kinds of selectors, of which a trail has one, as what they record.
fn selectors_of(simple: &[ct::EventSelector], advanced: &[ct::AdvancedEventSelector]) -> Selectors {
    let mut sum = Selectors::default();
    for one in simple {
        if one.include_management_events.unwrap_or(true) {
            let kind = one
                .read_write_type
                .as_ref()
                .map_or("All", |kind| kind.as_str());
            sum.management = sum.management.and(match kind {
                "ReadOnly" => Recorded::Reads,
                "WriteOnly" => Recorded::Writes,
                _ => Recorded::All,
            });
            sum.excluded
                .extend(one.exclude_management_event_sources().iter().cloned());
        }
        sum.data.extend(
            one.data_resources()
                .iter()
                .filter_map(|data| data.r#type.clone()),
        );
    }
    for one in advanced {
        let field = |name: &str| {
            one.field_selectors()
                .iter()
                .find(|field| field.field == name)
        };
        let equals = |name: &str| {
            field(name)
                .map(|field| field.equals().to_vec())
                .unwrap_or_default()
        };
        match equals("eventCategory").first().map(String::as_str) {
            Some("Management") => {
                let kind = equals("readOnly");
                sum.management = sum.management.and(match kind.first().map(String::as_str) {
                    Some("true") => Recorded::Reads,
                    Some("false") => Recorded::Writes,
                    _ => Recorded::All,
                });
                let left_out = field("eventSource").map(|field| field.not_equals().to_vec());
                sum.excluded.extend(left_out.unwrap_or_default());
            }
            Some("Data") => sum.data.extend(equals("resources.type")),
            _ => {}
        }
    }
    sum
}

/// Whether a rule with this pattern hears of calls, and of people who sign in.
fn heard(pattern: &str) -> (bool, bool) {
    let Ok(pattern) = serde_json::from_str::<serde_json::Value>(pattern) else {
        return (false, false);
    };
    let has = |name: &str| match pattern["detail-type"].as_array() {
        Some(kinds) => kinds.iter().any(|kind| fits(kind, name)),
        // Everything that AWS sends.
        None => pattern["source"].to_string().contains("\"prefix\":\"aws"),
    };
    (has(CALLS), has(SIGN_INS))
}

/// Whether one value of a pattern, which may be a text or what a text must be like, fits a name.
fn fits(kind: &serde_json::Value, name: &str) -> bool {
    let like = |how: &str| kind[how].as_str();
    kind == name
        || like("prefix").is_some_and(|start| name.starts_with(start))
        || like("suffix").is_some_and(|end| name.ends_with(end))
        || like("equals-ignore-case").is_some_and(|other| name.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_hears_what_its_pattern_names() {
        for (pattern, expected) in [
            (
                r#"{"detail-type":["AWS API Call via CloudTrail"]}"#,
                (true, false),
            ),
            (r#"{"source":[{"prefix":"aws."}]}"#, (true, true)),
            (
                r#"{"source":["aws.s3"],"detail-type":["Object Created"]}"#,
                (false, false),
            ),
            (
                r#"{"detail-type":[{"suffix":" via CloudTrail"}]}"#,
                (true, true),
            ),
            ("none", (false, false)),
        ] {
            assert_eq!(heard(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn simple_and_advanced_selectors_are_told_alike() {
        let simple = ct::EventSelector::builder()
            .read_write_type(ct::ReadWriteType::WriteOnly)
            .include_management_events(true)
            .exclude_management_event_sources("kms.amazonaws.com")
            .build();
        let field = |name: &str| ct::AdvancedFieldSelector::builder().field(name);
        let advanced = ct::AdvancedEventSelector::builder()
            .field_selectors(field("eventCategory").equals("Management").build().unwrap())
            .field_selectors(field("readOnly").equals("false").build().unwrap())
            .field_selectors(
                field("eventSource")
                    .not_equals("kms.amazonaws.com")
                    .build()
                    .unwrap(),
            )
            .build()
            .unwrap();
        for sum in [selectors_of(&[simple], &[]), selectors_of(&[], &[advanced])] {
            assert_eq!(sum.management, Recorded::Writes);
            assert_eq!(sum.excluded, ["kms.amazonaws.com"]);
        }
    }
}
