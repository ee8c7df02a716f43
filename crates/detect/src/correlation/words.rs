//! Numbers and titles of correlations in words.

use jiff::SignedDuration;
use sigma::{CountBound, Header};

use super::windows::BETWEEN;
use crate::guidance::Guidance;
use crate::language::Language;
use crate::sentence::quoted;

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
        Language::En => [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")],
        Language::ZhCn => [(86_400, "天"), (3_600, "小时"), (60, "分"), (1, "秒")],
    };
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, unit) in units {
        let count = rest / size;
        rest %= size;
        if count > 0 && parts.len() < 2 {
            parts.push(format!("{count} {unit}"));
        }
    }
    if parts.is_empty() {
        parts.push(format!("1 {}", units[3].1));
    }
    parts.join(" ")
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
