//! The weekly scanner: a vendor who reads the settings of everything, from an account of its own.

use super::Desk;
use crate::calls::{
    compute::*, containers::*, data::*, identity::*, secrets::*, storage::*, watch::*,
};
use crate::cast::{Account, GLOBAL, HOME, PROD, SCANNER_ACCOUNT, SECOND, STAGING};
use crate::clock::{MINUTE, Second};
use crate::record::{Call, Caller, Deed, Session};
use crate::rng::Rng;

const ADDRESS: &str = "192.0.2.130";
const AGENT: &str = "posture-scanner/5.2 Boto3/1.40.64 md/Botocore#1.40.64 ua/2.1 os/linux#6.8.0 lang/python#3.12.11 Botocore/1.40.64";

const EVERYWHERE: [&Call; 8] = [
    &DESCRIBE_INSTANCES,
    &DESCRIBE_SECURITY_GROUPS,
    &DESCRIBE_VPCS,
    &DESCRIBE_SNAPSHOTS,
    &DESCRIBE_DB_INSTANCES,
    &LIST_FUNCTIONS,
    &DESCRIBE_TRAILS,
    &LIST_SECRETS,
];
const ONCE: [&Call; 12] = [
    &LIST_USERS,
    &LIST_ROLES,
    &LIST_POLICIES,
    &GENERATE_CREDENTIAL_REPORT,
    &GET_ACCOUNT_SUMMARY,
    &LIST_BUCKETS,
    &LIST_CLUSTERS,
    &LIST_TOPICS,
    &LIST_TABLES,
    &LIST_ALIASES,
    &DESCRIBE_REGIONS,
    &LIST_DETECTORS,
];
const OF_A_BUCKET: [&Call; 5] = [
    &GET_BUCKET_ACL,
    &GET_BUCKET_POLICY,
    &GET_BUCKET_PUBLIC_ACCESS_BLOCK,
    &GET_BUCKET_VERSIONING,
    &GET_BUCKET_ENCRYPTION,
];

/// Both accounts in which something runs, one after the other.
pub(super) fn scan(at: Second, desk: &mut Desk<'_>, rng: &mut Rng) {
    for (account, wait) in [(&PROD, 0), (&STAGING, 15 * MINUTE)] {
        scan_account(account, at + wait, desk, rng);
    }
}

fn scan_account(account: &Account, at: Second, desk: &mut Desk<'_>, rng: &mut Rng) {
    let scanner = enter(account, at, desk);
    let mut at = at + 4;
    for region in [HOME, SECOND, GLOBAL] {
        at = desk.burst(&scanner, region, at, 12, &EVERYWHERE, rng);
    }
    at = desk.burst(&scanner, HOME, at, 12, &ONCE, rng);
    for _ in account.things.bucket {
        at = desk.burst(&scanner, HOME, at, 12, &OF_A_BUCKET, rng);
    }
}

/// The vendor takes the role that was agreed on.
fn enter(account: &Account, at: Second, desk: &mut Desk<'_>) -> Caller {
    let item = "PostureScanner";
    let vendor = Caller::outsider(
        account,
        SCANNER_ACCOUNT,
        "AROAQ7RSTUVWXEXAMPLE1:scan-worker",
    )
    .from(ADDRESS, AGENT);
    let call = &ASSUME_SCANNER_ROLE;
    desk.hand_in(
        &Deed::new(call, &vendor, at, HOME)
            .about(item)
            .shared(at as u64),
    );
    let session = Session::new("posture-scan", at);
    Caller::role(account, "/", item, session).from(ADDRESS, AGENT)
}
