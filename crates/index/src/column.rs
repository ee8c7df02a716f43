//! What of a record stands in columns: the fields that people ask for most.

use detect::cloudtrail::Record;
use sigma::{Event as _, FieldPath, Value};
use std::sync::LazyLock;

/// A column of the index, and the field that stands in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Its name in SQL.
    pub(crate) name: &'static str,
    /// The field.
    pub(crate) path: &'static str,
    /// Whether it is often looked for, and has an index of its own.
    pub(crate) sought: bool,
}

const fn column(name: &'static str, path: &'static str) -> Column {
    Column {
        name,
        path,
        sought: false,
    }
}

const fn sought(name: &'static str, path: &'static str) -> Column {
    Column {
        name,
        path,
        sought: true,
    }
}

/// All of them, in the order of the view.
pub(crate) const COLUMNS: [Column; 17] = [
    column("source", "eventSource"),
    sought("name", "eventName"),
    column("plain_name", "trailhound.eventName"),
    column("account", "recipientAccountId"),
    column("region", "awsRegion"),
    sought("ip", "sourceIPAddress"),
    column("user_agent", "userAgent"),
    column("tool", "trailhound.tool"),
    sought("principal", "trailhound.principal.key"),
    column("principal_name", "trailhound.principal.name"),
    column("principal_kind", "trailhound.principal.kind"),
    column("identity_arn", "userIdentity.arn"),
    column("user_name", "userIdentity.userName"),
    sought("access_key", "userIdentity.accessKeyId"),
    sought("error", "errorCode"),
    column("outcome", "trailhound.outcome"),
    column("denial", "trailhound.denial"),
];

static PATHS: LazyLock<Vec<FieldPath>> = LazyLock::new(|| {
    COLUMNS
        .iter()
        .map(|column| FieldPath::new(column.path))
        .collect()
});

/// The texts of the columns; whether one of them is something else than a text.
pub(crate) fn texts(record: &Record<'_>) -> (Vec<Option<String>>, bool) {
    let mut odd = false;
    let mut text = |path| match record.field(path) {
        Some(Value::Str(text)) => Some(text.into_owned()),
        Some(Value::Null) | None => None,
        Some(_) => {
            odd = true;
            None
        }
    };
    (PATHS.iter().map(&mut text).collect(), odd)
}

/// The column of a field.
pub(crate) fn of_path(path: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.path == path)
}
