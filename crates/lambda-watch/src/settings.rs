//! What `lambda-watch` is told by its environment.

use function::settings::{
    FINDINGS_TOPIC, Reader, STATE_TABLE, SettingsError, Variable, any, topic, variable,
};

/// The bucket of the trail.
pub const LOG_BUCKET: Variable = variable("TRAILHOUND_LOG_BUCKET", "the name of an S3 bucket");
/// Whether Organizations may be asked.
pub const ASK_ORGANIZATIONS: Variable =
    variable("TRAILHOUND_ASK_ORGANIZATIONS", "`true` or `false`");

/// What `lambda-watch` needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForWatching {
    /// The table that remembers.
    pub state_table: String,
    /// Where findings are published.
    pub findings_topic: String,
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
    let log_bucket = reader.required(LOG_BUCKET, any);
    let ask_organizations = reader.optional(ASK_ORGANIZATIONS, false, |text| text.parse().ok());
    let settings = (|| {
        Some(ForWatching {
            state_table: state_table?,
            findings_topic: findings_topic?,
            log_bucket: log_bucket?,
            ask_organizations,
        })
    })();
    reader.finish(settings)
}
