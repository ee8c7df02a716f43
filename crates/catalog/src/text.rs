//! The lists as text, and how their lines are read.
//!
//! The format is described in `tools/catalog.py`, and for what is kept by hand at the head of
//! `data/additions.txt`.

use std::io::Read;
use std::sync::LazyLock;

use flate2::read::ZlibDecoder;

/// What the service models say, unpacked.
pub(crate) static MODELS: LazyLock<String> = LazyLock::new(|| {
    let deflated = include_bytes!("../data/apis.txt.z").as_slice();
    let mut text = String::new();
    ZlibDecoder::new(deflated)
        .read_to_string(&mut text)
        .expect("tools/catalog.py wrote this file, and a test unpacks it");
    text
});

/// What they do not say.
pub(crate) const ADDITIONS: &str = include_str!("../data/additions.txt");

/// One line of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'t> {
    /// `=cloudtrail.amazonaws.com`: the events that follow are of this source.
    Source(&'t str),
    /// `*`: the source has more events than are listed.
    Open,
    /// `-PutPublicAccessBlock`: CloudTrail does not write this name.
    Without(&'t str),
    /// `StopLogging name`: an event and its parameters.
    Event(&'t str, Shape<'t>),
}

/// What is said of an event's request parameters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shape<'t> {
    /// `?`: spelled in a way of their own.
    Irregular,
    /// Their names, possibly none.
    Named {
        /// `~`: the first letter may be of either case.
        either_case: bool,
        names: Vec<&'t str>,
    },
}

/// The lines of a list; comments and empty lines are passed over.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(line)
}

fn line(text: &str) -> Line<'_> {
    if let Some(source) = text.strip_prefix('=') {
        return Line::Source(source);
    }
    if let Some(name) = text.strip_prefix('-') {
        return Line::Without(name);
    }
    if text == "*" {
        return Line::Open;
    }
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    Line::Event(name, shape(rest))
}

fn shape(text: &str) -> Shape<'_> {
    if text == "?" {
        return Shape::Irregular;
    }
    let (either_case, rest) = match text.strip_prefix('~') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    Shape::Named {
        either_case,
        names: rest.split_whitespace().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_is_read() {
        let text = "# a comment\n\n=s3.amazonaws.com\n*\nPutBucketPolicy ?\n-PutPublicAccessBlock\n\
                    StopLogging name\nDeleteDetector ~ detectorId\nLeaveOrganization\n";
        let named = |either_case, names| Shape::Named { either_case, names };
        assert_eq!(
            lines(text).collect::<Vec<_>>(),
            [
                Line::Source("s3.amazonaws.com"),
                Line::Open,
                Line::Event("PutBucketPolicy", Shape::Irregular),
                Line::Without("PutPublicAccessBlock"),
                Line::Event("StopLogging", named(false, vec!["name"])),
                Line::Event("DeleteDetector", named(true, vec!["detectorId"])),
                Line::Event("LeaveOrganization", named(false, vec![])),
            ]
        );
    }

    #[test]
    fn both_lists_hold_only_names() {
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_graphic());
        for line in lines(&MODELS).chain(lines(ADDITIONS)) {
            let good = match &line {
                Line::Source(source) => source.ends_with(".amazonaws.com"),
                Line::Open => true,
                Line::Without(name) | Line::Event(name, Shape::Irregular) => is_name(name),
                Line::Event(name, Shape::Named { names, .. }) => {
                    is_name(name) && names.iter().all(|name| is_name(name) && *name != "?")
                }
            };
            assert!(good, "{line:?}");
        }
    }
}
