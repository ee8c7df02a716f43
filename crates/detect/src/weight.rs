//! How much one event says for a whole alert.
//!
//! An alert of many events is told by one of them. The first by time is often a failed attempt, and
//! whoever reads *it failed* goes back to sleep: so what was done outweighs what was tried, and what lets
//! in strangers outweighs all else. Of what CloudTrail Insights noticed the end tells, for it knows how much
//! it was.

use serde::{Deserialize, Serialize};

use crate::cloudtrail::Record;
use crate::derived;
use crate::insight::Insight;
use crate::outcome::Outcome;

/// How much an event weighs; the default is the least.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub(crate) enum Weight {
    /// It failed, or was a dry run.
    #[default]
    Tried,
    /// It worked.
    Done,
    /// It worked, and gave somebody the whole account or let everybody in; or it is the end of an Insight.
    LetIn,
}

impl Weight {
    /// The weight of the event in `record`.
    pub(crate) fn of(record: &Record<'_>) -> Self {
        if !Outcome::of(record).is_success() {
            Self::Tried
        } else if says_most(record) {
            Self::LetIn
        } else {
            Self::Done
        }
    }

    /// Whether the event in `record` weighs more than this: asked of each event of a noisy alert, and no
    /// more is asked than that takes.
    pub(crate) fn is_exceeded_by(self, record: &Record<'_>) -> bool {
        match self {
            Self::Tried => Outcome::of(record).is_success(),
            Self::Done => says_most(record) && Outcome::of(record).is_success(),
            Self::LetIn => false,
        }
    }

    /// Whether the event in `record` weighs as much as this, or more.
    pub(crate) fn is_reached_by(self, record: &Record<'_>) -> bool {
        match self {
            Self::Tried => true,
            Self::Done => Self::Tried.is_exceeded_by(record),
            Self::LetIn => Self::Done.is_exceeded_by(record),
        }
    }
}

fn says_most(record: &Record<'_>) -> bool {
    if record.read_only() == Some(true) {
        return false;
    }
    // Asked by its category first, which is at hand.
    if record.event_category().as_deref() == Some("Insight") {
        return Insight::of(record).is_some_and(|insight| insight.is_over());
    }
    let given = derived::grants(record);
    given.contains("admin")
        || given.contains("public")
        || derived::shares(record).contains("public")
        || derived::opens(record).contains("world")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::layout;

    fn text(fields: &str) -> String {
        format!(
            r#"{{"eventSource":"ec2.amazonaws.com","eventName":"AuthorizeSecurityGroupIngress","eventTime":"2026-11-22T14:02:11Z",{fields}}}"#
        )
    }

    fn weight(fields: &str) -> Weight {
        let text = text(fields);
        Weight::of(&Record::new(&text, layout::of(&text).unwrap()).unwrap())
    }

    #[test]
    fn a_deed_outweighs_an_attempt_and_an_open_door_both() {
        let range = |range: &str| {
            format!(
                r#""requestParameters":{{"ipPermissions":{{"items":[{{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{{"items":[{{"cidrIp":"{range}"}}]}}}}]}}}}"#
            )
        };
        let (world, office) = (range("0.0.0.0/0"), range("198.51.100.0/24"));
        let denied = format!(r#"{world},"errorCode":"Client.UnauthorizedOperation""#);
        assert_eq!(weight(&denied), Weight::Tried);
        assert_eq!(weight(&office), Weight::Done);
        assert_eq!(weight(&world), Weight::LetIn);
        assert!(Weight::Tried < Weight::Done && Weight::Done < Weight::LetIn);
        let all = [
            (denied, Weight::Tried),
            (office, Weight::Done),
            (world, Weight::LetIn),
        ];
        for (fields, of) in &all {
            for (_, known) in &all {
                let text = text(fields);
                let record = Record::new(&text, layout::of(&text).unwrap()).unwrap();
                assert_eq!(
                    known.is_exceeded_by(&record),
                    *known < *of,
                    "{known:?} {of:?}"
                );
                assert_eq!(
                    known.is_reached_by(&record),
                    *known <= *of,
                    "{known:?} {of:?}"
                );
            }
        }
    }
}
