//! Keys that hand out keys.

use std::collections::{BTreeMap, BTreeSet};

use detect::cloudtrail::Record;
use detect::principal::Principal;
use jiff::Timestamp;
use serde::Serialize;

/// How many keys a chain may have: a pipeline's key opens thousands of sessions.
const LONGEST: usize = 10_000;

/// How deep a chain may be.
const DEEPEST: usize = 32;

/// One key handed out by a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Handover {
    /// When.
    pub time: Timestamp,
    /// The key that signed the call; absent where a service or an identity provider made it.
    pub from: Option<String>,
    /// The principal that made the call.
    pub by: String,
    /// The key that was handed out.
    pub to: String,
    /// The call, such as `AssumeRole`.
    pub call: String,
    /// The ARN of the session, or the user whose key it is.
    pub whose: Option<String>,
}

impl Handover {
    /// The handover in `record`, if it is one that worked.
    #[must_use]
    pub fn of(record: &Record<'_>) -> Option<Self> {
        let answer = record.response_elements()?;
        let call = record.plain_event_name();
        let text = |path: &[&str]| answer.at(path)?.as_str().map(Into::into);
        let (to, whose) = match (&*record.event_source(), &*call) {
            (
                "sts.amazonaws.com",
                "AssumeRole" | "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity" | "AssumeRoot",
            ) => (
                text(&["credentials", "accessKeyId"])?,
                text(&["assumedRoleUser", "arn"]),
            ),
            ("sts.amazonaws.com", "GetFederationToken") => (
                text(&["credentials", "accessKeyId"])?,
                text(&["federatedUser", "arn"]),
            ),
            ("sts.amazonaws.com", "GetSessionToken") => {
                (text(&["credentials", "accessKeyId"])?, None)
            }
            ("iam.amazonaws.com", "CreateAccessKey") => (
                text(&["accessKey", "accessKeyId"])?,
                text(&["accessKey", "userName"]),
            ),
            _ => return None,
        };
        let who = Principal::of(record);
        Some(Self {
            time: record.event_time(),
            from: who.access_key_id.filter(|key| *key != to),
            by: who.key,
            to,
            call: call.into_owned(),
            whose,
        })
    }
}

/// All handovers, by the key handed out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handovers(BTreeMap<String, Handover>);

impl Handovers {
    /// Notes the handover in `record`, if it is one.
    pub fn add(&mut self, record: &Record<'_>) {
        if let Some(handover) = Handover::of(record) {
            self.note(handover);
        }
    }

    /// Of two that claim the same key, such as the copies that two accounts have of one call, the one that
    /// knows the key it came from counts, then the first.
    fn note(&mut self, handover: Handover) {
        let known = self
            .0
            .entry(handover.to.clone())
            .or_insert_with(|| handover.clone());
        let rank = |one: &Handover| (one.from.is_none(), one.clone());
        if rank(&handover) < rank(known) {
            *known = handover;
        }
    }

    /// Adds what others have noted.
    pub fn merge(&mut self, other: Self) {
        other
            .0
            .into_values()
            .for_each(|handover| self.note(handover));
    }

    /// How `key` came about, if that was seen.
    #[must_use]
    pub fn of(&self, key: &str) -> Option<&Handover> {
        self.0.get(key)
    }

    /// The chain of `key`: from what it came, and all that came from it.
    #[must_use]
    pub fn chain(&self, key: &str) -> Chain {
        let mut above = Vec::new();
        let mut at = key;
        while let Some(from) = self.of(at).and_then(|handover| handover.from.as_deref()) {
            if above.len() >= DEEPEST || from == key || above.iter().any(|one| one == from) {
                break;
            }
            above.push(from.to_owned());
            at = from;
        }
        above.reverse();
        let mut links: Vec<_> = above
            .iter()
            .enumerate()
            .map(|(depth, key)| Link {
                key: key.clone(),
                depth,
            })
            .collect();
        let mut seen: BTreeSet<String> = above.into_iter().collect();
        self.descend(key, links.len(), &mut seen, &mut links);
        Chain { links }
    }

    fn descend(&self, key: &str, depth: usize, seen: &mut BTreeSet<String>, links: &mut Vec<Link>) {
        if depth > DEEPEST || links.len() >= LONGEST || !seen.insert(key.to_owned()) {
            return;
        }
        links.push(Link {
            key: key.to_owned(),
            depth,
        });
        let mut below: Vec<_> = self
            .0
            .values()
            .filter(|handover| handover.from.as_deref() == Some(key))
            .collect();
        below.sort();
        for handover in below {
            self.descend(&handover.to, depth + 1, seen, links);
        }
    }
}

/// Keys that belong together, in the order of a tree: each behind the one it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// The keys.
    pub links: Vec<Link>,
}

/// A key in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The key.
    pub key: String,
    /// How many keys stand above it.
    pub depth: usize,
}

#[cfg(test)]
mod tests {
    use detect::cloudtrail::layout;
    use proptest::prelude::*;

    use super::*;

    fn handover(from: &str, to: &str) -> Handovers {
        let text = format!(
            r#"{{"eventSource":"sts.amazonaws.com","eventName":"AssumeRole","eventTime":"2026-11-22T14:00:00Z","userIdentity":{{"type":"IAMUser","accessKeyId":"{from}","arn":"arn:aws:iam::111122223333:user/maria"}},"responseElements":{{"credentials":{{"accessKeyId":"{to}"}},"assumedRoleUser":{{"arn":"arn:aws:sts::111122223333:assumed-role/Deploy/x"}}}}}}"#
        );
        let mut handovers = Handovers::default();
        handovers.add(&Record::new(&text, layout::of(&text).unwrap()).unwrap());
        handovers
    }

    fn all(pairs: &[(&str, &str)]) -> Handovers {
        let mut all = Handovers::default();
        pairs
            .iter()
            .for_each(|(from, to)| all.merge(handover(from, to)));
        all
    }

    fn drawn(chain: &Chain) -> Vec<String> {
        chain
            .links
            .iter()
            .map(|link| format!("{}{}", " ".repeat(link.depth), link.key))
            .collect()
    }

    #[test]
    fn a_chain_has_what_a_key_came_from_and_all_that_came_from_it() {
        let all = all(&[
            ("A", "B"),
            ("B", "C"),
            ("B", "D"),
            ("D", "E"),
            ("A", "X"),
            ("Y", "Z"),
        ]);
        assert_eq!(drawn(&all.chain("B")), ["A", " B", "  C", "  D", "   E"]);
        assert_eq!(drawn(&all.chain("E")), ["A", " B", "  D", "   E"]);
        assert_eq!(drawn(&all.chain("nobody")), ["nobody"]);
    }

    #[test]
    fn a_call_that_failed_hands_nothing_out() {
        let text = r#"{"eventSource":"sts.amazonaws.com","eventName":"AssumeRole","eventTime":"2026-11-22T14:00:00Z","errorCode":"AccessDenied","responseElements":null}"#;
        assert_eq!(
            Handover::of(&Record::new(text, layout::of(text).unwrap()).unwrap()),
            None
        );
    }

    proptest! {
        #[test]
        fn circles_end_and_each_key_stands_once(pairs in prop::collection::vec(("[A-E]", "[A-E]"), 0..12)) {
            let pairs: Vec<_> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let chain = all(&pairs).chain("A");
            let keys: BTreeSet<_> = chain.links.iter().map(|link| &link.key).collect();
            prop_assert_eq!(keys.len(), chain.links.len());
        }
    }
}
