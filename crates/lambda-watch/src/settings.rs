//! What `lambda-watch` is told by its environment.

use function::settings::{
    FINDINGS_TOPIC, RECONCILE, Reader, STATE_TABLE, SettingsError, Variable, any, topic, url,
    variable,
};
use jiff::SignedDuration;
use watch::reconcile::Rate;

/// The bucket of the trail.
pub const LOG_BUCKET: Variable = variable("TRAILHOUND_LOG_BUCKET", "the name of an S3 bucket");
/// Whether Organizations may be asked.
pub const ASK_ORGANIZATIONS: Variable =
    variable("TRAILHOUND_ASK_ORGANIZATIONS", "`true` or `false`");
/// How often a canary flies.
pub const CANARY_MINUTES: Variable = variable(
    "TRAILHOUND_CANARY_MINUTES",
    "a whole number of minutes from 2 to 1440, or 0 for none",
);
/// Where canaries arrive.
pub const CANARY_QUEUE: Variable =
    variable("TRAILHOUND_CANARY_QUEUE_URL", "the URL of an SQS queue");

/// How canaries fly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForCanaries {
    /// Where they arrive.
    pub queue: String,
    /// How often one flies.
    pub every: SignedDuration,
}

/// What `lambda-watch` needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForWatching {
    /// The table that remembers.
    pub state_table: String,
    /// Where findings are published.
    pub findings_topic: String,
    /// How many events the doors note, to be compared.
    pub reconcile: Rate,
    /// How canaries fly, if any do.
    pub canaries: Option<ForCanaries>,
    /// The bucket of the trail.
    pub log_bucket: String,
    /// Whether Organizations may be asked.
    pub ask_organizations: bool,
}

/// The settings of `lambda-watch`.
///
/// # Errors
/// [`SettingsError`] with everything that is wrong.
pub fn for_watching(value: &dyn Fn(&str) -> Option<String>) -> Result<ForWatching, SettingsError> {
    let mut reader = Reader::new(value);
    let state_table = reader.required(STATE_TABLE, any);
    let findings_topic = reader.required(FINDINGS_TOPIC, topic);
    let reconcile = reader.optional(RECONCILE, Rate::default(), |text| {
        text.parse().ok().map(Rate::one_in)
    });
    let every = reader.optional(CANARY_MINUTES, None, minutes);
    // Asked for only where there are any.
    let canaries = every.and_then(|every| {
        let queue = reader.required(CANARY_QUEUE, url);
        queue.map(|queue| ForCanaries { queue, every })
    });
    let log_bucket = reader.required(LOG_BUCKET, any);
    let ask_organizations = reader.optional(ASK_ORGANIZATIONS, false, |text| text.parse().ok());
    let settings = (|| {
        Some(ForWatching {
            state_table: state_table?,
            findings_topic: findings_topic?,
            reconcile,
            canaries,
            log_bucket: log_bucket?,
            ask_organizations,
        })
    })();
    reader.finish(settings)
}

fn minutes(text: &str) -> Option<Option<SignedDuration>> {
    match text.parse().ok()? {
        0 => Some(None),
        minutes @ 2..=1_440 => Some(Some(SignedDuration::from_mins(minutes))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(minutes: &str, queue: &str) -> Result<ForWatching, SettingsError> {
        let environment = |name: &str| {
            let value = match name {
                "TRAILHOUND_STATE_TABLE" => "state",
                "TRAILHOUND_FINDINGS_TOPIC_ARN" => "arn:aws:sns:eu-west-1:111122223333:findings",
                "TRAILHOUND_LOG_BUCKET" => "trail",
                "TRAILHOUND_RECONCILE_ONE_IN" => "64",
                "TRAILHOUND_CANARY_MINUTES" => minutes,
                "TRAILHOUND_CANARY_QUEUE_URL" => queue,
                _ => return None,
            };
            Some(value.to_owned())
        };
        for_watching(&environment)
    }

    #[test]
    fn canaries_need_a_queue_and_fly_seldom_enough_to_arrive() {
        let fifteen = settings("15", "https://sqs/1/q").unwrap();
        assert_eq!(fifteen.reconcile, Rate::one_in(64));
        let every = fifteen.canaries.map(|canaries| canaries.every);
        assert_eq!(every, Some(SignedDuration::from_mins(15)));
        assert_eq!(settings("0", "").unwrap().canaries, None);
        for (minutes, queue, wrong) in [
            ("15", "", "`TRAILHOUND_CANARY_QUEUE_URL` is not set"),
            ("1", "https://sqs/1/q", "`TRAILHOUND_CANARY_MINUTES` is `1`"),
            (
                "often",
                "https://sqs/1/q",
                "`TRAILHOUND_CANARY_MINUTES` is `often`",
            ),
        ] {
            let error = settings(minutes, queue).unwrap_err().to_string();
            assert!(error.contains(wrong), "{error}");
        }
    }
}
