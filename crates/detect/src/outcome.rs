//! Whether a call worked, and if not, what stood in its way.
//!
//! Source: CloudTrail user guide, *AWS Management Console sign-in events* and *CloudTrail record
//! contents*, `errorCode`.

mod denial;

pub use self::denial::Denial;

use crate::cloudtrail::Record;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// It worked.
    Success,
    /// It did not.
    Failure(Denial),
}

impl Outcome {
    /// How the call in `record` ended.
    #[must_use]
    pub fn of(record: &Record<'_>) -> Self {
        // Nearly all; and mostly known already.
        if Self::is_plain_success(record) {
            return Self::Success;
        }
        let code = record.error_code().filter(|code| !code.is_empty());
        let message = record.error_message().filter(|message| !message.is_empty());
        if let Some(code) = code {
            let message = message.unwrap_or_default();
            return Self::Failure(Denial::of(&code, &message));
        }
        if message.is_some() || reports_failure(record) {
            return Self::Failure(sign_in_denial(record));
        }
        Self::Success
    }

    /// Whether it is plain at first sight that `record` has no error at all and its call worked; if not,
    /// it may have worked all the same.
    pub(crate) fn is_plain_success(record: &Record<'_>) -> bool {
        record.is_without_error() && !reports_failure(record)
    }

    /// Whether the call worked.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::Success
    }

    /// `success` or `failure`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure(_) => "failure",
        }
    }

    /// What stood in the way; `None` if the call worked.
    #[must_use]
    pub fn denial(self) -> Option<Denial> {
        match self {
            Self::Success => None,
            Self::Failure(denial) => Some(denial),
        }
    }
}

/// Sign-ins carry no error code, but say `Failure` under their own name; so do the sign-ins of
/// Identity Center, elsewhere.
fn reports_failure(record: &Record<'_>) -> bool {
    // Only these are looked into: most records are successes, and this is asked of every one.
    let signs_in = record.event_source().starts_with("signin.");
    if !signs_in && record.is_no_service_event() {
        return false;
    }
    let answers = if record.event_type().as_deref() == Some("AwsServiceEvent") {
        record.get("serviceEventDetails")
    } else if signs_in {
        record.response_elements()
    } else {
        None
    };
    let answer = answers.and_then(|answers| answers.get(&record.event_name())?.as_str());
    answer.is_some_and(|answer| answer.starts_with("Fail"))
}

/// The second factor is asked for only once the password was right.
fn sign_in_denial(record: &Record<'_>) -> Denial {
    let mfa_used = record
        .additional_event_data()
        .and_then(|data| data.get("MFAUsed")?.as_str());
    if mfa_used.as_deref() == Some("Yes") || record.event_name() == "CheckMfa" {
        Denial::Mfa
    } else {
        Denial::Credentials
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::layout;

    fn outcome(fields: &str) -> Outcome {
        let text = format!(
            r#"{{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","eventTime":"2026-11-22T14:02:11Z"{fields}}}"#
        );
        let layout = layout::of(&text).expect("an object");
        Outcome::of(&Record::new(&text, layout).expect("a record"))
    }

    #[test]
    fn sign_ins_tell_their_outcome_elsewhere() {
        for (fields, expected, why) in [
            (
                r#","responseElements":{"ConsoleLogin":"Success"}"#,
                None,
                "signed in",
            ),
            (
                r#","errorMessage":"Failed authentication","responseElements":{"ConsoleLogin":"Failure"}"#,
                Some("credentials"),
                "wrong password",
            ),
            (
                r#","responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"MFAUsed":"Yes"}"#,
                Some("mfa"),
                "right password, wrong code",
            ),
            (
                r#","errorCode":"","errorMessage":null"#,
                None,
                "empty is absent",
            ),
            (
                r#","eventType":"AwsServiceEvent","serviceEventDetails":{"ConsoleLogin":"Failed"}"#,
                Some("credentials"),
                "as Identity Center writes it",
            ),
            (
                r#","errorCode":7,"responseElements":"Failure""#,
                None,
                "ill-typed is absent",
            ),
        ] {
            let denial = outcome(fields).denial().map(Denial::as_str);
            assert_eq!(denial, expected, "{why}");
        }
    }
}
