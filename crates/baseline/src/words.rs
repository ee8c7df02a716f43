//! What was unusual, in words: counts with a base and a period, for whom it is new, and since when.

use detect::language::Language;
use detect::neutral::neutral;
use detect::principal::PrincipalKind;

use crate::dimension::{Circle, Dimension};
use crate::evidence::{Anomaly, Many, New, Places, Signal, What};
use crate::rates::Metric;

/// How many characters of a value are shown.
const SHOWN: usize = 80;

/// How many pieces of evidence are told; the others add little.
const TOLD: usize = 8;

/// Below so many days learned it is said that much is still new.
const LEARNING: u16 = 14;

/// All that is to be said, a sentence each, the strongest first.
#[must_use]
pub(crate) fn why(anomaly: &Anomaly, language: Language) -> Vec<String> {
    let told = anomaly.signals.iter().take(TOLD);
    let mut why: Vec<_> = told
        .map(|signal| sentence(anomaly, signal, language))
        .collect();
    why.push(how_often(anomaly, language));
    if anomaly.learned < LEARNING {
        let days = anomaly.learned;
        why.push(match language {
            Language::En => format!(
                "Only {} were learned from so far, so more than usual is new",
                things(days.into(), "day")
            ),
            Language::ZhCn => format!("目前只学习了 {days} 天，因此新事物偏多"),
        });
    }
    why
}

fn how_often(anomaly: &Anomaly, language: Language) -> String {
    let score = anomaly.score;
    let days = anomaly.once_in.round().max(1.0);
    match language {
        Language::En => format!(
            "Together a score of {score:.1}, where {:.1} is told; as much comes about once in {} of an account",
            anomaly.threshold,
            things(days as u64, "day")
        ),
        Language::ZhCn => format!(
            "合计得分 {score:.1}，达到 {:.1} 即告警；每个账户约 {days} 天出现一次",
            anomaly.threshold
        ),
    }
}

/// One sentence for a subject: who, and what is most unusual.
#[must_use]
pub(crate) fn summary(anomaly: &Anomaly, language: Language) -> String {
    let who = who(anomaly, language);
    let strongest: Vec<_> = anomaly
        .signals
        .iter()
        .take(3)
        .map(|signal| brief(signal, language))
        .collect();
    match language {
        Language::En => format!(
            "{who} did what is unusual for it: {}.",
            strongest.join("; ")
        ),
        Language::ZhCn => format!("{who}的行为异常：{}。", strongest.join("；")),
    }
}

fn who(anomaly: &Anomaly, language: Language) -> String {
    let name = shown(&anomaly.who.name);
    let (en, zh) = match anomaly.who.kind {
        _ if anomaly.who.is_account() => ("Account", "账户"),
        PrincipalKind::IamUser => ("IAM user", "IAM 用户"),
        PrincipalKind::AssumedRole => ("Role", "角色"),
        PrincipalKind::IdentityCenter => ("Identity Center user", "Identity Center 用户"),
        PrincipalKind::Root => ("Root user", "根用户"),
        PrincipalKind::Federated => ("Federated principal", "联合身份"),
        _ => ("Principal", "主体"),
    };
    match language {
        Language::En => format!("{en} {name}"),
        Language::ZhCn => format!("{zh} {name} "),
    }
}

fn brief(signal: &Signal, language: Language) -> String {
    match (&signal.what, language) {
        (What::New(new), Language::En) => format!(
            "{} {} for the first time",
            kind(new.dimension).0,
            shown(&new.value)
        ),
        (What::New(new), Language::ZhCn) => {
            format!("首次出现{} {}", kind(new.dimension).1, shown(&new.value))
        }
        (What::Many(many), Language::En) => format!(
            "{} {} in {}",
            number(many.count.into()),
            counted(many.metric).0,
            span(many.window, language)
        ),
        (What::Many(many), Language::ZhCn) => format!(
            "{}内 {} {}",
            span(many.window, language),
            number(many.count.into()),
            counted(many.metric).1
        ),
        (What::Places(_), Language::En) => "one credential in two places".to_owned(),
        (What::Places(_), Language::ZhCn) => "同一凭证在两处使用".to_owned(),
    }
}

/// One piece of evidence.
#[must_use]
pub(crate) fn sentence(anomaly: &Anomaly, signal: &Signal, language: Language) -> String {
    match &signal.what {
        What::New(new) => first_time(new, language),
        What::Many(many) => more(many, language),
        What::Places(places) => two_places(anomaly, places, language),
    }
}

fn first_time(new: &New, language: Language) -> String {
    let value = shown(&new.value);
    let (en, zh) = kind(new.dimension);
    let days = u64::from(new.days);
    let (calls, per_day) = (number(new.calls), rate(new.a_day));
    let else_ = others(new, language);
    match (language, new.last_seen) {
        (Language::En, Some(ago)) => format!(
            "{en} {value} again after {}; {else_}",
            things(ago.into(), "day")
        ),
        (Language::ZhCn, Some(ago)) => format!("{zh} {value} 时隔 {ago} 天再次出现；{else_}"),
        (Language::En, None) => format!(
            "{en} {value} for the first time: in none of {calls} calls on {}; {else_}; {per_day} such firsts a day are usual here",
            things(days, "day")
        ),
        (Language::ZhCn, None) => format!(
            "首次出现{zh} {value}：此前 {days} 天的 {calls} 次调用中从未出现；{else_}；平时每天约有 {per_day} 次此类首次"
        ),
    }
}

fn others(new: &New, language: Language) -> String {
    let (with, peers) = (new.peers_with, new.peers);
    let alone = peers == 0 && matches!(new.circle, Circle::Account | Circle::Organisation);
    match language {
        Language::En if alone => "there is no other of its kind, others did".to_owned(),
        Language::ZhCn if alone => "没有同类主体，其他主体做过".to_owned(),
        Language::En => match new.circle {
            Circle::Same => "the same person does so with another role or account".to_owned(),
            Circle::Peers => format!(
                "{} of {} of its kind did",
                number(with.into()),
                things(peers.max(with).into(), "other")
            ),
            Circle::Account => format!(
                "none of {} of its kind ever did, others in the account did",
                things(peers.into(), "other")
            ),
            Circle::Organisation => format!(
                "none of {} of its kind ever did, nor anybody in the account; others in the organisation did",
                things(peers.into(), "other")
            ),
            Circle::Nobody => "nobody ever did".to_owned(),
            Circle::Home => {
                "nobody calls from there, but it is a country that the caller calls from".to_owned()
            }
            Circle::Abroad => "nobody ever called from that country".to_owned(),
            Circle::Hosting => {
                "nobody calls from there, and machines can be rented there".to_owned()
            }
            Circle::Aws => {
                "nobody calls from there; it is AWS, where anybody can rent machines".to_owned()
            }
        },
        Language::ZhCn => match new.circle {
            Circle::Same => "同一人在其他角色或账户中有过".to_owned(),
            Circle::Peers => format!("{} 个同类主体中有 {with} 个做过", peers.max(with)),
            Circle::Account => format!("{peers} 个同类主体均未做过，账户内有其他主体做过"),
            Circle::Organisation => {
                format!("{peers} 个同类主体及本账户均未做过，组织内有其他主体做过")
            }
            Circle::Nobody => "从未有人做过".to_owned(),
            Circle::Home => "从未有人从该网络调用，但调用者曾从该国家调用".to_owned(),
            Circle::Abroad => "从未有人从该国家调用".to_owned(),
            Circle::Hosting => "从未有人从该网络调用，且该处可租用机器".to_owned(),
            Circle::Aws => "从未有人从该处调用；这是 AWS，任何人都可租用机器".to_owned(),
        },
    }
}

fn more(many: &Many, language: Language) -> String {
    let (en, zh) = counted(many.metric);
    let count = number(many.count.into());
    let (usual, highest) = (rate(many.usual), number(many.highest.round() as u64));
    let window = span(many.window, language);
    let most = many.most_by.as_ref().map(|(who, most)| {
        let (who, most) = (shown(who), number((*most).into()));
        match language {
            Language::En => format!("; most by {who}: {most}"),
            Language::ZhCn => format!("；最多的是 {who}：{most}"),
        }
    });
    let most = most.unwrap_or_default();
    match language {
        Language::En => {
            format!("{count} {en} in {window}; usual are {usual}, at most {highest} before{most}")
        }
        Language::ZhCn => {
            format!("{window}内 {count} {zh}；平时 {usual}，此前最高 {highest}{most}")
        }
    }
}

fn two_places(anomaly: &Anomaly, places: &Places, language: Language) -> String {
    let (before, now) = (shown(&places.before), shown(&places.now));
    let key = tail(&anomaly.who.credential);
    let minutes = places.minutes;
    match language {
        Language::En => {
            let instance = if places.instance {
                ", though it was handed to an instance"
            } else {
                ""
            };
            let switches = if places.switches > 1 {
                format!(", {} changes so far", places.switches)
            } else {
                String::new()
            };
            format!(
                "One credential{key} used from {before} and, {} later, from {now}{instance}{switches}",
                things(minutes.into(), "minute")
            )
        }
        Language::ZhCn => {
            let instance = if places.instance {
                "，而该凭证是发给实例的"
            } else {
                ""
            };
            let switches = if places.switches > 1 {
                format!("，已切换 {} 次", places.switches)
            } else {
                String::new()
            };
            format!(
                "同一凭证{key}先后在 {before} 与 {now} 使用，相隔 {minutes} 分钟{instance}{switches}"
            )
        }
    }
}

/// The last letters of a key, by which people find it.
fn tail(key: &str) -> String {
    let from = key.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    match &key[from..] {
        "" => String::new(),
        end => format!(" (…{})", neutral(end, 8)),
    }
}

fn shown(text: &str) -> String {
    match text {
        "" => "?".to_owned(),
        text => format!("`{}`", neutral(text, SHOWN)),
    }
}

fn kind(dimension: Dimension) -> (&'static str, &'static str) {
    match dimension {
        Dimension::Read
        | Dimension::SensitiveRead
        | Dimension::Write
        | Dimension::SensitiveWrite
        | Dimension::GraveWrite => ("API", "接口"),
        Dimension::Service => ("service", "服务"),
        Dimension::Error => ("error", "错误"),
        Dimension::Network => ("network", "网络"),
        Dimension::Region => ("region", "区域"),
        Dimension::Tool => ("tool", "工具"),
        Dimension::Mfa => ("sign-in", "登录方式"),
        Dimension::Secret => ("secret", "机密"),
        Dimension::Parameter => ("parameter", "参数"),
        Dimension::Bucket => ("bucket", "存储桶"),
        Dimension::Role => ("role", "角色"),
        Dimension::Make => ("instance family or model", "实例系列或模型"),
        Dimension::Share => ("share with", "共享对象"),
        Dimension::Target => ("change of user", "被更改的用户"),
        Dimension::Hours => ("at work", "工作时段"),
        Dimension::Address => ("address", "地址"),
        Dimension::Pair => ("pair of networks", "网络对"),
    }
}

fn counted(metric: Metric) -> (&'static str, &'static str) {
    match metric {
        Metric::Calls => ("calls", "次调用"),
        Metric::Denied => ("calls that were not allowed", "次被拒绝的调用"),
        Metric::Apis => ("different APIs", "种接口"),
        Metric::NewApis => ("APIs that are new for it", "种首次使用的接口"),
        Metric::ObjectReads => ("objects read from S3", "次 S3 对象读取"),
        Metric::SensitiveReads => ("reads of secrets, passwords or permissions", "次敏感读取"),
        Metric::SensitiveWrites => ("changes of permissions or of what is watched", "次敏感更改"),
        Metric::Deletes => ("deletions", "次删除"),
        Metric::Models => ("calls to models", "次模型调用"),
        Metric::Regions => ("different regions", "个区域"),
        Metric::Secrets => ("different secrets and parameters", "个机密和参数"),
        Metric::Changes => (
            "changes of its set-up, by everybody together",
            "次配置更改（所有身份合计）",
        ),
        Metric::Failures => (
            "calls that failed, by everybody together",
            "次失败的调用（所有身份合计）",
        ),
        Metric::NewThings => (
            "secrets, parameters, buckets and roles that are new for it",
            "个首次触及的资源",
        ),
    }
}

fn span(seconds: u32, language: Language) -> String {
    match (seconds / 60, language) {
        (1440, Language::En) => "a day".to_owned(),
        (1440, Language::ZhCn) => "一天".to_owned(),
        (60, Language::En) => "an hour".to_owned(),
        (60, Language::ZhCn) => "一小时".to_owned(),
        (minutes, Language::En) => format!("{minutes} minutes"),
        (minutes, Language::ZhCn) => format!("{minutes} 分钟"),
    }
}

/// A rate with as many digits as mean something.
fn rate(rate: f64) -> String {
    match rate {
        rate if rate < 0.01 => "fewer than 0.01".to_owned(),
        rate if rate < 1.0 => format!("{rate:.2}"),
        rate => format!("{rate:.1}"),
    }
}

fn things(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{} {what}s", number(count)),
    }
}

/// With commas.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests;
