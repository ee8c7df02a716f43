//! The fields of a record: CloudTrail's own, as a closed list, and those that Trailhound derives.
//!
//! Source: CloudTrail user guide, "CloudTrail record contents for management, data, and network
//! activity events" (up to `eventVersion` 1.11) and "CloudTrail userIdentity element".

use detect::derived::FIELDS;

use crate::nearest::nearest;

/// Every path that a record can have; below a path that ends in `.*`, anything.
const RECORD: &[&str] = &[
    "addendum.originalEventID",
    "addendum.originalRequestID",
    "addendum.reason",
    "addendum.updatedFields",
    "additionalEventData.*",
    "apiVersion",
    "awsRegion",
    "edgeDeviceDetails.*",
    "errorCode",
    "errorMessage",
    "eventCategory",
    "eventContext.*",
    "eventID",
    "eventName",
    "eventSource",
    "eventTime",
    "eventType",
    "eventVersion",
    "insightDetails.*",
    "managementEvent",
    "readOnly",
    "recipientAccountId",
    "requestID",
    "requestParameters.*",
    "resources.ARN",
    "resources.ARNPrefix",
    "resources.accountId",
    "resources.type",
    "responseElements.*",
    "serviceEventDetails.*",
    "sessionCredentialFromConsole",
    "sharedEventID",
    "sourceIPAddress",
    "tlsDetails.cipherSuite",
    "tlsDetails.clientProvidedHostHeader",
    "tlsDetails.keyExchange",
    "tlsDetails.tlsVersion",
    "userAgent",
    "userIdentity.accessKeyId",
    "userIdentity.accountId",
    "userIdentity.arn",
    "userIdentity.credentialId",
    "userIdentity.identityProvider",
    "userIdentity.inScopeOf.credentialsIssuedTo",
    "userIdentity.inScopeOf.issuerType",
    "userIdentity.inScopeOf.sourceAccount",
    "userIdentity.inScopeOf.sourceArn",
    "userIdentity.invokedBy",
    "userIdentity.invokedByDelegate.accountId",
    "userIdentity.onBehalfOf.identityStoreArn",
    "userIdentity.onBehalfOf.userId",
    "userIdentity.principalId",
    "userIdentity.sessionContext.assumedRoot",
    "userIdentity.sessionContext.attributes.creationDate",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "userIdentity.sessionContext.attributes.sessionCredentialFromConsole",
    "userIdentity.sessionContext.ec2RoleDelivery",
    "userIdentity.sessionContext.sessionIssuer.accountId",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "userIdentity.sessionContext.sessionIssuer.principalId",
    "userIdentity.sessionContext.sessionIssuer.type",
    "userIdentity.sessionContext.sessionIssuer.userName",
    "userIdentity.sessionContext.signInSessionArn",
    "userIdentity.sessionContext.sourceIdentity",
    "userIdentity.sessionContext.webIdFederationData.attributes.*",
    "userIdentity.sessionContext.webIdFederationData.federatedProvider",
    "userIdentity.type",
    "userIdentity.userName",
    "vpcEndpointAccountId",
    "vpcEndpointId",
];

/// What is known of a field path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Records can have it, or Trailhound derives it.
    Known,
    /// It lies inside a block whose content depends on the service, such as `requestParameters`.
    Open,
    /// No record ever has it.
    Unknown {
        /// What was probably meant.
        suggestion: Option<&'static str>,
    },
}

/// Whether a record can have a field of this path. Case counts, as it does in Sigma's field names;
/// indexes such as `resources[0].ARN` are allowed anywhere.
#[must_use]
pub fn is_record_field(path: &str) -> Verdict {
    let path = without_indexes(path);
    for known in all_paths() {
        match known.strip_suffix(".*") {
            Some(block) if path == block => return Verdict::Known,
            Some(block) if is_below(&path, block) => return Verdict::Open,
            None if path == known || is_below(known, &path) => return Verdict::Known,
            _ => {}
        }
    }
    Verdict::Unknown {
        suggestion: nearest(&path, all_paths().map(|known| known.trim_end_matches(".*"))),
    }
}

fn all_paths() -> impl Iterator<Item = &'static str> {
    RECORD
        .iter()
        .copied()
        .chain(FIELDS.iter().map(|derived| derived.path))
}

/// Whether `path` lies inside `block`.
fn is_below(path: &str, block: &str) -> bool {
    path.strip_prefix(block)
        .is_some_and(|rest| rest.starts_with('.'))
}

/// `resources[0].ARN` as `resources.ARN`.
fn without_indexes(path: &str) -> String {
    let segments = path
        .split('.')
        .map(|segment| segment.split('[').next().unwrap_or(segment));
    segments.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_known_open_or_unknown() {
        let unknown = |suggestion| Verdict::Unknown { suggestion };
        for (path, verdict, why) in [
            ("eventName", Verdict::Known, "at the top"),
            ("userIdentity", Verdict::Known, "a whole block"),
            (
                "userIdentity.sessionContext.sessionIssuer",
                Verdict::Known,
                "a block in a block",
            ),
            ("requestParameters", Verdict::Known, "an open block itself"),
            (
                "requestParameters.userName",
                Verdict::Open,
                "depends on the service",
            ),
            (
                "additionalEventData.MFAUsed",
                Verdict::Open,
                "depends on the event",
            ),
            ("resources[0].ARN", Verdict::Known, "with an index"),
            ("trailhound.principal.key", Verdict::Known, "derived"),
            (
                "trailhound.principal",
                Verdict::Known,
                "a block of derived fields",
            ),
            (
                "sourceIpAddress",
                unknown(Some("sourceIPAddress")),
                "case counts",
            ),
            (
                "userIdentity.username",
                unknown(Some("userIdentity.userName")),
                "case counts",
            ),
            (
                "trailhound.principal.kinds",
                unknown(Some("trailhound.principal.kind")),
                "mistyped",
            ),
            ("eventNam", unknown(Some("eventName")), "mistyped"),
            (
                "eventName.more",
                unknown(Some("eventName")),
                "nothing lies below",
            ),
            ("Image", unknown(None), "a field of another product"),
            ("", unknown(None), "nothing"),
        ] {
            assert_eq!(is_record_field(path), verdict, "{why}: {path}");
        }
    }

    #[test]
    fn the_list_is_sorted_and_each_path_is_named_once() {
        assert!(RECORD.is_sorted());
        let mut paths: Vec<_> = all_paths().collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), RECORD.len() + FIELDS.len());
    }
}
