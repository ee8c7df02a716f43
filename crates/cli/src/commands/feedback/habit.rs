//! What the events of an alert have in common, as the narrowest filter that still keeps them back.
//!
//! Invariant: the document is the filter it seems to be, whatever the records say. A text that could break
//! out of its quotes is escaped, and one that cannot be shown as it is does not become part of it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use detect::cloudtrail::Record;
use detect::render::sentence;
use integrity::Hash;
use jiff::civil::Date;
use sigma::{Event as _, FieldPath, Value, literal, quoted};
use uuid::Uuid;

/// Who did it: a filter without that would be one for everybody.
pub(super) const WHO: &str = "trailhound.principal.key";

/// Fields that are taken if all events have the same value there.
const SAME: [&str; 9] = [
    "recipientAccountId",
    "eventSource",
    "trailhound.tool",
    "awsRegion",
    "userIdentity.type",
    "insightDetails.insightType",
    "insightDetails.eventSource",
    "insightDetails.eventName",
    "insightDetails.errorCode",
];

/// The API, of which an alert may have a few.
const API: &str = "eventName";

/// How many different values are still a list that somebody reads.
const SEVERAL: usize = 5;

/// Where it came from.
const ADDRESS: &str = "sourceIPAddress";

/// How many parameters of the request are taken, and how long they may be.
const PARAMETERS: usize = 3;
const LONGEST: usize = 200;

/// One condition: a field, with its modifier, and the values that fit.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    field: String,
    values: Vec<String>,
}

impl Part {
    /// The field, without its modifier.
    fn name(&self) -> &str {
        self.field.split('|').next().unwrap_or_default()
    }
}

/// What somebody does as a habit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Habit {
    parts: Vec<Part>,
}

/// Who answers for an exclusion, and what it is called.
pub(super) struct Cover<'a> {
    pub(super) title: String,
    /// The rules, each with its title.
    pub(super) rules: &'a [(String, String)],
    pub(super) alert: String,
    pub(super) owner: &'a str,
    pub(super) reason: &'a str,
    pub(super) until: Date,
}

impl Habit {
    /// What `records` have in common; `None` if they have more than one principal, or one whose name cannot be
    /// shown as it is.
    pub(super) fn of(records: &[Record<'_>]) -> Option<Self> {
        let mut parts = vec![same(records, WHO)?];
        parts.extend(SAME.iter().filter_map(|field| same(records, field)));
        parts.extend(several(records, API));
        parts.extend(origin(records));
        parts.extend(asked_for(records));
        Some(Self { parts })
    }

    /// The fields that it asks for.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(Part::name)
    }

    /// The same but for these fields; who it is, it always asks.
    pub(super) fn without(mut self, fields: &[String]) -> Self {
        self.parts
            .retain(|part| part.field == WHO || !fields.iter().any(|field| field == part.name()));
        self
    }

    /// The document.
    pub(super) fn document(&self, cover: &Cover<'_>) -> String {
        let mut lines = vec![
            format!("title: {}", quoted(&cover.title)),
            format!("id: {}", self.id(cover)),
            "logsource: { product: aws, service: cloudtrail }".to_owned(),
            "filter:".to_owned(),
            "  rules:".to_owned(),
        ];
        for (id, title) in cover.rules {
            lines.push(format!("    - {} # {}", quoted(id), sentence(title)));
        }
        lines.push("  selection:".to_owned());
        for Part { field, values } in &self.parts {
            match values.as_slice() {
                [one] => lines.push(format!("    {field}: {}", quoted(one))),
                many => {
                    lines.push(format!("    {field}:"));
                    lines.extend(
                        many.iter()
                            .map(|value| format!("      - {}", quoted(value))),
                    );
                }
            }
        }
        lines.extend([
            "  condition: not selection".to_owned(),
            "trailhound:".to_owned(),
            format!("  owner: {}", quoted(&sentence(cover.owner))),
            format!("  reason: {}", quoted(&sentence(cover.reason))),
            format!("  until: {}", cover.until),
        ]);
        lines.join("\n") + "\n"
    }

    /// The same for the same habit and alert, so that a second proposal takes the place of the first.
    fn id(&self, cover: &Cover<'_>) -> Uuid {
        let hash = Hash::of(format!("{} {:?}", cover.alert, self.parts).as_bytes()).to_string();
        let bits = hash
            .get(..32)
            .and_then(|digits| u128::from_str_radix(digits, 16).ok());
        uuid::Builder::from_random_bytes(bits.unwrap_or_default().to_be_bytes()).into_uuid()
    }
}

/// What the records have at `path`; nothing unless each has a text there that can be shown as it is.
fn values(records: &[Record<'_>], path: &str) -> Option<BTreeSet<String>> {
    let path = FieldPath::new(path);
    let mut all = BTreeSet::new();
    for record in records {
        let text = match record.field(&path)? {
            Value::Str(text) => text.into_owned(),
            _ => return None,
        };
        let is_plain = sentence(&text) == text && text.chars().count() <= LONGEST;
        if !is_plain || text.is_empty() {
            return None;
        }
        all.insert(text);
    }
    Some(all)
}

fn same(records: &[Record<'_>], field: &str) -> Option<Part> {
    let values = values(records, field)?;
    (values.len() == 1).then(|| Part::literal(field, values))
}

fn several(records: &[Record<'_>], field: &str) -> Option<Part> {
    let values = values(records, field)?;
    (1..=SEVERAL)
        .contains(&values.len())
        .then(|| Part::literal(field, values))
}

/// The address; if there are several, the network of the size that one site has.
fn origin(records: &[Record<'_>]) -> Option<Part> {
    let all = values(records, ADDRESS)?;
    if all.len() == 1 {
        return Some(Part::literal(ADDRESS, all));
    }
    let networks: Option<BTreeSet<String>> = all.iter().map(|one| network(one)).collect();
    let networks = networks?;
    (networks.len() == 1).then(|| Part {
        field: format!("{ADDRESS}|cidr"),
        values: networks.into_iter().collect(),
    })
}

fn network(address: &str) -> Option<String> {
    Some(match address.parse().ok()? {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    })
}

/// Parameters of the request that are the same in all of several events: in one alone everything is, also
/// what is new each time.
fn asked_for(records: &[Record<'_>]) -> Vec<Part> {
    let [first, _, ..] = records else {
        return Vec::new();
    };
    let parameters = first.request_parameters();
    let names = parameters
        .into_iter()
        .flat_map(detect::cloudtrail::Json::entries);
    let names = names.map(|(name, _)| name.decoded().into_owned());
    let plain = names.filter(|name| name.bytes().all(|b| b.is_ascii_alphanumeric()));
    plain
        .filter_map(|name| same(records, &format!("requestParameters.{name}")))
        .take(PARAMETERS)
        .collect()
}

impl Part {
    fn literal(field: &str, values: BTreeSet<String>) -> Self {
        Self {
            field: field.to_owned(),
            values: values.into_iter().map(|value| literal(&value)).collect(),
        }
    }
}
