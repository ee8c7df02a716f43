//! A record field by field, in plain labels.

use crate::cloudtrail::{Json, Record, json::Kind};
use crate::derived;
use crate::language::{Language, Words, words};
use crate::neutral::neutral;
use crate::outcome::Outcome;
use crate::principal::Principal;
use crate::secret::masked;
use crate::tool::Tool;

use super::services::service_name;

/// How many characters of a value are shown.
const MAX_VALUE: usize = 200;

/// How many parameters of a request are shown.
const MAX_PARAMETERS: usize = 40;

/// How deep into a request the shown parameters may lie.
const MAX_DEPTH: usize = 8;

/// One line below the sentence: a label, and a value that is safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What the value is, in the reader's language.
    pub label: String,
    /// The value, on one line and at most 200 characters long.
    pub value: String,
}

/// What `record` says, field by field; what it does not say is left out.
#[must_use]
pub fn facts(record: &Record<'_>, language: Language) -> Vec<Fact> {
    let mut list = List {
        language,
        facts: Vec::new(),
    };
    list.when_and_who(record);
    list.what(record);
    list.origin(record);
    list.outcome(record);
    list.consequences(record);
    list.parameters(record);
    list.add(words("Event ID", "事件 ID"), record.event_id().as_deref());
    list.facts
}

struct List {
    language: Language,
    facts: Vec<Fact>,
}

impl List {
    fn add(&mut self, label: Words, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.facts.push(Fact {
                label: label.to(self.language).to_owned(),
                value: neutral(value, MAX_VALUE),
            });
        }
    }

    fn say(&mut self, label: Words, value: Words) {
        self.add(label, Some(value.to(self.language)));
    }

    fn when_and_who(&mut self, record: &Record<'_>) {
        let who = Principal::of(record);
        let time = record.event_time().to_string();
        self.add(words("Time (UTC)", "时间（UTC）"), Some(&time));
        self.add(words("Principal", "身份"), Some(&who.key));
        self.add(words("Kind", "身份类型"), Some(who.kind.as_str()));
        self.add(words("Session", "会话"), who.session.as_deref());
        self.add(
            words("Source identity", "源身份"),
            who.source_identity.as_deref(),
        );
        self.add(
            words("Access key", "访问密钥"),
            who.access_key_id.as_deref(),
        );
        self.add(words("Account", "账户"), record.account().as_deref());
        self.add(words("Region", "区域"), record.region().as_deref());
    }

    fn what(&mut self, record: &Record<'_>) {
        let service = service_name(&record.event_source());
        self.add(words("Service", "服务"), Some(&service));
        self.add(words("Call", "调用"), Some(&record.event_name()));
        let reads = match record.read_only() {
            Some(true) => words("only reads", "只读"),
            Some(false) => words("may change something", "可能作出更改"),
            None => return,
        };
        self.say(words("Effect", "作用"), reads);
    }

    fn origin(&mut self, record: &Record<'_>) {
        self.add(words("From", "来源"), record.source_ip().as_deref());
        if let Some(tool) = Tool::of(record) {
            let label = tool.label(self.language);
            self.add(words("Tool", "工具"), Some(&label));
        }
        self.add(
            words("User agent", "用户代理"),
            record.user_agent().as_deref(),
        );
        let used = match derived::mfa(record) {
            Some(true) => words("yes", "是"),
            Some(false) => words("no", "否"),
            None => return,
        };
        self.say(words("Second factor used", "是否使用 MFA"), used);
    }

    fn outcome(&mut self, record: &Record<'_>) {
        let result = match Outcome::of(record) {
            Outcome::Success => words("it worked", "成功").to(self.language).to_owned(),
            Outcome::Failure(denial) => {
                let reason = denial.reason(self.language);
                match self.language {
                    Language::En => format!("it failed because {reason}"),
                    Language::ZhCn => format!("未成功：{reason}"),
                }
            }
        };
        self.add(words("Result", "结果"), Some(&result));
        self.add(
            words("Error code", "错误代码"),
            record.error_code().as_deref(),
        );
        self.add(
            words("Error message", "错误信息"),
            record.error_message().as_deref(),
        );
    }

    fn consequences(&mut self, record: &Record<'_>) {
        for (label, tags) in [
            (words("Grants", "授予"), derived::grants(record)),
            (words("Opens", "开放"), derived::opens(record)),
            (words("Shares with", "共享给"), derived::shares(record)),
        ] {
            let tags: Vec<_> = tags.into_iter().collect();
            self.add(label, Some(&tags.join(", ")));
        }
    }

    fn parameters(&mut self, record: &Record<'_>) {
        let mut leaves = Vec::new();
        if let Some(request) = record.request_parameters() {
            collect("", request, MAX_DEPTH, &mut leaves);
        }
        let kind = words("Parameter", "参数").to(self.language);
        for (path, value) in leaves {
            let value = masked(&path, value.into());
            self.facts.push(Fact {
                label: format!("{kind} {}", neutral(&path, MAX_VALUE)),
                value: neutral(&value, MAX_VALUE),
            });
        }
    }
}

/// The first leaves of a request with their paths.
fn collect(path: &str, json: Json<'_>, depth: usize, leaves: &mut Vec<(String, String)>) {
    if leaves.len() >= MAX_PARAMETERS || depth == 0 {
        return;
    }
    match json.kind() {
        Kind::Object => {
            for (key, value) in json.entries().take(MAX_PARAMETERS) {
                let key = key.decoded();
                let path = if path.is_empty() {
                    key.into_owned()
                } else {
                    format!("{path}.{key}")
                };
                collect(&path, value, depth - 1, leaves);
            }
        }
        Kind::Array => {
            for value in json.elements().take(MAX_PARAMETERS) {
                collect(path, value, depth - 1, leaves);
            }
        }
        Kind::String => leaves.push((path.to_owned(), json.as_str().unwrap_or_default().into())),
        Kind::Bool | Kind::Number => leaves.push((path.to_owned(), json.raw().to_owned())),
        Kind::Null | Kind::Malformed => {}
    }
}
