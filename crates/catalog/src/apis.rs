//! Event sources, their events, and the request parameters of each.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::nearest::nearest;
use crate::text::{self, ADDITIONS, Line, MODELS, Shape};

static APIS: LazyLock<Apis> = LazyLock::new(|| {
    let mut apis = Apis::default();
    apis.read(&MODELS);
    apis.read(ADDITIONS);
    apis
});

/// Every event source that CloudTrail is known to write, such as `cloudtrail.amazonaws.com`, sorted.
pub fn sources() -> impl Iterator<Item = &'static str> {
    APIS.sources.keys().copied()
}

/// Whether `source` is an event source; case counts for nothing, as in Sigma.
#[must_use]
pub fn is_source(source: &str) -> bool {
    APIS.source(source).is_some()
}

/// The events of `source` under their plain names, sorted; none if there is no such source.
///
/// A few sources have events that nobody lists: [`knows`] says yes to all of theirs.
pub fn events(source: &str) -> impl Iterator<Item = &'static str> {
    APIS.source(source)
        .into_iter()
        .flat_map(|source| source.events.keys().copied())
}

/// Whether `source` can write an event of this name, with or without a version at its end.
#[must_use]
pub fn knows(source: &str, name: &str) -> bool {
    lists(source, name) || is_open(source)
}

/// Whether an event of this name is listed for `source`.
pub(crate) fn lists(source: &str, name: &str) -> bool {
    APIS.source(source)
        .is_some_and(|source| source.event(name).is_some())
}

/// Whether `source` has events that nobody lists.
pub(crate) fn is_open(source: &str) -> bool {
    APIS.source(source).is_some_and(|source| source.open)
}

/// The sources that can write an event of this name, sorted.
#[must_use]
pub fn sources_of(name: &str) -> Vec<&'static str> {
    let known = APIS
        .sources
        .iter()
        .filter(|(_, source)| source.event(name).is_some());
    known.map(|(source, _)| *source).collect()
}

/// The request parameters that an event can have at the top level of `requestParameters`.
///
/// `None` if the event is unknown, or if CloudTrail spells the parameters of that service in a way
/// of its own (S3, EC2, API Gateway, console events): then nothing can be said of them.
#[must_use]
pub fn parameters(source: &str, name: &str) -> Option<&'static Parameters> {
    APIS.source(source)?.event(name)?.as_ref()
}

/// The source that a mistyped one most probably meant.
#[must_use]
pub fn nearest_source(typed: &str) -> Option<&'static str> {
    nearest(typed, sources())
}

/// The event of `source` that a mistyped name most probably meant.
#[must_use]
pub fn nearest_event(source: &str, typed: &str) -> Option<&'static str> {
    nearest(plain_name(typed), events(source))
}

/// An event name without the API version that Lambda and a few others put at its end.
///
/// ```
/// assert_eq!(catalog::plain_name("UpdateFunctionCode20150331v2"), "UpdateFunctionCode");
/// assert_eq!(catalog::plain_name("CreateDistribution2020_05_31"), "CreateDistribution");
/// assert_eq!(catalog::plain_name("ListObjectsV2"), "ListObjectsV2");
/// ```
#[must_use]
pub fn plain_name(name: &str) -> &str {
    let digits =
        |text: &str| text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let without_revision = match digits(name) {
        0 => name,
        count => name[..name.len() - count].strip_suffix('v').unwrap_or(name),
    };
    let date = without_revision.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    match &without_revision[date.len()..] {
        version if version.bytes().filter(u8::is_ascii_digit).count() == 8 => date,
        _ => name,
    }
}

/// Names of request parameters, as CloudTrail spells them.
#[derive(Debug, Default)]
pub struct Parameters {
    names: Vec<&'static str>,
    either_case: bool,
}

impl Parameters {
    /// Whether a parameter of this name exists. Case counts, but for the first letter where
    /// CloudTrail writes now one, now the other.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.names
            .iter()
            .any(|known| *known == name || self.either_case && but_first(known, name))
    }

    /// Every name, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().copied()
    }

    fn add(&mut self, names: &[&'static str], either_case: bool) {
        self.either_case |= either_case;
        self.names.extend(names);
        self.names.sort_unstable();
        self.names.dedup();
    }
}

/// Whether two names are equal but for the case of their first letters.
fn but_first(one: &str, other: &str) -> bool {
    match (one.split_at_checked(1), other.split_at_checked(1)) {
        (Some((a, rest)), Some((b, tail))) => a.eq_ignore_ascii_case(b) && rest == tail,
        _ => one == other,
    }
}

#[derive(Default)]
struct Apis {
    sources: BTreeMap<&'static str, Source>,
}

#[derive(Default)]
struct Source {
    /// It has events that are not listed.
    open: bool,
    /// `None`: the parameters are irregular.
    events: BTreeMap<&'static str, Option<Parameters>>,
}

impl Apis {
    fn read(&mut self, list: &'static str) {
        let mut current = None;
        for line in text::lines(list) {
            if let Line::Source(name) = line {
                current = Some(name);
            }
            let Some(name) = current else { continue };
            self.sources.entry(name).or_default().apply(line);
        }
    }

    /// In the Chinese partition some sources end in `.amazonaws.com.cn`.
    fn source(&self, name: &str) -> Option<&Source> {
        let name = name.strip_suffix(".cn").unwrap_or(name);
        self.sources
            .get(name)
            .or_else(|| self.sources.get(name.to_ascii_lowercase().as_str()))
    }
}

impl Source {
    fn apply(&mut self, line: Line<'static>) {
        match line {
            Line::Source(_) => {}
            Line::Open => self.open = true,
            Line::Without(name) => {
                self.events.remove(name);
            }
            Line::Event(name, Shape::Irregular) => {
                self.events.insert(name, None);
            }
            Line::Event(name, Shape::Named { either_case, names }) => {
                let known = self
                    .events
                    .entry(name)
                    .or_insert_with(|| Some(Parameters::default()));
                if let Some(parameters) = known {
                    parameters.add(&names, either_case);
                }
            }
        }
    }

    /// What is known of an event, whatever its case and version.
    fn event(&self, name: &str) -> Option<&Option<Parameters>> {
        let plain = plain_name(name);
        let same = |(known, _): &(&&str, _)| known.eq_ignore_ascii_case(plain);
        self.events
            .get(plain)
            .or_else(|| self.events.iter().find(same).map(|(_, event)| event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_known_by_the_names_that_cloudtrail_writes() {
        for (source, name, known, why) in [
            (
                "cloudtrail.amazonaws.com",
                "StopLogging",
                true,
                "an API call",
            ),
            (
                "CloudTrail.amazonaws.com",
                "stoplogging",
                true,
                "Sigma ignores case",
            ),
            ("cloudtrail.amazonaws.com", "StopLoging", false, "mistyped"),
            (
                "iam.amazonaws.com",
                "StopLogging",
                false,
                "of another service",
            ),
            (
                "lambda.amazonaws.com",
                "UpdateFunctionCode20150331v2",
                true,
                "with a version",
            ),
            (
                "lambda.amazonaws.com",
                "UpdateFunctionCode",
                true,
                "without",
            ),
            (
                "s3.amazonaws.com",
                "PutBucketPublicAccessBlock",
                true,
                "not the name of the API",
            ),
            (
                "s3.amazonaws.com",
                "PutPublicAccessBlock",
                false,
                "the name of the API",
            ),
            (
                "s3.amazonaws.com",
                "PutEncryptionConfiguration",
                false,
                "a permission, not a call",
            ),
            (
                "signin.amazonaws.com",
                "ConsoleLogin",
                true,
                "no API call at all",
            ),
            (
                "monitoring.amazonaws.com",
                "DeleteAlarms",
                true,
                "CloudWatch under its other name",
            ),
            (
                "cloudwatch.amazonaws.com",
                "DeleteAlarms",
                false,
                "CloudTrail does not use this one",
            ),
            (
                "elasticloadbalancing.amazonaws.com",
                "CreateRule",
                true,
                "version 2 shares the source",
            ),
            (
                "bedrock.amazonaws.com",
                "InvokeModel",
                true,
                "the runtime shares the source",
            ),
            (
                "billingconsole.amazonaws.com",
                "AnythingAtAll",
                true,
                "nobody lists these events",
            ),
            ("", "", false, "nothing"),
        ] {
            assert_eq!(knows(source, name), known, "{source} {name}: {why}");
        }
    }

    #[test]
    fn parameters_are_spelled_as_in_records() {
        for (source, name, parameter, known) in [
            (
                "cloudtrail.amazonaws.com",
                "UpdateTrail",
                "isMultiRegionTrail",
                true,
            ),
            (
                "cloudtrail.amazonaws.com",
                "UpdateTrail",
                "IsMultiRegionTrail",
                false,
            ),
            (
                "rds.amazonaws.com",
                "ModifyDBSnapshotAttribute",
                "dBSnapshotIdentifier",
                true,
            ),
            (
                "lambda.amazonaws.com",
                "AddPermission20150331v2",
                "principalOrgID",
                true,
            ),
            (
                "securityhub.amazonaws.com",
                "UpdateStandardsControl",
                "ControlStatus",
                true,
            ),
            (
                "securityhub.amazonaws.com",
                "UpdateStandardsControl",
                "controlStatus",
                true,
            ),
            (
                "securityhub.amazonaws.com",
                "UpdateStandardsControl",
                "controlstatus",
                false,
            ),
            (
                "organizations.amazonaws.com",
                "LeaveOrganization",
                "accountId",
                false,
            ),
        ] {
            let parameters = parameters(source, name).expect("the shape is regular");
            assert_eq!(
                parameters.contains(parameter),
                known,
                "{source} {name} {parameter}"
            );
        }
    }

    #[test]
    fn nothing_is_said_of_irregular_parameters() {
        for (source, name) in [
            ("s3.amazonaws.com", "PutBucketPolicy"),
            ("ec2.amazonaws.com", "RunInstances"),
            ("apigateway.amazonaws.com", "CreateRestApi"),
            ("signin.amazonaws.com", "ConsoleLogin"),
            ("iam.amazonaws.com", "NoSuchCall"),
            ("no.such.source", "StopLogging"),
        ] {
            assert!(parameters(source, name).is_none(), "{source} {name}");
        }
    }

    #[test]
    fn a_name_leads_to_all_its_sources() {
        let found = sources_of("CreateUser");
        assert!(found.contains(&"iam.amazonaws.com") && found.contains(&"transfer.amazonaws.com"));
        assert_eq!(sources_of("StopLogging"), ["cloudtrail.amazonaws.com"]);
        assert_eq!(sources_of("NoSuchCall"), Vec::<&str>::new());
    }

    #[test]
    fn only_versions_are_cut_off_names() {
        for (name, plain) in [
            ("CreateFunction20150331", "CreateFunction"),
            ("AddPermission20150331v2", "AddPermission"),
            ("CreateDistribution2014_11_06", "CreateDistribution"),
            ("ListObjectsV2", "ListObjectsV2"),
            ("DescribeVpcs", "DescribeVpcs"),
            ("Log4", "Log4"),
            ("20150331", ""),
            ("v2", "v2"),
            ("", ""),
        ] {
            assert_eq!(plain_name(name), plain, "{name}");
        }
    }

    #[test]
    fn what_is_mistyped_is_recognized() {
        assert_eq!(
            nearest_source("cloudtrial.amazonaws.com"),
            Some("cloudtrail.amazonaws.com")
        );
        assert_eq!(
            nearest_event("s3.amazonaws.com", "PutBucketLoging"),
            Some("PutBucketLogging")
        );
        assert_eq!(nearest_event("iam.amazonaws.com", "LaunchRocket"), None);
    }
}
