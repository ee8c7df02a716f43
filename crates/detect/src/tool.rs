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
    SYSTEMS
        .as_ref()
        .is_some_and(|systems| systems.is_match(agent))
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
mod tests {
    use super::*;
    use crate::cloudtrail::layout;
    use proptest::prelude::*;

    #[test]
    fn user_agents_name_their_tools() {
        for (agent, name, class) in [
            (
                "aws-cli/2.2.16 Python/3.8.8 Darwin/20.5.0 exe/x86_64 prompt/off command/s3.sync",
                "aws-cli",
                "ordinary",
            ),
            (
                "[aws-cli/1.18.69 Python/3.8.5 Linux/5.4.0 botocore/1.16.19]",
                "aws-cli",
                "ordinary",
            ),
            (
                "aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux#6.6.9-amd64 md/distrib#kali.2024 md/prompt#off",
                "aws-cli",
                "unusual-os",
            ),
            (
                "Boto3/1.26.1 Python/3.10.8 Linux/6.0.0-kali6-amd64 Botocore/1.29.1",
                "boto3",
                "unusual-os",
            ),
            (
                "Boto3/1.18.1 Python/3.9.5 Linux/4.14.238 Botocore/1.21.1",
                "boto3",
                "ordinary",
            ),
            ("Botocore/1.21.1", "botocore", "ordinary"),
            (
                "APN/1.0 HashiCorp/1.0 Terraform/1.5.7 (+https://www.terraform.io) terraform-provider-aws/5.31.0 aws-sdk-go-v2/1.24.0",
                "terraform",
                "ordinary",
            ),
            (
                "APN/1.0 HashiCorp/1.0 Terraform/1.6.0 (+https://www.terraform.io) OpenTofu/1.6.0 terraform-provider-aws/5.31.0",
                "opentofu",
                "ordinary",
            ),
            (
                "APN/1.0 Pulumi/1.0 PulumiAws/6.0 aws-sdk-go/1.44.1",
                "pulumi",
                "ordinary",
            ),
            (
                "aws-sdk-go-v2/1.24.0 os/linux lang/go#1.21",
                "aws-sdk-go",
                "ordinary",
            ),
            (
                "aws-sdk-js/3.300.0 os/linux#5.10 lang/js md/nodejs#18.12.1",
                "aws-sdk-js",
                "ordinary",
            ),
            (
                "aws-sdk-rust/1.0 os/linux lang/rust/1.75",
                "aws-sdk-rust",
                "ordinary",
            ),
            (
                "aws-cdk/2.100.0 aws-sdk-nodejs/2.1.0",
                "aws-cdk",
                "ordinary",
            ),
            (
                "S3Console/0.4, aws-internal/3 aws-sdk-java/1.11.1002",
                "console",
                "ordinary",
            ),
            ("console.ec2.amazonaws.com", "console", "ordinary"),
            ("signin.amazonaws.com", "console", "ordinary"),
            ("AWS CloudWatch Console", "console", "ordinary"),
            ("cloudformation.amazonaws.com", "cloudformation", "ordinary"),
            ("delivery.logs.amazonaws.com", "aws-service", "ordinary"),
            ("AWS Internal", "aws-service", "ordinary"),
            (
                "aws-internal/3 aws-sdk-java/1.11.997",
                "aws-service",
                "ordinary",
            ),
            (
                "aws-cli/2.15.0 Python/3.11.6 Linux/6.1 exec-env/CloudShell exe/x86_64",
                "cloudshell",
                "ordinary",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) Firefox/118.0",
                "browser",
                "ordinary",
            ),
            (
                "stratus-red-team_ea782787-a65d-4fc4-9fca-1c97869a9a25",
                "stratus-red-team",
                "attack",
            ),
            ("aws-sdk-go/1.44 TruffleHog", "trufflehog", "attack"),
            ("aws-cli/1.0 pacu", "pacu", "attack"),
            (
                "Boto3/1.26.1 Python/3.9 Botocore/1.29.1 APN_1826889 prowler",
                "prowler",
                "dual-use",
            ),
            (
                "S3 Browser/11.6.7 (https://s3browser.com)",
                "s3-browser",
                "dual-use",
            ),
            ("rclone/v1.65.0", "rclone", "dual-use"),
        ] {
            let tool = Tool::from_user_agent(agent).unwrap_or_else(|| panic!("{agent}"));
            assert_eq!((tool.name, tool.class.as_str()), (name, class), "{agent}");
        }
    }

    #[test]
    fn strangers_have_no_name() {
        for agent in ["", "[]", "my-own-script", "x y.amazonaws.com", "alkaline"] {
            assert_eq!(Tool::from_user_agent(agent), None, "{agent}");
        }
    }

    #[test]
    fn what_stands_beyond_the_limit_is_not_read() {
        let agent = format!("{}pacu", "é".repeat(MAX_USER_AGENT / 2));
        assert_eq!(Tool::from_user_agent(&agent), None);
    }

    #[test]
    fn a_browser_at_the_console_is_the_console() {
        for (field, name) in [
            (r#""eventType":"AwsConsoleSignIn""#, "console"),
            (r#""sessionCredentialFromConsole":"true""#, "console"),
            (r#""eventType":"AwsApiCall""#, "browser"),
        ] {
            let text = format!(
                r#"{{"eventSource":"a","eventName":"b","eventTime":"2026-11-22T14:02:11Z","userAgent":"Mozilla/5.0",{field}}}"#
            );
            let record = Record::new(&text, layout::of(&text).unwrap()).unwrap();
            assert_eq!(Tool::of(&record).unwrap().name, name);
        }
    }

    #[test]
    fn labels_follow_with() {
        for (agent, en, zh) in [
            ("aws-cli/2", "the AWS CLI", "AWS CLI"),
            ("Terraform/1", "Terraform", "Terraform"),
            ("console.amazonaws.com", "the console", "控制台"),
        ] {
            let tool = Tool::from_user_agent(agent).unwrap();
            assert_eq!(tool.label(Language::En), en);
            assert_eq!(tool.label(Language::ZhCn), zh);
        }
    }

    #[test]
    fn all_names_fit_the_automaton() {
        assert!(searcher(KNOWN.iter().map(|(needle, _)| *needle)).is_some());
        assert!(searcher(UNUSUAL_SYSTEMS.iter().copied()).is_some());
    }

    proptest! {
        #[test]
        fn any_user_agent_is_fine(agent in ".{0,200}", pad in 0_usize..1100) {
            let _ = Tool::from_user_agent(&format!("{}{agent}", "é".repeat(pad)));
        }
    }
}
