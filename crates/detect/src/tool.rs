//! With what a call was made, told from the user agent.
//!
//! A caller may write anything there: a known attack tool is worth a look, a harmless one proves
//! nothing. Only the first [`MAX_USER_AGENT`] bytes are read, once, for all names at a time.
//!
//! Source: AWS SDKs and Tools Reference Guide, *User agent* and the user agents of the tools
//! themselves; CloudTrail user guide, *CloudTrail record contents*, `userAgent`.

mod table;

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::{Deserialize, Serialize};

use self::table::{KNOWN, UNUSUAL_SYSTEMS};
use crate::cloudtrail::Record;
use crate::language::Language;

/// How much of a user agent is read, in bytes; CloudTrail itself cuts it at 1 KB.
pub const MAX_USER_AGENT: usize = 1024;

/// A tool that calls AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tool {
    /// The name in alerts and rules, such as `aws-cli`.
    pub name: &'static str,
    /// What its use says about the caller.
    pub class: ToolClass,
    /// The name for people, with its article where English wants one.
    label: Label,
}

/// What the use of a tool says about the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolClass {
    /// Nothing.
    Ordinary,
    /// It comes from a system made for break-ins, such as Kali Linux.
    UnusualOs,
    /// It serves defenders and attackers alike: scanners, bulk copiers.
    DualUse,
    /// It was made to attack, or to play attacks through.
    Attack,
}

/// A tool's name for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    /// The same in every language: `Terraform`.
    Name(&'static str),
    /// With an article in English: `the AWS CLI`.
    The(&'static str),
    /// Translated.
    Words(crate::language::Words),
}

impl Tool {
    /// The tool of the call in `record`; absent if it names none that is known.
    #[must_use]
    pub fn of(record: &Record<'_>) -> Option<Self> {
        let tool = Self::from_user_agent(&record.user_agent()?)?;
        let browsed = tool.name == "browser" && is_console_call(record);
        Some(if browsed { table::CONSOLE } else { tool })
    }

    /// The tool that a user agent names.
    ///
    /// ```
    /// # use detect::tool::Tool;
    /// let agent = "aws-cli/2.9.19 Python/3.11.2 Linux/6.5.0-kali3-amd64 source/x86_64.kali.2023";
    /// let tool = Tool::from_user_agent(agent).expect("a known tool");
    /// assert_eq!((tool.name, tool.class.as_str()), ("aws-cli", "unusual-os"));
    /// ```
    #[must_use]
    pub fn from_user_agent(agent: &str) -> Option<Self> {
        let agent = &agent[..agent.floor_char_boundary(MAX_USER_AGENT)];
        let agent = agent.trim_matches(['[', ']', ' ']);
        if let Some(service) = service(agent) {
            return Some(service);
        }
        let mut tool = named(agent)?;
        if tool.class == ToolClass::Ordinary && is_unusual_system(agent) {
            tool.class = ToolClass::UnusualOs;
        }
        Some(tool)
    }

    /// The name for people, as it follows *with*: `the AWS CLI`, `Terraform`.
    #[must_use]
    pub fn label(self, language: Language) -> Cow<'static, str> {
        match (self.label, language) {
            (Label::Name(name), _) | (Label::The(name), Language::ZhCn) => name.into(),
            (Label::The(name), Language::En) => format!("the {name}").into(),
            (Label::Words(words), _) => words.to(language).into(),
        }
    }
}

impl ToolClass {
    /// The name, as in rules: `ordinary`, `unusual-os`, `dual-use`, `attack`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::UnusualOs => "unusual-os",
            Self::DualUse => "dual-use",
            Self::Attack => "attack",
        }
    }
}

/// A service that calls on somebody's behalf writes its name and nothing else.
fn service(agent: &str) -> Option<Tool> {
    let name = agent
        .strip_suffix(".amazonaws.com")
        .or_else(|| agent.strip_suffix(".amazonaws.com.cn"))?;
    if name.contains(|c: char| c.is_whitespace() || c == '/') {
        return None;
    }
    Some(match name {
        "cloudformation" => table::CLOUDFORMATION,
        "console" | "signin" => table::CONSOLE,
        _ if name.starts_with("console.") => table::CONSOLE,
        _ => table::AWS_SERVICE,
    })
}

/// The known name in `agent` that stands highest in the table, for an agent names several: the
/// CLI its SDK, Terraform its SDK, everything its language.
fn named(agent: &str) -> Option<Tool> {
    static NAMES: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| searcher(KNOWN.iter().map(|(needle, _)| *needle)));
    NAMES
        .as_ref()?
        .find_overlapping_iter(agent)
        .map(|found| found.pattern().as_usize())
        .min()
        .map(|row| KNOWN[row].1)
}

fn is_unusual_system(agent: &str) -> bool {
    static SYSTEMS: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| searcher(UNUSUAL_SYSTEMS.iter().copied()));
    // Not the beginning of a longer word.
    let ends = |end: usize| !agent[end..].starts_with(|c: char| c.is_ascii_alphabetic());
    SYSTEMS
        .as_ref()
        .is_some_and(|systems| systems.find_iter(agent).any(|found| ends(found.end())))
}

/// `None` only if the names outgrow the automaton, which a test rules out.
fn searcher(names: impl Iterator<Item = &'static str>) -> Option<AhoCorasick> {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(names)
        .ok()
}

/// Whether a browser's call came by way of the console.
fn is_console_call(record: &Record<'_>) -> bool {
    let from_console = record.get("sessionCredentialFromConsole");
    let flagged = from_console
        .is_some_and(|flag| flag.as_bool() == Some(true) || flag.raw_str() == Some("true"));
    flagged
        || record
            .event_type()
            .is_some_and(|kind| kind.starts_with("AwsConsole"))
}

#[cfg(test)]
mod tests;
