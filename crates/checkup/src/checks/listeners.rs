//! Whether anybody hears: rules of EventBridge in each region, and who has subscribed to topics.

use sigma::Level;

use crate::finding::Finding;
use crate::setup::{Answer, EventRule, Setup, Subscription};

/// What is wrong with the rules that hear of calls within seconds.
pub(super) fn rules(setup: &Setup) -> Vec<Finding> {
    let known = setup
        .rules
        .iter()
        .filter_map(|(region, rules)| Some((region, rules.known()?)));
    let known: Vec<(&String, &Vec<EventRule>)> = known.collect();
    let mut findings: Vec<Finding> = known
        .iter()
        .flat_map(|(region, rules)| broken(region, rules))
        .collect();
    let is_used = known
        .iter()
        .any(|(_, rules)| rules.iter().any(|rule| rule.hears_calls));
    if !is_used {
        findings.extend(unused(setup, known.len()));
        return findings;
    }
    let deaf = |is_heard: fn(&EventRule) -> bool| -> Vec<&str> {
        let deaf = known
            .iter()
            .filter(|(_, rules)| !rules.iter().any(|rule| works(rule) && is_heard(rule)));
        deaf.map(|(region, _)| region.as_str()).collect()
    };
    let calls = deaf(|rule| rule.hears_calls);
    if !calls.is_empty() {
        findings.push(Finding::new(
            "region-unheard",
            Level::Medium,
            &calls.join(", "),
            "no rule of EventBridge passes on the calls of this region, though others have one",
            "Events are delivered in the region where the call is logged, IAM's in the first of the partition. What happens there is seen minutes later, by way of the log files, and not within seconds.",
        ).mended_by("aws events put-rule --region <region> --name trailhound-calls --event-pattern '{\"detail-type\":[\"AWS API Call via CloudTrail\",\"AWS Console Sign In via CloudTrail\"]}'", &[]));
    }
    // A region that hears of nothing at all was told of above.
    let sign_ins = deaf(|rule| rule.hears_sign_ins).into_iter();
    let (global, regional): (Vec<&str>, Vec<&str>) = sign_ins
        .filter(|region| !calls.contains(region))
        .partition(|region| *region == setup.global);
    if let Some(global) = global.first() {
        findings.push(
            Finding::new(
                "sign-ins-unheard",
                Level::Medium,
                global,
                "no rule of EventBridge passes on who signs in in the region of global services",
                "The root user signs in there, and so does who signs in without naming a region.",
            )
            .mended_by("aws events put-rule --region {} --name trailhound-sign-ins --event-pattern '{\"detail-type\":[\"AWS Console Sign In via CloudTrail\"]}'", &[global]),
        );
    }
    if !regional.is_empty() {
        findings.push(
            Finding::new(
                "regional-sign-ins-unheard",
                Level::Low,
                &regional.join(", "),
                "no rule of EventBridge passes on who signs in at the sign-in address of this region",
                "Each region has a sign-in address of its own, such as eu-west-1.signin.aws.amazon.com, and whoever uses it is recorded there. That is seen minutes later, by way of the log files.",
            )
            .mended_by("aws events put-rule --region <region> --name trailhound-sign-ins --event-pattern '{\"detail-type\":[\"AWS Console Sign In via CloudTrail\"]}'", &[]),
        );
    }
    findings
}

fn works(rule: &EventRule) -> bool {
    rule.is_enabled && rule.targets != Some(0)
}

fn unused(setup: &Setup, known: usize) -> Option<Finding> {
    (known > 0).then(|| {
        Finding::new(
            "not-heard-at-once",
            Level::Informational,
            &setup.account,
            "no rule of EventBridge passes on what CloudTrail records",
            "Alerts come with the log files, minutes after the call, and not within seconds.",
        )
    })
}

fn broken<'r>(region: &'r str, rules: &'r [EventRule]) -> impl Iterator<Item = Finding> + 'r {
    rules.iter().filter(|rule| !works(rule)).map(move |rule| {
        let about = format!("{} in {region}", rule.name);
        if rule.is_enabled {
            return Finding::new(
                "rule-without-target",
                Level::High,
                &about,
                "a rule of EventBridge that hears of calls has no target",
                "It hears, and tells nobody.",
            )
            .mended_by("aws events put-targets --region {} --rule {} --targets <target>", &[region, &rule.name]);
        }
        Finding::new(
            "rule-disabled",
            Level::High,
            &about,
            "a rule of EventBridge that hears of calls is switched off",
            "What it would have passed on is not seen within seconds. An attacker may have switched it off.",
        )
        .mended_by("aws events enable-rule --region {} --name {}", &[region, &rule.name])
    })
}

/// What is wrong with those who should be told.
pub(super) fn topics(setup: &Setup) -> Vec<Finding> {
    setup
        .topics
        .iter()
        .flat_map(|(arn, subscriptions)| topic(arn, subscriptions))
        .collect()
}

fn topic(arn: &str, subscriptions: &Answer<Vec<Subscription>>) -> Vec<Finding> {
    let list = "aws sns list-subscriptions-by-topic --topic-arn {}";
    let finding = |id, what: String, why| Finding::new(id, Level::High, arn, what, why);
    let known = match subscriptions {
        Answer::Refused => return Vec::new(),
        Answer::Gone => {
            let gone = finding(
                "topic-gone",
                "the topic is not there".to_owned(),
                "Nobody is told anything by way of it.",
            );
            return vec![gone];
        }
        Answer::Known(known) => known,
    };
    if known.is_empty() {
        let what = "nobody has subscribed to the topic".to_owned();
        let nobody = finding(
            "nobody-listens",
            what,
            "What is published there is read by nobody.",
        );
        return vec![nobody.mended_by(
            "aws sns subscribe --topic-arn {} --protocol email --notification-endpoint <address>",
            &[arn],
        )];
    }
    let waiting = known.iter().filter(|one| !one.is_confirmed);
    waiting
        .map(|one| {
            let what = format!("the subscription of {} `{}` was never confirmed", one.protocol, one.endpoint);
            finding("unconfirmed", what, "Until the link in the mail from AWS is followed nothing is sent there; after three days it is forgotten.")
                .mended_by(list, &[arn])
        })
        .collect()
}
