//! `trailhound.delivery/1`: a mail as it is handed over, with all words that anybody is shown of it.
//!
//! Source: SNS API reference, *Publish*, and SQS developer guide, *Message quotas* (a message has at most 262,144
//! bytes, its attributes included).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The name and version of the form.
pub const SCHEMA: &str = "trailhound.delivery/1";

/// A message has at most so many bytes; what a queue and a topic add has room besides.
pub const LONGEST: usize = 250_000;

/// What stands at the end of a text that was cut.
const CUT: &str = "\n… the rest of this mail was too long to be handed over\n";

/// A mail on its way to rooms and people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// [`SCHEMA`].
    pub schema: String,
    /// Names the mail: the same whenever it is handed over again.
    pub id: String,
    /// The same for all mails about one alert.
    pub thread: String,
    /// What it is about, in one line.
    pub subject: String,
    /// The mail as plain text.
    pub text: String,
    /// The mail as HTML; empty if it would be too long.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub html: String,
    /// The mail in a few lines.
    pub room: String,
    /// What it may be filtered by: those of the mail topic.
    pub attributes: BTreeMap<String, String>,
    /// The rooms that it is still for, if it lay among the dead letters; all if none is named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub only: BTreeSet<String>,
    /// How often it has lain there.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub buried: u32,
    /// Why those did not take it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<String, String>,
}

/// A message that is no mail of ours.
#[derive(Debug, thiserror::Error)]
pub enum ParcelError {
    /// Not of the form.
    #[error("the message is no mail that was handed over")]
    Foreign(#[from] serde_json::Error),
    /// Of another version.
    #[error("the message is a `{0}`, and not a `{SCHEMA}`")]
    Version(String),
}

impl Delivery {
    /// Reads a message.
    ///
    /// # Errors
    /// [`ParcelError`] if it is none of ours.
    pub fn decode(message: &str) -> Result<Self, ParcelError> {
        let delivery: Self = serde_json::from_str(message)?;
        match delivery.schema == SCHEMA {
            true => Ok(delivery),
            false => Err(ParcelError::Version(delivery.schema)),
        }
    }

    /// As a message. What it is too small for is shed: first the HTML, then the end of the text; never the
    /// subject, what a room is shown, and what it is filtered by.
    #[must_use]
    pub fn encode(&self) -> String {
        let whole = json(self);
        if whole.len() <= LONGEST {
            return whole;
        }
        let mut lean = Self {
            html: String::new(),
            ..self.clone()
        };
        let mut message = json(&lean);
        // A character of text may be several of JSON, so it is looked again.
        while message.len() > LONGEST && !lean.text.is_empty() {
            let over = message.len() - LONGEST + CUT.len();
            let body = lean.text.strip_suffix(CUT).unwrap_or(&lean.text);
            let end = body.len().saturating_sub(over.div_ceil(6).max(1));
            let fits = &body[..body.floor_char_boundary(end)];
            let lines = fits.rfind('\n').map_or("", |at| &fits[..at]);
            lean.text = match lines {
                "" => String::new(),
                lines => format!("{lines}{CUT}"),
            };
            message = json(&lean);
        }
        message
    }

    /// What it may be filtered by.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn json(delivery: &Delivery) -> String {
    // Maps of texts always can.
    serde_json::to_string(delivery).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(text: String, html: String) -> Delivery {
        Delivery {
            schema: SCHEMA.to_owned(),
            id: "1".to_owned(),
            subject: "[HIGH] prod: x".to_owned(),
            room: "[HIGH] prod: x".to_owned(),
            text,
            html,
            attributes: BTreeMap::from([("level".to_owned(), "high".to_owned())]),
            ..Delivery::default()
        }
    }

    #[test]
    fn what_fits_comes_back_as_it_was() {
        let sent = delivery("a\nb".to_owned(), "<p>a".to_owned());
        assert_eq!(Delivery::decode(&sent.encode()).unwrap(), sent);
    }

    #[test]
    fn what_is_too_long_loses_its_html_first_and_then_the_end_of_its_text() {
        let long = "WHAT HAPPENED\n".repeat(10_000);
        let sent = delivery(long.clone(), "<p>".repeat(60_000));
        let got = Delivery::decode(&sent.encode()).unwrap();
        assert_eq!((got.html.as_str(), got.text == long), ("", true));
        for line in [
            "WHAT\t\"HAPPENED\"\n",
            "告警\u{1}\n",
            "no line at all ",
            "\u{1}\n",
        ] {
            let sent = delivery(line.repeat(40_000), "<p>".to_owned());
            let message = sent.encode();
            assert!(message.len() <= LONGEST, "{line:?}: {}", message.len());
            let got = Delivery::decode(&message).unwrap();
            assert_eq!((got.html.as_str(), &got.room), ("", &sent.room));
            if line.ends_with('\n') {
                assert!(got.text.ends_with(CUT), "{line:?}");
                assert!(
                    message.len() > LONGEST * 9 / 10,
                    "no more is cut than must be"
                );
            }
        }
    }

    #[test]
    fn strangers_and_other_versions_are_told_apart() {
        assert!(matches!(
            Delivery::decode("{}"),
            Err(ParcelError::Foreign(_))
        ));
        let mut other = delivery(String::new(), String::new());
        other.schema = "trailhound.delivery/2".to_owned();
        let error = Delivery::decode(&json(&other)).unwrap_err();
        assert!(error.to_string().contains("trailhound.delivery/2"));
    }
}
