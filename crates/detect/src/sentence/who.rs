//! The subject of a sentence, and where and with what it acted.

use std::net::IpAddr;

use crate::cloudtrail::Record;
use crate::language::Language;
use crate::neutral::neutral;
use crate::principal::{Principal, PrincipalKind};
use crate::tool::{Tool, ToolClass};

use super::glue;
use super::services::service_name;
use super::template::quoted;

/// How many characters of a user agent that names no known tool are shown.
const MAX_AGENT: usize = 40;

/// The principal as the subject of a sentence, in lower case: ``IAM user `maria` ``.
pub(super) fn subject(record: &Record<'_>, who: &Principal, language: Language) -> String {
    // What a service does by itself has no identity in the record.
    let by_itself = record.event_type().as_deref() == Some("AwsServiceEvent");
    if by_itself && who.kind == PrincipalKind::Unknown {
        let service = service(&record.event_source());
        return match language {
            Language::En => format!("the AWS service {service}"),
            Language::ZhCn => format!("AWS 服务 {service}"),
        };
    }
    subject_of(who, language)
}

/// The principal in as few words as tell it from others: ``user `maria` ``.
pub(super) fn briefly(record: &Record<'_>, who: &Principal, language: Language) -> String {
    let name = quoted(&who.name);
    let (en, zh) = match who.kind {
        PrincipalKind::IamUser => ("user", "用户"),
        PrincipalKind::AssumedRole => ("role", "角色"),
        PrincipalKind::IdentityCenter => ("", "用户"),
        PrincipalKind::Federated => ("federated", "联合身份"),
        PrincipalKind::Account => ("account", "账户"),
        PrincipalKind::Root if language == Language::En => return "root".to_owned(),
        PrincipalKind::Root => return "根用户".to_owned(),
        PrincipalKind::Anonymous if language == Language::En => return "somebody".to_owned(),
        PrincipalKind::Service | PrincipalKind::Anonymous | PrincipalKind::Unknown => {
            return subject(record, who, language);
        }
    };
    match language {
        Language::En => format!("{en} {name}").trim_start().to_owned(),
        Language::ZhCn => format!("{zh} {name}"),
    }
}

/// The principal as the subject of a sentence, whatever it did.
pub(crate) fn subject_of(who: &Principal, language: Language) -> String {
    let name = quoted(&who.name);
    let account = who.account.as_deref().map(quoted);
    match language {
        Language::En => subject_en(who, &name, account.as_deref()),
        Language::ZhCn => subject_zh(who, &name, account.as_deref()),
    }
}

fn subject_en(who: &Principal, name: &str, account: Option<&str>) -> String {
    match who.kind {
        PrincipalKind::IamUser => format!("IAM user {name}"),
        PrincipalKind::AssumedRole => match &who.session {
            Some(session) => format!("role {name} (session {})", quoted(session)),
            None => format!("role {name}"),
        },
        PrincipalKind::Root => match account {
            Some(account) => format!("the root user of account {account}"),
            None => "the root user".to_owned(),
        },
        PrincipalKind::Service => format!("the AWS service {}", service(&who.name)),
        PrincipalKind::Federated => format!("federated identity {name}"),
        PrincipalKind::IdentityCenter => match who.permission_set() {
            Some(set) => format!(
                "Identity Center user {name} (permission set {})",
                quoted(set)
            ),
            None => format!("Identity Center user {name}"),
        },
        PrincipalKind::Anonymous => "somebody without credentials".to_owned(),
        PrincipalKind::Account => format!("somebody of account {name}"),
        PrincipalKind::Unknown => match account {
            Some(account) => format!("somebody unknown in account {account}"),
            None => "somebody unknown".to_owned(),
        },
    }
}

fn subject_zh(who: &Principal, name: &str, account: Option<&str>) -> String {
    match who.kind {
        PrincipalKind::IamUser => format!("IAM 用户 {name}"),
        PrincipalKind::AssumedRole => match &who.session {
            Some(session) => format!("角色 {name}（会话 {}）", quoted(session)),
            None => format!("角色 {name}"),
        },
        PrincipalKind::Root => match account {
            Some(account) => format!("账户 {account} 的根用户"),
            None => "根用户".to_owned(),
        },
        PrincipalKind::Service => format!("AWS 服务 {}", service(&who.name)),
        PrincipalKind::Federated => format!("联合身份 {name}"),
        PrincipalKind::IdentityCenter => match who.permission_set() {
            Some(set) => format!("Identity Center 用户 {name}（权限集 {}）", quoted(set)),
            None => format!("Identity Center 用户 {name}"),
        },
        PrincipalKind::Anonymous => "未提供凭证的访问者".to_owned(),
        PrincipalKind::Account => format!("账户 {name} 的调用者"),
        PrincipalKind::Unknown => match account {
            Some(account) => format!("账户 {account} 中身份不明的调用者"),
            None => "身份不明的调用者".to_owned(),
        },
    }
}

/// A service's own name where we know it, otherwise its host name as written.
fn service(host: &str) -> String {
    let name = service_name(host);
    if host.starts_with(&*name) {
        quoted(host)
    } else {
        name.into_owned()
    }
}

/// From where: ` from 203.0.113.9`, ` through the service CloudFormation`; empty where the record
/// does not say or the principal is the service itself.
pub(super) fn place(record: &Record<'_>, who: &Principal, language: Language) -> String {
    let Some(source) = record.source_ip().filter(|source| !source.is_empty()) else {
        return String::new();
    };
    let en = language == Language::En;
    if who.kind == PrincipalKind::Service {
        String::new()
    } else if source == "AWS Internal" {
        if en {
            " from inside AWS"
        } else {
            "在 AWS 内部"
        }
        .to_owned()
    } else if is_service(&source) {
        let service = service(&source);
        if en {
            format!(" through the service {service}")
        } else {
            glued("通过服务", &service)
        }
    } else {
        let source = match source.parse::<IpAddr>() {
            Ok(address) => address.to_string(),
            Err(_) => quoted(&source),
        };
        if en {
            format!(" from {source}")
        } else {
            format!("从 {source}")
        }
    }
}

fn is_service(source: &str) -> bool {
    crate::derived::is_service_address(source)
}

/// With what: ` with the AWS CLI`; empty where the record does not say, or the place says it.
pub(super) fn means(record: &Record<'_>, who: &Principal, language: Language) -> String {
    let named = Tool::of(record);
    let by_service = who.kind == PrincipalKind::Service
        || record.source_ip().is_some_and(|source| is_service(&source));
    let label = match named {
        _ if by_service => return String::new(),
        Some(tool) if is_plain_sign_in(record, tool) => return String::new(),
        Some(tool) if tool.name == "aws-service" => return through_a_service(language),
        Some(tool) => tool.label(language).into_owned(),
        None => match record.user_agent().filter(|agent| !agent.is_empty()) {
            Some(agent) => format!("`{}`", neutral(&agent, MAX_AGENT)),
            None => return String::new(),
        },
    };
    let unusual = named.is_some_and(|tool| tool.class == ToolClass::UnusualOs);
    match (language, unusual) {
        (Language::En, false) => format!(" with {label}"),
        (Language::En, true) => format!(" with {label} on a penetration-testing system"),
        (Language::ZhCn, false) => glued("使用", &label),
        (Language::ZhCn, true) => glued("在渗透测试系统上使用", &label),
    }
}

/// A service that calls on from the caller's own address, as those behind the console do.
fn through_a_service(language: Language) -> String {
    match language {
        Language::En => " through an AWS service",
        Language::ZhCn => "通过 AWS 服务",
    }
    .to_owned()
}

/// Two pieces of Chinese, with a space where other letters begin.
fn glued(before: &str, after: &str) -> String {
    let mut text = before.to_owned();
    glue(&mut text, after);
    text
}

/// That people sign in to the console with a browser goes without saying.
fn is_plain_sign_in(record: &Record<'_>, tool: Tool) -> bool {
    record.event_source().starts_with("signin.") && matches!(tool.name, "console" | "browser")
}
