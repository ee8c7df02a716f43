//! The log of a function, and what is wrong with its settings as the first that stands in it.

use cloud::environment;

use crate::settings::SettingsError;

/// Begins to log: one JSON object a line, as CloudWatch Logs searches them.
pub fn begin() {
    let log = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false);
    let log = log
        .with_span_list(false)
        .with_target(false)
        .with_max_level(tracing::Level::INFO);
    // In tests another log may have begun already; it will do.
    let _ = log.try_init();
}

/// The function's name.
#[must_use]
pub fn function() -> String {
    environment("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|| "local".to_owned())
}

/// Reads settings, or logs what is wrong with all of them.
///
/// # Errors
/// Those of `read`.
pub fn settings<T>(
    read: impl FnOnce(&dyn Fn(&str) -> Option<String>) -> Result<T, SettingsError>,
) -> Result<T, SettingsError> {
    read(&environment).inspect_err(|SettingsError(problems)| {
        for problem in problems {
            tracing::error!(problem = %problem, "a setting cannot be used");
        }
    })
}
