//! The languages that Trailhound speaks to people.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language of sentences, labels and reasons.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum Language {
    /// English, `en`.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Simplified Chinese, `zh-CN`.
    #[serde(rename = "zh-CN")]
    ZhCn,
}

/// A language that is not spoken here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a language we speak; use `en` or `zh-CN`")]
pub struct UnknownLanguage(String);

impl Language {
    /// All of them, for whoever writes in each.
    pub const ALL: [Self; 2] = [Self::En, Self::ZhCn];

    /// One language, or `both` of them.
    #[must_use]
    pub fn several(text: &str) -> Option<Vec<Self>> {
        if text.eq_ignore_ascii_case("both") {
            return Some(Self::ALL.to_vec());
        }
        text.parse().ok().map(|language| vec![language])
    }

    /// The language tag, `en` or `zh-CN`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }
}

/// One text in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// In English.
    pub en: &'static str,
    /// In Simplified Chinese.
    pub zh: &'static str,
}

impl Words {
    /// The text in `language`.
    #[must_use]
    pub fn to(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::ZhCn => self.zh,
        }
    }
}

/// Shorthand for tables.
#[must_use]
pub const fn words(en: &'static str, zh: &'static str) -> Words {
    Words { en, zh }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|language| language.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownLanguage(text.to_owned()))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_in_any_case_and_written_in_one() {
        for language in Language::ALL {
            let tag = language.to_string();
            assert_eq!(tag.parse(), Ok(language));
            assert_eq!(tag.to_uppercase().parse(), Ok(language));
            assert_eq!(serde_json::to_value(language).unwrap(), tag);
        }
        let error = "fr".parse::<Language>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`fr` is not a language we speak; use `en` or `zh-CN`"
        );
    }
}
