//! The beginning of a record as CloudTrail writes it, read in one go.
//!
//! CloudTrail's records begin with the same eight members in the same order, without a blank between
//! them. Where they do, nothing needs to be looked up: the words between the values are compared, the
//! values are passed over. Whatever differs by a single byte is left to the walk from member to member.
//!
//! Invariant: finds what that walk finds, or nothing; a test compares the two.

use super::Scan;
use super::lanes::{Compare, Lanes};
use super::nested::Nested;

/// Where the values of the first members lie: from the opening quote or brace, to behind the closing one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usual {
    /// Of `userIdentity`, an object.
    pub user_identity: (usize, usize),
    /// Of `eventTime`; this and the others are strings.
    pub event_time: (usize, usize),
    /// Of `eventSource`.
    pub event_source: (usize, usize),
    /// Of `eventName`.
    pub event_name: (usize, usize),
    /// Of `awsRegion`.
    pub aws_region: (usize, usize),
    /// Of `sourceIPAddress`.
    pub source_ip_address: (usize, usize),
    /// Of `userAgent`.
    pub user_agent: (usize, usize),
}

/// The first members, and how the object ends; `None` if it does not begin in the usual way.
#[inline(always)]
pub(super) fn usual_by(bytes: &[u8], compare: &impl Compare) -> Option<(Usual, Scan)> {
    let lanes = &Lanes { bytes, compare };
    let mut walk = Walk { lanes, at: 0 };
    walk.text(b"{\"eventVersion\":\"")?;
    let usual = Usual {
        user_identity: walk.object(b",\"userIdentity\":{")?,
        event_time: walk.text(b",\"eventTime\":\"")?,
        event_source: walk.text(b",\"eventSource\":\"")?,
        event_name: walk.text(b",\"eventName\":\"")?,
        aws_region: walk.text(b",\"awsRegion\":\"")?,
        source_ip_address: walk.text(b",\"sourceIPAddress\":\"")?,
        user_agent: walk.text(b",\"userAgent\":\"")?,
    };
    let end = match Nested::object().closing_bracket(lanes, walk.at) {
        Ok(end) => Scan::Complete(end + 1),
        Err(scan) => scan,
    };
    Some((usual, end))
}

/// A place in the object, moved forward member by member.
struct Walk<'l, 'b, C> {
    lanes: &'l Lanes<'b, C>,
    at: usize,
}

impl<C: Compare> Walk<'_, '_, C> {
    /// A string, if what comes next is `before`, which ends in its opening quote.
    #[inline(always)]
    fn text<const LENGTH: usize>(&mut self, before: &[u8; LENGTH]) -> Option<(usize, usize)> {
        let start = self.pass(before)?;
        let end = self.lanes.closing_quote(start + 1)? + 1;
        self.at = end;
        Some((start, end))
    }

    /// An object, if what comes next is `before`, which ends in its opening brace.
    #[inline(always)]
    fn object<const LENGTH: usize>(&mut self, before: &[u8; LENGTH]) -> Option<(usize, usize)> {
        let start = self.pass(before)?;
        let end = Nested::value(b'{')
            .closing_bracket(self.lanes, start)
            .ok()?
            + 1;
        self.at = end;
        Some((start, end))
    }

    /// The place of the last byte of `before`, if that is what comes next.
    #[inline(always)]
    fn pass<const LENGTH: usize>(&self, before: &[u8; LENGTH]) -> Option<usize> {
        let next = self.lanes.bytes.get(self.at..)?.first_chunk::<LENGTH>()?;
        (next == before).then_some(self.at + LENGTH - 1)
    }
}
