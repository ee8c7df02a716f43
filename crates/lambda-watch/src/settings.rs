//! What `lambda-watch` is told by its environment.

use function::settings::{FINDINGS_TOPIC, Reader, STATE_TABLE, SettingsError, any, topic};

/// What `lambda-watch` needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForWatching {
    /// The table that remembers.
    pub state_table: String,
    /// Where findings are published.
    pub findings_topic: String,
}

/// The settings of `lambda-watch`.
///
/// # Errors
/// [`SettingsError`] with everything that is wrong.
pub fn for_watching(value: &dyn Fn(&str) -> Option<String>) -> Result<ForWatching, SettingsError> {
    let mut reader = Reader::new(value);
    let state_table = reader.required(STATE_TABLE, any);
    let findings_topic = reader.required(FINDINGS_TOPIC, topic);
    let settings = (|| {
        Some(ForWatching {
            state_table: state_table?,
            findings_topic: findings_topic?,
        })
    })();
    reader.finish(settings)
}
