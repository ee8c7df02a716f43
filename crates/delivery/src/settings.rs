//! What `lambda-delivery` is told by its environment.

use function::settings::{Reader, STATE_TABLE, SettingsError, Variable, any, url, variable};

/// The secret that says who is told.
pub const ROOMS_SECRET: Variable = variable(
    "TRAILHOUND_ROOMS_SECRET_ARN",
    "the ARN of a secret of Secrets Manager",
);
/// The queue that mails come from.
pub const DELIVERY_QUEUE: Variable =
    variable("TRAILHOUND_DELIVERY_QUEUE_URL", "the URL of an SQS queue");
/// Where mails lie that cannot be brought.
pub const DEAD_LETTERS: Variable = variable(
    "TRAILHOUND_DELIVERY_DEAD_LETTERS_URL",
    "the URL of an SQS queue",
);
/// Whom HTML mails are from.
pub const SES_FROM: Variable = variable(
    "TRAILHOUND_SES_FROM",
    "an e-mail address that SES may send from",
);

/// What `lambda-delivery` needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForDelivery {
    /// The table that remembers.
    pub state_table: String,
    /// The secret that says who is told.
    pub rooms_secret: String,
    /// The queue that mails come from.
    pub queue: String,
    /// Where mails lie that cannot be brought.
    pub dead_letters: String,
    /// Whom HTML mails are from.
    pub ses_from: Option<String>,
}

/// The settings of `lambda-delivery`.
///
/// # Errors
/// [`SettingsError`] with everything that is wrong.
pub fn for_delivery(value: &dyn Fn(&str) -> Option<String>) -> Result<ForDelivery, SettingsError> {
    let mut reader = Reader::new(value);
    let state_table = reader.required(STATE_TABLE, any);
    let rooms_secret = reader.required(ROOMS_SECRET, secret);
    let queue = reader.required(DELIVERY_QUEUE, url);
    let dead_letters = reader.required(DEAD_LETTERS, url);
    let ses_from = reader.optional(SES_FROM, None, |text| text.contains('@').then(|| any(text)));
    let settings = (|| {
        Some(ForDelivery {
            state_table: state_table?,
            rooms_secret: rooms_secret?,
            queue: queue?,
            dead_letters: dead_letters?,
            ses_from,
        })
    })();
    reader.finish(settings)
}

fn secret(text: &str) -> Option<String> {
    let parts: Vec<_> = text.split(':').collect();
    let is_secret = parts.len() == 7
        && parts[0] == "arn"
        && parts[2] == "secretsmanager"
        && !parts[3].is_empty();
    is_secret.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_told_at_once() {
        let environment = |name: &str| {
            let value = match name {
                "TRAILHOUND_ROOMS_SECRET_ARN" => "rooms",
                "TRAILHOUND_DELIVERY_QUEUE_URL" => "delivery",
                "TRAILHOUND_SES_FROM" => "nobody",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let error = for_delivery(&environment).unwrap_err();
        assert_eq!(
            error.to_string(),
            "5 of the settings cannot be used: \
             `TRAILHOUND_STATE_TABLE` is not set; it must be the name of a DynamoDB table; \
             `TRAILHOUND_ROOMS_SECRET_ARN` is `rooms`; it must be the ARN of a secret of Secrets Manager; \
             `TRAILHOUND_DELIVERY_QUEUE_URL` is `delivery`; it must be the URL of an SQS queue; \
             `TRAILHOUND_DELIVERY_DEAD_LETTERS_URL` is not set; it must be the URL of an SQS queue; \
             `TRAILHOUND_SES_FROM` is `nobody`; it must be an e-mail address that SES may send from"
        );
    }

    #[test]
    fn mails_need_not_be_sent() {
        let environment = |name: &str| {
            let value = match name {
                "TRAILHOUND_STATE_TABLE" => "state",
                "TRAILHOUND_ROOMS_SECRET_ARN" => {
                    "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:rooms-AbCdEf"
                }
                "TRAILHOUND_SES_FROM" => "",
                _ => "https://sqs/1/q",
            };
            Some(value.to_owned())
        };
        assert_eq!(for_delivery(&environment).unwrap().ses_from, None);
    }
}
