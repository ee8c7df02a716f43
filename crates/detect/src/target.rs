//! What a call changed that one other call puts back exactly as it was: for programs that act on an alert.
//!
//! Commands for people are texts with places ([`crate::containment`]); a program needs the values by
//! themselves, and none that it would have to guess. So there is a target only where the record says all of
//! it, in the form in which AWS writes it: whatever is malformed makes none.
//!
//! Source: CloudTrail API reference, *StopLogging*; EC2 API reference, *AuthorizeSecurityGroupIngress*; IAM
//! API reference, *CreateAccessKey*.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::cloudtrail::{Json, Record};
use crate::derived::is_world;
use crate::outcome::Outcome;

/// How many openings one call is followed through; a group has at most sixty rules by default.
const OPENINGS: usize = 60;

/// What a call that worked has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Target {
    /// A trail that was stopped.
    Trail {
        /// Its name or ARN, as the caller wrote it.
        name: String,
    },
    /// A security group that lets in everybody, by rules that this call has added.
    Ingress {
        /// The group's id.
        group: String,
        /// The rules for everybody; those for others are left out.
        openings: Vec<Opening>,
    },
    /// An access key that was made.
    AccessKey {
        /// Whose it is.
        user: String,
        /// Its id.
        id: String,
    },
}

/// A rule of a security group that lets in everybody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Opening {
    /// `tcp`, `udp`, `icmp`, a number, or `-1` for all.
    pub protocol: String,
    /// The first port; absent for all protocols.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from_port: Option<i32>,
    /// The last port.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to_port: Option<i32>,
    /// `0.0.0.0/0`, `::/0`, or nearly as wide a range.
    pub range: String,
}

impl Opening {
    /// Whether it is one of addresses of version 6.
    #[must_use]
    pub fn is_ipv6(&self) -> bool {
        self.range.contains(':')
    }

    /// Whether all of it is as AWS writes it.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let range = self.range.split_once('/').is_some_and(|(address, bits)| {
            address.parse::<IpAddr>().is_ok() && bits.parse::<u8>().is_ok()
        });
        let protocol = self.protocol.trim_start_matches('-');
        let port = |port: Option<i32>| port.is_none_or(|port| (-1..=65_535).contains(&port));
        range
            && is_world(&self.range)
            && is_word(protocol, 8, "")
            && port(self.from_port)
            && port(self.to_port)
            && self.from_port.is_some() == self.to_port.is_some()
    }
}

impl Target {
    /// What the call in `record` changed; `None` if it failed, or is none of those that are known here.
    #[must_use]
    pub fn of(record: &Record<'_>) -> Option<Self> {
        if !Outcome::of(record).is_success() {
            return None;
        }
        let target = match (&*record.event_source(), &*record.event_name()) {
            ("cloudtrail.amazonaws.com", "StopLogging") => Self::trail(record),
            ("ec2.amazonaws.com", "AuthorizeSecurityGroupIngress") => Self::ingress(record),
            ("iam.amazonaws.com", "CreateAccessKey") => Self::access_key(record),
            _ => None,
        };
        target.filter(Self::is_sound)
    }

    /// Whether all of it is as AWS writes it: an alert may have come from elsewhere since it was made.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        match self {
            Self::Trail { name } => is_word(name, 256, "._-:/"),
            Self::Ingress { group, openings } => {
                let digits = group.strip_prefix("sg-").unwrap_or_default();
                is_word(digits, 17, "")
                    && !openings.is_empty()
                    && openings.len() <= OPENINGS
                    && openings.iter().all(Opening::is_sound)
            }
            Self::AccessKey { user, id } => is_word(user, 64, "+=,.@_-") && is_word(id, 128, ""),
        }
    }

    fn trail(record: &Record<'_>) -> Option<Self> {
        let name = record.request_parameters()?.get("name")?.as_str()?;
        Some(Self::Trail {
            name: name.into_owned(),
        })
    }

    /// From the answer, which has a rule for each range and always the group's id; without it from the request.
    fn ingress(record: &Record<'_>) -> Option<Self> {
        let asked = record.request_parameters()?;
        let rules = record
            .response_elements()
            .and_then(|answer| answer.at(&["securityGroupRuleSet", "items"]));
        let group = |json: Json<'_>| Some(json.get("groupId")?.as_str()?.into_owned());
        let of_rules = rules.and_then(|rules| rules.elements().find_map(group));
        let mut openings = Vec::new();
        for rule in rules.into_iter().flat_map(Json::elements) {
            let is_egress = rule.get("isEgress").and_then(Json::as_bool) == Some(true);
            let ranges = ["cidrIpv4", "cidrIpv6"].map(|name| rule.get(name));
            if !is_egress {
                openings.extend(
                    ranges
                        .into_iter()
                        .flatten()
                        .filter_map(|r| opening(rule, r)),
                );
            }
        }
        if openings.is_empty() {
            openings = asked_for(asked);
        }
        openings.sort();
        openings.dedup();
        Some(Self::Ingress {
            group: of_rules.or_else(|| group(asked))?,
            openings,
        })
    }

    fn access_key(record: &Record<'_>) -> Option<Self> {
        let key = record.response_elements()?.get("accessKey")?;
        let text = |name: &str| Some(key.get(name)?.as_str()?.into_owned());
        Some(Self::AccessKey {
            user: text("userName")?,
            id: text("accessKeyId")?,
        })
    }
}

/// The openings that a request names, in either of the forms that the API knows.
fn asked_for(asked: Json<'_>) -> Vec<Opening> {
    let plain = asked.get("cidrIp").and_then(|range| opening(asked, range));
    let permissions = asked.at(&["ipPermissions", "items"]);
    let permissions = permissions.into_iter().flat_map(Json::elements);
    let listed = permissions.flat_map(|permission| {
        let ranges = [("ipRanges", "cidrIp"), ("ipv6Ranges", "cidrIpv6")];
        ranges.into_iter().flat_map(move |(list, name)| {
            let items = permission.at(&[list, "items"]);
            let items = items.into_iter().flat_map(Json::elements);
            items.filter_map(move |item| opening(permission, item.get(name)?))
        })
    });
    plain.into_iter().chain(listed).collect()
}

/// The opening of `rule` for `range`, if that is the world.
fn opening(rule: Json<'_>, range: Json<'_>) -> Option<Opening> {
    let range = range.as_str().filter(|range| is_world(range))?;
    let number = |name: &str| {
        let value = rule.get(name)?;
        let text = value.as_str().unwrap_or_else(|| value.raw().into());
        text.parse().ok()
    };
    let protocol = rule.get("ipProtocol")?;
    Some(Opening {
        protocol: protocol
            .as_str()
            .unwrap_or_else(|| protocol.raw().into())
            .into_owned(),
        from_port: number("fromPort"),
        to_port: number("toPort"),
        range: range.into_owned(),
    })
}

/// Whether `text` has 1 to `most` letters, digits and `others`.
fn is_word(text: &str, most: usize, others: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || others.as_bytes().contains(&b);
    (1..=most).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::LogFileReader;

    fn target(source: &str, name: &str, fields: &str) -> Option<Target> {
        let text = format!(
            r#"{{"eventSource":"{source}.amazonaws.com","eventName":"{name}","eventTime":"2026-11-22T14:02:11Z",
            "awsRegion":"eu-west-1",{fields}}}"#
        );
        let mut found = None;
        LogFileReader::default().read(text.as_bytes(), |record| found = Target::of(record));
        found
    }

    fn opened(fields: &str) -> Vec<String> {
        match target("ec2", "AuthorizeSecurityGroupIngress", fields) {
            Some(Target::Ingress { openings, .. }) => openings
                .iter()
                .map(|one| format!("{} {:?} {}", one.protocol, one.from_port, one.range))
                .collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn only_what_lets_in_everybody_is_an_opening() {
        let request = r#""requestParameters":{"groupId":"sg-0a9b8c7d6e5f40312","ipPermissions":{"items":[
            {"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"},
             {"cidrIp":"198.51.100.0/24"}]},"ipv6Ranges":{"items":[{"cidrIpv6":"::/0"}]}}]}}"#;
        assert_eq!(
            opened(request),
            ["tcp Some(22) 0.0.0.0/0", "tcp Some(22) ::/0"]
        );
        let flat = r#""requestParameters":{"groupId":"sg-0a9b8c7d","ipProtocol":"-1","cidrIp":"0.0.0.0/0"}"#;
        assert_eq!(opened(flat), ["-1 None 0.0.0.0/0"]);
        let narrow = r#""requestParameters":{"groupId":"sg-0a9b8c7d","ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIp":"10.0.0.0/8"}"#;
        assert!(opened(narrow).is_empty());
    }

    #[test]
    fn an_opening_for_some_is_not_sound_wherever_it_comes_from() {
        let opening = |range: &str| Opening {
            protocol: "tcp".to_owned(),
            from_port: Some(22),
            to_port: Some(22),
            range: range.to_owned(),
        };
        assert!(opening("0.0.0.0/0").is_sound() && opening("::/0").is_sound());
        for range in ["10.0.0.0/8", "0.0.0.0/0 ", "0.0.0.0", ""] {
            assert!(!opening(range).is_sound(), "{range}");
        }
    }

    #[test]
    fn the_answer_knows_the_group_that_was_named_by_its_name() {
        let fields = r#""requestParameters":{"groupName":"default","ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIp":"0.0.0.0/0"},
            "responseElements":{"_return":true,"securityGroupRuleSet":{"items":[{"groupId":"sg-0a9b8c7d6e5f40312",
            "isEgress":false,"ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIpv4":"0.0.0.0/0"}]}}"#;
        assert!(matches!(
            target("ec2", "AuthorizeSecurityGroupIngress", fields),
            Some(Target::Ingress { group, .. }) if group == "sg-0a9b8c7d6e5f40312"
        ));
    }

    #[test]
    fn what_failed_or_is_malformed_has_no_target() {
        let stopped = r#""requestParameters":{"name":"main"}"#;
        assert!(target("cloudtrail", "StopLogging", stopped).is_some());
        for (source, name, fields, why) in [
            (
                "cloudtrail",
                "StopLogging",
                r#""requestParameters":{"name":"main"},"errorCode":"AccessDenied""#,
                "denied",
            ),
            (
                "cloudtrail",
                "StopLogging",
                r#""requestParameters":{"name":"main --x"}"#,
                "no name of a trail",
            ),
            (
                "cloudtrail",
                "DeleteTrail",
                stopped,
                "not to be put back by one call",
            ),
            (
                "ec2",
                "AuthorizeSecurityGroupIngress",
                r#""requestParameters":{"groupId":"sg-0a&b","ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIp":"0.0.0.0/0"}"#,
                "no id of a group",
            ),
            (
                "ec2",
                "AuthorizeSecurityGroupIngress",
                r#""requestParameters":{"groupId":"sg-0ab1","ipProtocol":"tcp","fromPort":22,"cidrIp":"0.0.0.0/0"}"#,
                "half a range of ports",
            ),
            (
                "iam",
                "CreateAccessKey",
                r#""responseElements":{"accessKey":{"userName":"maria"}}"#,
                "no key",
            ),
        ] {
            assert_eq!(target(source, name, fields), None, "{why}");
        }
    }
}
