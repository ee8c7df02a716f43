//! A record in words: who did what, to what, from where, with what, and whether it worked.
//!
//! English and Chinese are written side by side, neither translated by rule from the other. Every
//! piece of a sentence that a stranger chose has gone through [`neutral`](crate::neutral::neutral)
//! and stands in backquotes, so that a sentence is one line of bounded length that no name can
//! break out of.

mod facts;
mod general;
pub mod meanings;
mod notes;
mod phrases;
mod services;
mod template;
mod verbs;
mod who;

pub use self::facts::{Fact, facts};
pub use self::services::service_name;
pub use crate::language::Language;

use crate::cloudtrail::Record;
use crate::insight::Insight;
use crate::outcome::{Denial, Outcome};
use crate::principal::Principal;

pub(crate) use self::template::quoted;
pub(crate) use self::who::subject_of;

/// What happened, in one plain sentence.
///
/// ```
/// # use detect::cloudtrail::{Record, layout};
/// # use detect::sentence::{Language, sentence};
/// let text = r#"{"eventTime": "2026-11-22T14:02:11Z", "eventSource": "iam.amazonaws.com",
///     "eventName": "CreateAccessKey", "requestParameters": {"userName": "backup-svc"},
///     "userIdentity": {"type": "IAMUser", "userName": "maria"},
///     "sourceIPAddress": "203.0.113.9", "userAgent": "aws-cli/2.15.0"}"#;
/// let record = Record::new(text, layout::of(text).expect("an object")).expect("a record");
/// assert_eq!(
///     sentence(&record, Language::En),
///     "IAM user `maria` created an access key for user `backup-svc` from 203.0.113.9 \
///      with the AWS CLI, and it worked."
/// );
/// ```
#[must_use]
pub fn sentence(record: &Record<'_>, language: Language) -> String {
    InWords::of(record, &Principal::of(record), language).sentence
}

/// A record at two lengths, which have most of their words in common.
pub(crate) struct InWords {
    /// As [`sentence`] says it.
    pub(crate) sentence: String,
    /// As [`headline`] says it.
    pub(crate) headline: String,
}

impl InWords {
    /// What `record` tells of `who` made the call.
    pub(crate) fn of(record: &Record<'_>, who: &Principal, language: Language) -> Self {
        if let Some(insight) = Insight::of(record) {
            return Self {
                sentence: insight.sentence(language),
                headline: insight.headline(language),
            };
        }
        let action = action(record, language);
        let mut headline = who::briefly(record, who, language);
        match language {
            Language::En => headline = format!("{headline} {action}"),
            Language::ZhCn => glue(&mut headline, &action),
        }
        let parts = Parts {
            subject: who::subject(record, who, language),
            action,
            place: who::place(record, who, language),
            means: who::means(record, who, language),
            ending: ending(record, language),
        };
        let sentence = match language {
            Language::En => parts.in_english(),
            Language::ZhCn => parts.in_chinese(),
        };
        Self { sentence, headline }
    }
}

/// What was done, without who and where: ``created an access key for user `backup-svc` ``, or
/// `tried to …` if it failed. What it opens or gives away follows in parentheses.
#[must_use]
pub fn action(record: &Record<'_>, language: Language) -> String {
    let done = Outcome::of(record).is_success();
    let known = phrases::of(&record.event_source(), &record.plain_event_name());
    let phrase = match known {
        Some(words) => template::fill(record, words.to(language), language, done),
        None => general::phrase(record, language, done),
    };
    let notes = notes::of(record, language);
    match (language, done) {
        (Language::En, true) => format!("{}{notes}", verbs::past(&phrase)),
        (Language::En, false) => format!("tried to {phrase}{notes}"),
        (Language::ZhCn, true) => format!("{phrase}{notes}"),
        (Language::ZhCn, false) => format!("尝试{phrase}{notes}"),
    }
}

/// Who did what, in a few words, without from where and how it ended: for the subject of a mail.
#[must_use]
pub fn headline(record: &Record<'_>, language: Language) -> String {
    InWords::of(record, &Principal::of(record), language).headline
}

/// What the call in `record` means for whoever answers for the account, in one or two sentences; `None`
/// for calls that alarm nobody.
#[must_use]
pub fn meaning(record: &Record<'_>, language: Language) -> Option<String> {
    meanings::of(record, language)
}

/// How it ended, punctuation included.
fn ending(record: &Record<'_>, language: Language) -> String {
    let reason = |denial: Denial| denial.reason(language);
    let code = record.error_code().map(|code| template::quoted(&code));
    match (language, Outcome::of(record).denial()) {
        (Language::En, None) => ", and it worked.".to_owned(),
        (Language::ZhCn, None) => "，操作成功。".to_owned(),
        (Language::En, Some(Denial::DryRun)) => {
            ", only as a dry run, which would have been allowed.".to_owned()
        }
        (Language::ZhCn, Some(Denial::DryRun)) => "，但只是试运行：其权限足以执行。".to_owned(),
        (Language::En, Some(denial)) => match code.filter(|_| denial == Denial::Other) {
            Some(code) => format!(", but it failed with {code}."),
            None => format!(", but it failed because {}.", reason(denial)),
        },
        (Language::ZhCn, Some(denial)) => match code.filter(|_| denial == Denial::Other) {
            Some(code) => format!("，但未成功：服务返回错误 {code}。"),
            None => format!("，但未成功：{}。", reason(denial)),
        },
    }
}

/// The parts of a sentence; English and Chinese put them in different order.
struct Parts {
    subject: String,
    action: String,
    place: String,
    means: String,
    ending: String,
}

impl Parts {
    fn in_english(self) -> String {
        let sentence = format!(
            "{} {}{}{}{}",
            self.subject, self.action, self.place, self.means, self.ending
        );
        let mut letters = sentence.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect()
    }

    fn in_chinese(self) -> String {
        let mut sentence = self.subject;
        for part in [&self.place, &self.means, &self.action] {
            glue(&mut sentence, part);
        }
        sentence + &self.ending
    }
}

/// Puts `part` behind a Chinese `sentence`, with a space where it meets other letters.
pub(crate) fn glue(sentence: &mut String, part: &str) {
    let (Some(last), Some(first)) = (sentence.chars().next_back(), part.chars().next()) else {
        sentence.push_str(part);
        return;
    };
    let is_narrow = |c: char| c.is_ascii();
    let is_punctuation = |c: char| matches!(c, '）' | '（' | '，' | '：');
    let is_apart = is_narrow(last) || is_narrow(first);
    if is_apart && !is_punctuation(last) && !is_punctuation(first) {
        sentence.push(' ');
    }
    sentence.push_str(part);
}

#[cfg(test)]
mod tests;
