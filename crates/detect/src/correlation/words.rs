//! Numbers and titles of correlations in words.

use jiff::SignedDuration;
use sigma::{CountBound, Header};

use super::windows::BETWEEN;
use crate::guidance::Guidance;
use crate::language::Language;
use crate::sentence::{glue, quoted};

/// What a bound asks for: `at least 5`.
pub(super) fn in_words(bound: CountBound) -> String {
    let number = bound.value();
    match bound {
        CountBound::Gt(_) => format!("more than {number}"),
        CountBound::Gte(_) => format!("at least {number}"),
        CountBound::Lt(_) => format!("fewer than {number}"),
        CountBound::Lte(_) => format!("at most {number}"),
        CountBound::Eq(_) => format!("exactly {number}"),
        CountBound::Neq(_) => format!("anything but {number}"),
    }
}

/// A span of time, in its two largest units.
pub(super) fn duration(seconds: i64, language: Language) -> String {
    let seconds = SignedDuration::from_secs(seconds.max(0)).as_secs();
    let units = match language {
        Language::En => [(86_400, "day"), (3_600, "h"), (60, "min"), (1, "s")],
        Language::ZhCn => [(86_400, "天"), (3_600, "小时"), (60, "分钟"), (1, "秒")],
    };
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, unit) in units {
        let count = rest / size;
        rest %= size;
        if count > 0 && parts.len() < 2 {
            let plural = if unit == "day" && count > 1 { "s" } else { "" };
            parts.push(format!("{count} {unit}{plural}"));
        }
    }
    if parts.is_empty() {
        parts.push(format!("1 {}", units[3].1));
    }
    parts.join(" ")
}

/// Pieces of Chinese in a row, with a space where they meet other letters.
pub(super) fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    parts.iter().for_each(|part| glue(&mut text, part));
    text
}

/// What stands in place of a deed for the match of a correlation below.
pub(super) fn matched(header: &Header, guidance: &Guidance) -> String {
    let [en, zh] =
        [Language::En, Language::ZhCn].map(|language| titled(header, guidance, language));
    format!("{en}{BETWEEN}{zh}")
}

/// A title in this language, or in English.
pub(super) fn titled(header: &Header, guidance: &Guidance, language: Language) -> String {
    let translated = guidance.title.zh_cn.as_deref();
    let translated = translated.filter(|_| language == Language::ZhCn);
    quoted(translated.unwrap_or(header.title()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_their_units() {
        for (seconds, en, zh) in [
            (0, "1 s", "1 秒"),
            (1_516, "25 min 16 s", "25 分钟 16 秒"),
            (86_400, "1 day", "1 天"),
            (180_000, "2 days 2 h", "2 天 2 小时"),
        ] {
            assert_eq!(duration(seconds, Language::En), en);
            assert_eq!(duration(seconds, Language::ZhCn), zh);
        }
    }

    #[test]
    fn chinese_stands_apart_from_other_letters_only() {
        for (parts, expected) in [
            (["用户 `a`", "从 1.2.3.4", "在"], "用户 `a` 从 1.2.3.4 在"),
            (
                ["角色（会话 `b`）", "从 1.2.3.4", "`x`"],
                "角色（会话 `b`）从 1.2.3.4 `x`",
            ),
            (["根用户", "", "在"], "根用户在"),
            (["2 个主体", "从 3 个地址", "在"], "2 个主体从 3 个地址在"),
        ] {
            assert_eq!(joined(&parts), expected);
        }
    }
}
