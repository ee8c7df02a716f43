//! Facts in the language of the reader.
//!
//! An alert holds its facts in English, for programs and people alike. The forms that
//! [`facts`](crate::facts) and correlations write are said in Chinese here; a fact of any other form stays
//! as it is, for a fact in a foreign language is better than none.

use crate::language::Language;

/// `fact` in `language`.
pub(super) fn to(fact: &str, language: Language) -> String {
    match language {
        Language::En => fact.to_owned(),
        Language::ZhCn => in_chinese(fact).unwrap_or_else(|| fact.to_owned()),
    }
}

fn in_chinese(fact: &str) -> Option<String> {
    field(fact)
        .or_else(|| step(fact))
        .or_else(|| span(fact))
        .or_else(|| bounds(fact))
        .or_else(|| sum(fact))
}

/// `` `path` is `value` ``, of one event or of all.
fn field(fact: &str) -> Option<String> {
    let (path, value) = fact.strip_prefix('`')?.split_once("` is ")?;
    Some(match value.strip_suffix(" in all of them") {
        Some(value) => format!("所有事件的 `{path}` 均为 {value}"),
        None => format!("`{path}` 的值为 {value}"),
    })
}

/// ``at 2026-11-22T14:02:11Z: `StopLogging` matched `A rule` ``
fn step(fact: &str) -> Option<String> {
    let (time, rest) = fact.strip_prefix("at ")?.split_once(": `")?;
    let (call, rule) = rest.split_once("` matched ")?;
    Some(format!("{time}：`{call}` 匹配规则 {rule}"))
}

/// `5 calls from … to …`
fn span(fact: &str) -> Option<String> {
    let (count, times) = fact.split_once(" from ")?;
    let (first, last) = times.split_once(" to ")?;
    let (least, count) = at_least(count);
    let count = count
        .strip_suffix(" calls")
        .or(count.strip_suffix(" call"))?;
    Some(format!("{first} 至 {last} 之间{least} {count} 次调用"))
}

fn at_least(count: &str) -> (&str, &str) {
    match count.strip_prefix("at least ") {
        Some(count) => ("至少有", count),
        None => ("共有", count),
    }
}

const BOUNDS: [(&str, &str); 6] = [
    ("more than ", "多于"),
    ("at least ", "至少"),
    ("fewer than ", "少于"),
    ("at most ", "至多"),
    ("exactly ", "恰好"),
    ("anything but ", "不等于"),
];

/// A span of time such as `1 h 30 min`.
fn lasting(span: &str) -> String {
    let zh = |word| match word {
        "min" => "分钟",
        "h" => "小时",
        "d" | "day" | "days" => "天",
        "s" => "秒",
        other => other,
    };
    span.split(' ').map(zh).collect::<Vec<_>>().join(" ")
}

/// `together … points from … tactics, where points fade by half in …; the correlation asks for …`
fn sum(fact: &str) -> Option<String> {
    let (points, rest) = fact
        .strip_prefix("together ")?
        .split_once(" points from ")?;
    let (tactics, rest) = rest.split_once(" tactics, where points fade by half in ")?;
    let (half, rest) = rest.split_once("; the correlation asks for ")?;
    let (bounds, rest) = rest.split_once(" points from at least ")?;
    let (wanted, span) = rest.split_once(" tactics within ")?;
    let bounds = BOUNDS
        .iter()
        .fold(bounds.replace(" and ", "且"), |words, (en, zh)| {
            words.replace(en, &format!("{zh} "))
        });
    let (half, span) = (lasting(half), lasting(span));
    Some(format!(
        "合计 {points} 分，来自 {tactics} 个战术，分值每 {half}减半；关联规则要求在 {span}内{bounds} 分，且至少来自 {wanted} 个战术"
    ))
}

/// `the correlation asks for … within …`
fn bounds(fact: &str) -> Option<String> {
    let asked = fact.strip_prefix("the correlation asks for ")?;
    let (asked, span) = asked.rsplit_once(" within ")?;
    let span = lasting(span);
    if asked == "all of this" {
        return Some(format!("关联规则要求以上各项在 {span}内全部出现"));
    }
    let (bound, zh) = BOUNDS.iter().find(|(bound, _)| asked.starts_with(bound))?;
    let (number, what) = asked[bound.len()..].split_once(' ')?;
    let what = match what.strip_prefix("different values of ") {
        Some(field) => format!("{field} 有{zh} {number} 个不同的值"),
        None if matches!(what, "event" | "events") => format!("有{zh} {number} 个事件"),
        None => return None,
    };
    Some(format!("关联规则要求在 {span}内，{what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_its_chinese() {
        for (en, zh) in [
            (
                "`eventName` is `StopLogging`",
                "`eventName` 的值为 `StopLogging`",
            ),
            (
                "`userIdentity.userName` is `maria` in all of them",
                "所有事件的 `userIdentity.userName` 均为 `maria`",
            ),
            (
                "at 2026-11-22T14:02:11Z: `StopLogging` matched `A rule`",
                "2026-11-22T14:02:11Z：`StopLogging` 匹配规则 `A rule`",
            ),
            ("at least 5 calls from A to B", "A 至 B 之间至少有 5 次调用"),
            ("1 call from A to B", "A 至 B 之间共有 1 次调用"),
            (
                "the correlation asks for all of this within 1 h 30 min",
                "关联规则要求以上各项在 1 小时 30 分钟内全部出现",
            ),
            (
                "the correlation asks for at least 5 events within 10 min",
                "关联规则要求在 10 分钟内，有至少 5 个事件",
            ),
            (
                "the correlation asks for more than 3 different values of `requestParameters.secretId` within 1 day",
                "关联规则要求在 1 天内，`requestParameters.secretId` 有多于 3 个不同的值",
            ),
            (
                "together 30.0 points from 3 tactics, where points fade by half in 6 h; the correlation asks for at least 25 points from at least 3 tactics within 1 day",
                "合计 30.0 分，来自 3 个战术，分值每 6 小时减半；关联规则要求在 1 天内至少 25 分，且至少来自 3 个战术",
            ),
            ("something else", "something else"),
        ] {
            assert_eq!(to(en, Language::ZhCn), zh);
            assert_eq!(to(en, Language::En), en);
        }
    }

    /// What a stranger wrote into a value cannot take on another form.
    #[test]
    fn a_value_stays_a_value() {
        let fact = "`userAgent` is `x from y to z matched within`";
        assert_eq!(
            to(fact, Language::ZhCn),
            "`userAgent` 的值为 `x from y to z matched within`"
        );
    }
}
