//! With whom snapshots, images, documents and resource shares are shared.
//!
//! Source: EC2 API reference, `ModifySnapshotAttribute`, `ModifyImageAttribute`; RDS API reference,
//! `ModifyDBSnapshotAttribute`, `ModifyDBClusterSnapshotAttribute`; Systems Manager API reference,
//! `ModifyDocumentPermission`; RAM API reference, `CreateResourceShare`.

use crate::cloudtrail::Record;

use super::{Tags, walk};

/// `public` and `account:<id>` for every new reader that is not of the record's own account.
pub(crate) fn of(record: &Record<'_>) -> Tags {
    let mut tags = Tags::new();
    let paths = paths(&record.event_name());
    if paths.is_empty() {
        return tags;
    }
    let Some(request) = record.request_parameters() else {
        return tags;
    };
    let own = record.account();
    for reader in paths.iter().filter_map(|path| request.at(path)) {
        walk::each(reader, &mut |key, value| {
            if let Some(tag) = value
                .as_str()
                .and_then(|text| tag(key, &text, own.as_deref()))
            {
                tags.insert(tag.into());
            }
            true
        });
    }
    tags
}

/// Where the request of such a call names new readers.
fn paths(event_name: &str) -> &'static [&'static [&'static str]] {
    match event_name {
        "ModifySnapshotAttribute" => &[&["createVolumePermission", "add"]],
        "ModifyImageAttribute" => &[&["launchPermission", "add"]],
        "ModifyFpgaImageAttribute" => &[&["loadPermission", "add"]],
        "ModifyDBSnapshotAttribute" | "ModifyDBClusterSnapshotAttribute" => &[&["valuesToAdd"]],
        "AuthorizeSnapshotAccess" => &[&["accountWithRestoreAccess"]],
        "ModifyDocumentPermission" => &[&["accountIdsToAdd"]],
        "CreateResourceShare" | "AssociateResourceShare" => &[&["principals"]],
        _ => &[],
    }
}

fn tag(key: &str, text: &str, own: Option<&str>) -> Option<String> {
    // An organization's or unit's ARN names the managing account, yet means the organization.
    if key.starts_with("organization") || text.contains(":organizations:") {
        return None;
    }
    if text.eq_ignore_ascii_case("all") {
        return Some("public".into());
    }
    let account = walk::account_in(text)?;
    (Some(account) != own).then(|| format!("account:{account}"))
}
