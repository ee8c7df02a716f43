//! What a change of a security group or network ACL lets in from everywhere.
//!
//! Ranges from /0 to /4 count as everywhere: `0.0.0.0/1` and `128.0.0.0/1` are the same hole in two
//! halves, and nobody has a sixteenth of the internet. Whether `ModifySecurityGroupRules` changes a
//! rule for incoming or outgoing traffic the record does not say, so both count.
//!
//! Source: EC2 API reference, `AuthorizeSecurityGroupIngress`, `ModifySecurityGroupRules`,
//! `CreateNetworkAclEntry`; RDS API reference, `AuthorizeDBSecurityGroupIngress`.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use crate::cloudtrail::{Json, Record, json::Kind};

use super::{Tags, walk};

/// Ports behind which machines are administered or data is kept.
pub(crate) const SENSITIVE_PORTS: [u16; 27] = [
    20, 21, 22, 23, 25, 135, 139, 445, 1433, 1521, 2375, 2376, 3306, 3389, 5432, 5601, 5900, 5985,
    5986, 6379, 6443, 8020, 9200, 9300, 10250, 11211, 27017,
];

/// The widest range that does not count as the world has one bit more than this.
const WORLD_PREFIX: u8 = 4;

/// How deep the rules of a request may nest; real ones are six levels deep.
const MAX_DEPTH: usize = 12;

/// `world`, `world:all` and `world:<port>`.
pub(crate) fn of(record: &Record<'_>) -> Tags {
    let mut tags = Tags::new();
    let Some(rule) = Rule::of_event(&record.event_name()) else {
        return tags;
    };
    let written = record
        .response_elements()
        .and_then(|response| response.get("securityGroupRuleSet"));
    for rules in record.request_parameters().into_iter().chain(written) {
        open(rules, rule, MAX_DEPTH, &mut tags);
    }
    tags
}

/// What is known of a rule on the way down to its ranges.
#[derive(Clone, Copy, Default)]
struct Rule {
    protocol: Protocol,
    from: Option<i64>,
    to: Option<i64>,
    lets_in: LetsIn,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Protocol {
    /// Not said, or all of them.
    #[default]
    Any,
    /// TCP or UDP, which have ports.
    WithPorts,
    /// ICMP and others.
    WithoutPorts,
}

/// Whether the rule is for incoming traffic and allows it.
#[derive(Clone, Copy)]
struct LetsIn(bool);

impl Default for LetsIn {
    fn default() -> Self {
        Self(true)
    }
}

impl Rule {
    /// A rule of which only the call is known; `None` for calls that let nothing in.
    fn of_event(name: &str) -> Option<Self> {
        let protocol = match name {
            "AuthorizeSecurityGroupIngress"
            | "ModifySecurityGroupRules"
            | "CreateNetworkAclEntry"
            | "ReplaceNetworkAclEntry" => Protocol::Any,
            // Of the database's own groups, which know no ports.
            "AuthorizeDBSecurityGroupIngress"
            | "AuthorizeClusterSecurityGroupIngress"
            | "AuthorizeCacheSecurityGroupIngress" => Protocol::WithoutPorts,
            _ => return None,
        };
        Some(Self {
            protocol,
            ..Self::default()
        })
    }

    fn read(&mut self, key: &str, value: Json<'_>) {
        let key = key.to_ascii_lowercase();
        match &*key {
            "ipprotocol" | "aclprotocol" => self.protocol = protocol(value),
            "fromport" => self.from = walk::integer(value),
            "toport" => self.to = walk::integer(value),
            "portrange" => {
                self.from = walk::all(value, "from").next().and_then(walk::integer);
                self.to = walk::all(value, "to").next().and_then(walk::integer);
            }
            "egress" | "isegress" if walk::truth(value) == Some(true) => self.lets_in.0 = false,
            "ruleaction" if value.as_str().as_deref() != Some("allow") => self.lets_in.0 = false,
            _ => {}
        }
    }

    /// The ports that are open; `None` where the protocol has none.
    fn ports(self) -> Option<RangeInclusive<i64>> {
        const ALL: RangeInclusive<i64> = 0..=65_535;
        match (self.protocol, self.from, self.to) {
            (Protocol::WithoutPorts, ..) => None,
            (_, None | Some(-1), None | Some(-1)) => Some(ALL),
            (_, Some(from), Some(to)) => Some(from..=to),
            (_, Some(one), None) | (_, None, Some(one)) => Some(one..=one),
        }
    }

    fn open_to_the_world(self, tags: &mut Tags) {
        tags.insert("world".into());
        let Some(ports) = self.ports() else {
            return;
        };
        // Port 0 cannot be reached, so that a range from 1 is as open.
        if *ports.start() <= 1 && *ports.end() >= 65_535 {
            tags.insert("world:all".into());
        }
        for port in SENSITIVE_PORTS {
            if ports.contains(&i64::from(port)) {
                tags.insert(format!("world:{port}").into());
            }
        }
    }
}

fn protocol(value: Json<'_>) -> Protocol {
    let written = value.as_str().unwrap_or_else(|| value.raw().into());
    match written.to_ascii_lowercase().as_str() {
        "-1" | "all" => Protocol::Any,
        "tcp" | "udp" | "6" | "17" => Protocol::WithPorts,
        _ => Protocol::WithoutPorts,
    }
}

/// Follows a rule down to its ranges; what an object says holds for all below it.
fn open(json: Json<'_>, mut rule: Rule, depth: usize, tags: &mut Tags) {
    if depth == 0 {
        return;
    }
    for member in json.elements() {
        open(member, rule, depth - 1, tags);
    }
    for (key, value) in json.entries() {
        rule.read(&key.decoded(), value);
    }
    if !rule.lets_in.0 {
        return;
    }
    for (key, value) in json.entries() {
        match value.kind() {
            Kind::String
                if is_range(&key.decoded()) && value.as_str().is_some_and(|r| is_world(&r)) =>
            {
                rule.open_to_the_world(tags);
            }
            Kind::Object | Kind::Array => open(value, rule, depth - 1, tags),
            _ => {}
        }
    }
}

fn is_range(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    matches!(
        &*key,
        "cidrip" | "cidripv4" | "cidripv6" | "cidrblock" | "ipv6cidrblock"
    )
}

/// Whether a CIDR range is the world, or a sixteenth of it or more.
pub(crate) fn is_world(range: &str) -> bool {
    let Some((address, prefix)) = range.trim().split_once('/') else {
        return false;
    };
    address.parse::<IpAddr>().is_ok() && prefix.parse::<u8>().is_ok_and(|bits| bits <= WORLD_PREFIX)
}
