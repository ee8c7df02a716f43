//! Questions that are asked so often that they have a flag of their own.

use std::cmp::Ordering;
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;
use sigma::FieldPath;

use crate::compare::{Check, Operand};
use crate::expr::{Expr, Query, Test};
use crate::instant::Span;
use crate::pattern::Pattern;

/// Where a record says who called.
const PRINCIPAL: [&str; 5] = [
    "trailhound.principal.key",
    "trailhound.principal.name",
    "userIdentity.arn",
    "userIdentity.userName",
    "userIdentity.sessionContext.sourceIdentity",
];

/// Where a record says which key was used, made, changed or handed out.
const KEY: [&str; 4] = [
    "userIdentity.accessKeyId",
    "requestParameters.accessKeyId",
    "responseElements.accessKey.accessKeyId",
    "responseElements.credentials.accessKeyId",
];

/// Where a record says what it is about.
const EVENT: [&str; 3] = ["eventName", "trailhound.eventName", "eventID"];

impl Query {
    /// Calls by this principal: its key, name, ARN or source identity; wildcards allowed.
    #[must_use]
    pub fn principal(text: &str) -> Self {
        Self::any(&PRINCIPAL, text)
    }

    /// Calls that were signed with this access key, or made, changed or handed it out.
    #[must_use]
    pub fn key(text: &str) -> Self {
        Self::any(&KEY, text)
    }

    /// Calls of this API, or the one event with this id; wildcards allowed.
    #[must_use]
    pub fn event(text: &str) -> Self {
        Self::any(&EVENT, text)
    }

    /// Calls that name this resource: an ARN, the end of one, a name or an id; wildcards allowed.
    #[must_use]
    pub fn resource(text: &str) -> Self {
        Self::of(Expr::Resource(Pattern::new(text)))
    }

    /// Calls from this address or network; `None` for anything else.
    #[must_use]
    pub fn address(text: &str) -> Option<Self> {
        let network = text
            .parse::<IpNet>()
            .ok()
            .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
        let mut operand = Operand::new(text, Timestamp::UNIX_EPOCH);
        operand.network = Some(network);
        Some(Self::of(test(
            "sourceIPAddress",
            Check::AnyOf(vec![operand]),
        )))
    }

    /// Calls from `since` on and before `until`.
    #[must_use]
    pub fn between(since: Timestamp, until: Timestamp) -> Self {
        let bound = |at: Timestamp, side, or_equal| {
            let mut operand = Operand::new("", at);
            operand.text = at.to_string();
            operand.span = Some(Span {
                start: at,
                last: at,
            });
            let check = Check::Order {
                side,
                or_equal,
                operand,
            };
            test("eventTime", check)
        };
        Self::of(Expr::All(vec![
            bound(since, Ordering::Greater, true),
            bound(until, Ordering::Less, false),
        ]))
    }

    fn any(paths: &[&str], text: &str) -> Self {
        let pattern = Pattern::new(text);
        let check = match pattern.plain() {
            Some(_) => Check::AnyOf(vec![Operand::new(text, Timestamp::UNIX_EPOCH)]),
            None => Check::Like(pattern),
        };
        let tests = paths.iter().map(|path| test(path, check.clone()));
        Self::of(Expr::Any(tests.collect()))
    }
}

fn test(path: &str, check: Check) -> Expr {
    Expr::Test(Test {
        path: FieldPath::new(path),
        check,
    })
}
