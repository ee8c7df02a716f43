//! What every Sigma document says about itself, whatever its kind.
//!
//! Source: Sigma specification 2.1, "Sigma rules", metadata fields.

use std::str::FromStr;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::Date;
use yaml_tree::{Kind, Node};

use crate::error::Problem;
use crate::level::{LEVELS, Level, STATUSES, Status};
use crate::location::{Location, Mark, Source};
use crate::report::Report;
use crate::suggest::nearest;

/// What a document says about itself.
#[derive(Debug, Clone)]
pub struct Header {
    pub(crate) source: Arc<Source>,
    pub(crate) at: Mark,
    location: Location,
    title: String,
    id: Option<String>,
    name: Option<String>,
    level: Option<Level>,
    status: Option<Status>,
    description: Option<String>,
    author: Option<String>,
    pub(crate) date: Option<(Mark, String)>,
    pub(crate) modified: Option<(Mark, String)>,
    references: Vec<String>,
    tags: Vec<String>,
    pub(crate) tag_marks: Vec<Mark>,
    falsepositives: Vec<String>,
    extensions: IndexMap<String, yaml_serde::Value>,
    pub(crate) extension_marks: Vec<Mark>,
}

impl Header {
    /// What the document detects, in a few words.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Its globally unique id, a UUID by convention.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The name by which correlations and filters may refer to it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// How bad it is when it matches; [`Level::Medium`] if the author did not say.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level.unwrap_or(Level::Medium)
    }

    /// Whether the author said how bad it is.
    #[must_use]
    pub fn has_level(&self) -> bool {
        self.level.is_some()
    }

    /// How mature it is.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.status
    }

    /// What it detects, and why that matters.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Who wrote it.
    #[must_use]
    pub fn author(&self) -> Option<&str> {
        self.author.as_deref()
    }

    /// When it was written; `None` if the author did not say, or did not write a date.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.date.as_ref().and_then(|(_, text)| parse_date(text))
    }

    /// When it was last changed; `None` as for [`date`](Self::date).
    #[must_use]
    pub fn modified(&self) -> Option<Date> {
        self.modified
            .as_ref()
            .and_then(|(_, text)| parse_date(text))
    }

    /// Where to read more.
    #[must_use]
    pub fn references(&self) -> &[String] {
        &self.references
    }

    /// Such as `attack.t1562.008`.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// What is harmless and matches all the same.
    #[must_use]
    pub fn falsepositives(&self) -> &[String] {
        &self.falsepositives
    }

    /// Where the document begins.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The value of a top-level key that the specification leaves to users, such as `trailhound`;
    /// not `tests`, which a rule reads itself.
    #[must_use]
    pub fn extension(&self, key: &str) -> Option<&yaml_serde::Value> {
        self.extensions.get(key)
    }

    /// Every such key, in the author's order.
    pub fn extensions(&self) -> impl Iterator<Item = (&str, &yaml_serde::Value)> {
        self.extensions
            .iter()
            .map(|(key, value)| (key.as_str(), value))
    }

    /// Whether `reference` is this document's id or name.
    #[must_use]
    pub fn is_called(&self, reference: &str) -> bool {
        self.id() == Some(reference) || self.name() == Some(reference)
    }
}

/// A date with dashes, or with slashes as Sigma 1 wrote it.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    text.replace('/', "-").parse().ok()
}

/// The metadata keys of the specification, and those read here; all others belong to users.
const STANDARD: [&str; 23] = [
    "title",
    "id",
    "name",
    "related",
    "taxonomy",
    "status",
    "description",
    "license",
    "author",
    "references",
    "date",
    "modified",
    "fields",
    "falsepositives",
    "level",
    "tags",
    "scope",
    "sigma-version",
    "logsource",
    "generate",
    "custom_attributes",
    "tests",
    "unless-followed-by",
];

/// The keys that say what kind of document it is.
pub(crate) const SECTIONS: [&str; 3] = ["detection", "correlation", "filter"];

/// Every top-level key that has a meaning, for suggestions.
pub(crate) fn known_keys() -> impl Iterator<Item = &'static str> {
    STANDARD.into_iter().chain(SECTIONS).chain(["trailhound"])
}

/// Reads a header; every problem goes to the report. `None` only if there is no title.
pub(crate) fn read(root: &Node, report: &mut Report) -> Option<Header> {
    check_version(root, report);
    let title = required_text(root, "title", "`title: What this detects`", report);
    let (tags, tag_marks) = texts(root, "tags", report).into_iter().unzip();
    let extensions = extensions(root);
    let header = Header {
        source: Arc::clone(report.source()),
        at: root.at,
        location: report.locate(root.at),
        title: title.unwrap_or_default(),
        id: text(root, "id", report),
        name: text(root, "name", report),
        level: one_of(root, "level", LEVELS, Level::as_str, report),
        status: one_of(root, "status", STATUSES, Status::as_str, report),
        description: text(root, "description", report),
        author: text(root, "author", report),
        date: marked_text(root, "date", report),
        modified: marked_text(root, "modified", report),
        references: plain_texts(root, "references", report),
        tags,
        tag_marks,
        falsepositives: plain_texts(root, "falsepositives", report),
        extension_marks: extensions.iter().map(|(at, ..)| *at).collect(),
        extensions: extensions
            .into_iter()
            .map(|(_, key, value)| (key, value))
            .collect(),
    };
    (!header.title.is_empty()).then_some(header)
}

/// The text under a key that must be there.
pub(crate) fn required_text(
    node: &Node,
    key: &'static str,
    example: &'static str,
    report: &mut Report,
) -> Option<String> {
    match node.get(key) {
        Some(value) if !value.is_null() => text(node, key, report),
        _ => {
            report.add(node.at, Problem::Missing { key, example });
            None
        }
    }
}

/// The text under a key that may be absent; numbers and dates count as text.
pub(crate) fn text(node: &Node, key: &str, report: &mut Report) -> Option<String> {
    marked_text(node, key, report).map(|(_, text)| text)
}

fn marked_text(node: &Node, key: &str, report: &mut Report) -> Option<(Mark, String)> {
    let value = node.get(key).filter(|value| !value.is_null())?;
    let Some(text) = value.text() else {
        report.wrong_type(value, key, "text");
        return None;
    };
    Some((value.at, text.trim_end().to_owned()))
}

/// The texts under a key: one, a list, or none.
pub(crate) fn texts(node: &Node, key: &str, report: &mut Report) -> Vec<(String, Mark)> {
    let Some(value) = node.get(key).filter(|value| !value.is_null()) else {
        return Vec::new();
    };
    let values = match &value.kind {
        Kind::List(values) => values.as_slice(),
        _ => std::slice::from_ref(value),
    };
    let mut texts = Vec::with_capacity(values.len());
    for value in values {
        match value.text() {
            Some(text) => texts.push((text.to_owned(), value.at)),
            None => report.wrong_type(value, key, "text, or a list of texts"),
        }
    }
    texts
}

fn plain_texts(node: &Node, key: &str, report: &mut Report) -> Vec<String> {
    texts(node, key, report)
        .into_iter()
        .map(|(text, _)| text)
        .collect()
}

fn one_of<T: Copy + FromStr>(
    root: &Node,
    key: &'static str,
    all: [T; 5],
    name: fn(T) -> &'static str,
    report: &mut Report,
) -> Option<T> {
    let (at, found) = marked_text(root, key, report)?;
    if let Ok(known) = found.parse() {
        return Some(known);
    }
    let known: Vec<_> = all.into_iter().map(name).collect();
    let suggestion = nearest(&found, known.iter().copied()).map(str::to_owned);
    report.add(
        at,
        Problem::NotOneOf {
            what: key,
            found,
            known,
            suggestion,
        },
    );
    None
}

/// A document may only be written for a specification that is known here.
fn check_version(root: &Node, report: &mut Report) {
    let Some(version) = root.get("sigma-version") else {
        return;
    };
    let major = rsigma_parser::version::major_from_value(&version.to_value());
    if !matches!(major, Some(1..=3)) {
        let text = version.text().unwrap_or_default().to_owned();
        report.add(version.at, Problem::UnknownVersion(text));
    }
}

fn extensions(root: &Node) -> Vec<(Mark, String, yaml_serde::Value)> {
    let pairs = root.map().unwrap_or_default();
    let named = pairs
        .iter()
        .filter_map(|(key, value)| Some((key.at, key.text()?, value)));
    named
        .filter(|(_, key, _)| !STANDARD.contains(key) && !SECTIONS.contains(key))
        .map(|(at, key, value)| (at, key.to_owned(), value.to_value()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_dashes_or_slashes() {
        let date = jiff::civil::date(2026, 11, 22);
        assert_eq!(parse_date("2026-11-22"), Some(date));
        assert_eq!(parse_date("2026/11/22"), Some(date));
        assert_eq!(parse_date("22.11.2026"), None);
    }
}
