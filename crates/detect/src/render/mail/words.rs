//! The fixed words of a mail, and what is counted and timed in it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sigma::Level;

use crate::activity::Asked;
use crate::language::{Language, Words, words};

pub(super) const HAPPENED: Words = words("WHAT HAPPENED", "发生了什么");
pub(super) const MATTERS: Words = words("WHY THIS MATTERS", "为什么重要");
pub(super) const UNUSUAL: Words = words("WHY THIS IS UNUSUAL", "为什么异常");
pub(super) const STOP: Words = words("STOP IT", "如何制止");
pub(super) const TO_DO: Words = words("WHAT TO DO", "如何处理");
pub(super) const IN_THIS_ORDER: Words = words("In this order:", "按以下顺序：");
pub(super) const EXPECTED: Words = words("IF THIS WAS EXPECTED", "如果这是预期行为");
pub(super) const PROOF: Words = words("PROOF", "证据");
pub(super) const VERIFY: Words = words(
    "Two hours later it can be proven that the log file is as it was delivered:",
    "两小时后可验证该日志文件与交付时一致：",
);
pub(super) const MORE: Words = words("MORE OF WHAT YOU WERE TOLD", "此前告警的后续");
pub(super) const CHANGED: Words = words(
    "You were told that this failed. It has worked since.",
    "此前告知您操作未成功，现在已经成功。",
);
pub(super) const BEFORE: Words = words("15 MINUTES BEFORE", "此前 15 分钟");
pub(super) const AFTER: Words = words("15 MINUTES AFTER", "此后 15 分钟");
pub(super) const NOTHING_BEFORE: Words = words(
    "Nothing worth telling by the same principal, as far as is known by now.",
    "就目前所知，同一身份没有其他值得注意的操作。",
);
pub(super) const NOTHING_AFTER: Words = words(
    "Nothing worth telling by the same principal.",
    "同一身份没有其他值得注意的操作。",
);
const FROM_HISTORY: Words = words(
    "That is what log files and events have brought by now, and what CloudTrail's event history of the region knows \
     of the key.",
    "以上内容来自目前已收到的日志文件和事件通知，以及该区域 CloudTrail 事件历史中该密钥的记录。",
);
const NO_HISTORY: Words = words(
    "CloudTrail's event history could not be asked: that is what log files and events have brought by now.",
    "未能查询 CloudTrail 事件历史：以上内容仅来自目前已收到的日志文件和事件通知。",
);
pub(super) const OTHERS: Words = words("AND ALSO", "此外还有");
pub(super) const DIGEST: Words = words(
    "SEVERAL ALERTS IN ONE MAIL: those below high are gathered, and so is everything when one by one they would be \
     too many mails. Each of them is below.",
    "多条告警合并为一封邮件：低于“高”级别的告警会汇总发送；当告警过多、不宜逐条发送时，也会全部汇总。以下逐一列出。",
);

pub(super) const MEANS: Words = words("What that means: ", "这意味着：");
pub(super) const WOULD_MEAN: Words = words(
    "It did not work. What it would have meant: ",
    "这次未成功。若成功，则意味着：",
);
pub(super) const RULE_SAW: Words = words("What the rule saw:", "规则看到的事实：");
pub(super) const WATCH_SAW: Words = words("What the watchdog saw:", "看门狗看到的事实：");
pub(super) const LEVEL: Words = words("Level:", "级别：");
pub(super) const WHO: Words = words("Who:", "身份：");
pub(super) const KEY: Words = words("Key:", "密钥：");
pub(super) const BEHIND: Words = words("Behind it:", "源头：");
pub(super) const WHERE: Words = words("Where:", "位置：");
pub(super) const FROM: Words = words("From:", "来源：");
pub(super) const WHEN: Words = words("When:", "时间：");
pub(super) const HOW_OFTEN: Words = words("How often:", "次数：");

pub(super) const AGAINST_DEED: Words = words("Against what was done:", "针对所做的操作：");
pub(super) const AGAINST_WHO: Words = words("Against whoever did it:", "针对操作者：");
pub(super) const UNDO: Words = words("undo: ", "撤销：");
pub(super) const LIMITS: Words = words("note: ", "注意：");
pub(super) const NOBODY: Words = words(
    "Nobody of this account can be stopped here: it was an AWS service, a stranger, or somebody whom the \
     record does not name. Close what was reached instead.",
    "此处没有可制止的账户内身份：操作者是 AWS 服务、外部人员，或记录中未写明的人。请转而关闭被访问的资源。",
);
pub(super) const EXPECTED_HOW: Words = words(
    "Save this as a .yml file beside your rules, with who answers for it and why. It ends by itself on the day \
     given, and what it silences stays counted.",
    "将以下内容另存为 .yml 文件，与您的规则放在一起，并写明负责人和原因。到期后自动失效，被它屏蔽的告警仍会计数。",
);
pub(super) const EXPECTED_TOGETHER: Words = words(
    "This alert was made of several events. To be told of fewer, write an exclusion for the rules that it is \
     built on, with an owner and an end date: docs/rules.md, section Exclusions.",
    "该告警由多个事件组成。如需减少此类告警，请为其所依据的规则编写排除项，并写明负责人和截止日期，参见 \
     docs/rules.md 的 Exclusions 一节。",
);
pub(super) const EXPECTED_MISSING: Words = words(
    "There is nothing to save: it is told once, and again only if it begins anew. What is no longer due, such as a \
     closed account or a region that was switched off, is told this one time.",
    "无需保存任何设置：同一情况只告知一次，重新发生时才会再次告知。不再需要的日志（例如已关闭的账户或已停用的区域）也只告知这一次。",
);
pub(super) const EXPECTED_HIDDEN: Words = words(
    "Whoever did it has characters in the name that should not be copied. Write the exclusion by hand: \
     docs/rules.md, section Exclusions.",
    "操作者的名称中含有不宜复制的字符，请手动编写排除项，参见 docs/rules.md 的 Exclusions 一节。",
);

/// From what it is told what followed; nothing of what nobody was asked for.
pub(super) fn source(history: Asked) -> Option<Words> {
    match history {
        Asked::Not => None,
        Asked::Heard => Some(FROM_HISTORY),
        Asked::Refused => Some(NO_HISTORY),
    }
}

/// A level in words.
pub(super) fn level(level: Level, language: Language) -> &'static str {
    let (en, zh) = match level {
        Level::Informational => ("informational", "提示"),
        Level::Low => ("low", "低"),
        Level::Medium => ("medium", "中"),
        Level::High => ("high", "高"),
        Level::Critical => ("critical", "严重"),
    };
    words(en, zh).to(language)
}

/// `1 event`, `1,204 events`, `1,204 个事件`.
pub(super) fn events(count: u64, language: Language) -> String {
    counted(count, words("event", "个事件"), language)
}

/// A number with its noun: English nouns here take an `s`, or an `es` after `ch`, Chinese measure words nothing.
pub(super) fn counted(count: u64, noun: Words, language: Language) -> String {
    let number = grouped(count);
    match (language, count) {
        (Language::En, 1) => format!("1 {}", noun.en),
        (Language::En, _) if noun.en.ends_with("ch") => format!("{number} {}es", noun.en),
        (Language::En, _) => format!("{number} {}s", noun.en),
        (Language::ZhCn, _) => format!("{number} {}", noun.zh),
    }
}

/// A number with a comma before every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A span of time in its two largest units: `1 hour 5 minutes`, `1 小时 5 分钟`.
pub(super) fn span(seconds: i64, language: Language) -> String {
    const UNITS: [(u64, Words); 4] = [
        (86_400, words("day", "天")),
        (3_600, words("hour", "小时")),
        (60, words("minute", "分钟")),
        (1, words("second", "秒")),
    ];
    let mut rest = u64::try_from(seconds).unwrap_or(0);
    let mut parts = Vec::new();
    for (size, unit) in UNITS {
        let count = rest / size;
        rest %= size;
        let is_needed = count > 0 || (size == 1 && parts.is_empty());
        if is_needed && parts.len() < 2 {
            parts.push(counted(count, unit, language));
        }
    }
    parts.join(" ")
}

/// Where the reader's clock hangs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clock {
    zone: TimeZone,
}

impl Clock {
    pub(super) fn of(zone: TimeZone) -> Self {
        Self { zone }
    }

    /// The reader's time, and UTC where it differs: `Sun 22 Nov 2026, 22:02:11 Asia/Shanghai (14:02:11 UTC)`.
    pub(super) fn moment(&self, time: Timestamp, language: Language) -> String {
        let utc = time.to_zoned(TimeZone::UTC);
        let here = time.to_zoned(self.zone.clone());
        if here.offset() == utc.offset() {
            return format!("{} UTC", date_and_time(&utc, language));
        }
        let name = self.zone.iana_name().unwrap_or("local time");
        let other = if here.date() == utc.date() {
            utc.strftime("%H:%M:%S").to_string()
        } else {
            date_and_time(&utc, language)
        };
        let here = date_and_time(&here, language);
        match language {
            Language::En => format!("{here} {name} ({other} UTC)"),
            Language::ZhCn => format!("{here} {name}（UTC {other}）"),
        }
    }

    /// The time of day for lists, in the reader's zone.
    pub(super) fn of_day(&self, time: Timestamp) -> String {
        let here = time.to_zoned(self.zone.clone());
        here.strftime("%H:%M:%S").to_string()
    }
}

fn date_and_time(time: &jiff::Zoned, language: Language) -> String {
    match language {
        Language::En => time.strftime("%a %-d %b %Y, %H:%M:%S").to_string(),
        Language::ZhCn => {
            const DAYS: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
            let day = usize::try_from(time.weekday().to_monday_zero_offset()).unwrap_or(0);
            let date = time.strftime("%Y年%-m月%-d日");
            format!(
                "{date}（星期{}）{}",
                DAYS[day % 7],
                time.strftime("%H:%M:%S")
            )
        }
    }
}

/// Who assumed the role, or the first of several.
pub(super) fn behind(who: &str, sessions: usize, language: Language) -> String {
    match (sessions, language) {
        (1, Language::En) => format!("{who}, who assumed this role"),
        (n, Language::En) => format!("{who}, through {n} roles one after the other"),
        (1, Language::ZhCn) => format!("{who}（由其代入此角色）"),
        (n, Language::ZhCn) => format!("{who}（依次经过 {n} 个角色）"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_their_nouns() {
        for (count, en, zh) in [
            (0, "0 events", "0 个事件"),
            (1, "1 event", "1 个事件"),
            (999, "999 events", "999 个事件"),
            (12_345, "12,345 events", "12,345 个事件"),
        ] {
            assert_eq!(events(count, Language::En), en);
            assert_eq!(events(count, Language::ZhCn), zh);
        }
    }

    #[test]
    fn spans_have_two_units_at_most() {
        for (seconds, en, zh) in [
            (-5, "0 seconds", "0 秒"),
            (1, "1 second", "1 秒"),
            (60, "1 minute", "1 分钟"),
            (3_900, "1 hour 5 minutes", "1 小时 5 分钟"),
            (90_061, "1 day 1 hour", "1 天 1 小时"),
        ] {
            assert_eq!(span(seconds, Language::En), en);
            assert_eq!(span(seconds, Language::ZhCn), zh);
        }
    }

    #[test]
    fn a_moment_has_the_readers_time_and_utc_where_they_differ() {
        let time: Timestamp = "2026-11-22T18:02:11Z".parse().unwrap();
        for (zone, en, zh) in [
            (
                "UTC",
                "Sun 22 Nov 2026, 18:02:11 UTC",
                "2026年11月22日（星期日）18:02:11 UTC",
            ),
            (
                "Europe/Berlin",
                "Sun 22 Nov 2026, 19:02:11 Europe/Berlin (18:02:11 UTC)",
                "2026年11月22日（星期日）19:02:11 Europe/Berlin（UTC 18:02:11）",
            ),
            (
                "Asia/Shanghai",
                "Mon 23 Nov 2026, 02:02:11 Asia/Shanghai (Sun 22 Nov 2026, 18:02:11 UTC)",
                "2026年11月23日（星期一）02:02:11 Asia/Shanghai（UTC 2026年11月22日（星期日）18:02:11）",
            ),
        ] {
            let clock = Clock::of(TimeZone::get(zone).unwrap());
            assert_eq!(clock.moment(time, Language::En), en);
            assert_eq!(clock.moment(time, Language::ZhCn), zh);
        }
    }
}
