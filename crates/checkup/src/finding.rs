//! One thing that is wrong.

use std::borrow::Cow;

use detect::render::sentence;
use detect::shell::quote;
use serde::Serialize;
use sigma::Level;

/// One thing that is wrong, why it matters, and what mends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A word for programs, the same from version to version.
    pub id: &'static str,
    /// How bad it is.
    #[serde(serialize_with = "as_text")]
    pub level: Level,
    /// The trail, bucket, key, topic or region that it is about.
    pub about: String,
    /// What is wrong.
    pub what: String,
    /// Why it matters.
    pub why: Cow<'static, str>,
    /// The titles of the rules that cannot match for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// The command that mends it; what a person must fill in stands in angle brackets.
    pub command: Option<String>,
}

fn as_text<S: serde::Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(level)
}

impl Finding {
    /// A finding without a command.
    #[must_use]
    pub fn new(
        id: &'static str,
        level: Level,
        about: &str,
        what: impl Into<String>,
        why: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            id,
            level,
            about: sentence(about),
            what: sentence(&what.into()),
            why: why.into(),
            rules: Vec::new(),
            command: None,
        }
    }

    /// With the rules that cannot match for it.
    #[must_use]
    pub fn blinding(mut self, titles: &[&str]) -> Self {
        self.rules = titles.iter().map(|title| sentence(title)).collect();
        self
    }

    /// With the command that mends it; `{}` in `template` is filled with `values`, quoted for a shell.
    #[must_use]
    pub fn mended_by(mut self, template: &str, values: &[&str]) -> Self {
        let mut parts = template.split("{}");
        let mut command = parts.next().unwrap_or_default().to_owned();
        let mut values = values.iter();
        for part in parts {
            match values.next() {
                Some(value) => command += &quote(value),
                // Empty braces of JSON.
                None => command += "{}",
            }
            command += part;
        }
        self.command = Some(command);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_for_the_shell() {
        let finding = Finding::new("x", Level::Low, "a\u{1b}b", "`c`", "because")
            .mended_by("aws x --name {} --region {}", &["a; rm -rf /", "eu-west-1"]);
        assert_eq!(
            finding.command.as_deref(),
            Some("aws x --name 'a; rm -rf /' --region eu-west-1")
        );
        assert_eq!(finding.about, "a␛b");
        let json = finding.mended_by("x {} '{\"a\":{}}'", &["b"]);
        assert_eq!(json.command.as_deref(), Some("x b '{\"a\":{}}'"));
    }
}
