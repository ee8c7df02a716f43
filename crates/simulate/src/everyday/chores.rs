//! What happens by the clock: backups, scans, scaling, rotation, and a few things that look worse
//! than they are.

use super::{Desk, deploys, scan};
use crate::calendar::is_weekend;
use crate::calls::{compute::*, identity::*, launch::*, secrets::*, storage::*, watch::*};
use crate::cast::{GLOBAL, HOME, PROD, REVIEWS_LAUNCH, SECURITY, STAGING, key_generation};
use crate::clock::{self, DAY, HOUR, MINUTE, SLOT, Second, weekday};
use crate::record::{Call, Caller, Deed, Session, access_key};
use crate::rng::Rng;

/// On which days something happens.
#[derive(Debug, Clone, Copy)]
enum Days {
    All,
    Working,
    Mondays,
    /// On that day of the month.
    Monthly(i64),
    /// Once, so many days after the beginning.
    Once(i64),
}

/// One entry of the timetable: days, hour and minute (UTC), and what is done.
type Chore = (Days, Second, Second, fn(Second, &mut Desk<'_>, &mut Rng));

const TIMETABLE: &[Chore] = &[
    (Days::All, 2, 0, back_up),
    (Days::Working, 6, 30, scale_out),
    (Days::Working, 21, 0, scale_in),
    (Days::Mondays, 3, 10, scan::scan),
    (Days::Monthly(15), 10, 20, rotate_key),
    (Days::Once(8), 9, 40, look_up_the_contract_as_root),
    (Days::Once(11), 15, 5, welcome_new_hire),
    (Days::Once(REVIEWS_LAUNCH), 11, 0, deploys::launch_reviews),
];

/// What is due in the slot beginning at `slot`.
pub(super) fn run(slot: Second, desk: &mut Desk<'_>) {
    let midnight = slot.div_euclid(DAY) * DAY;
    for (number, (days, hour, minute, chore)) in TIMETABLE.iter().enumerate() {
        let at = midnight + hour * HOUR + minute * MINUTE;
        if (slot..slot + SLOT).contains(&at) && days.include(midnight, desk.first) {
            let mut rng = Rng::about(desk.seed, &[CHORES, at as u64, number as u64]);
            chore(at + rng.below(SLOT as u64) as Second, desk, &mut rng);
        }
    }
    if slot.rem_euclid(HOUR) == 0 {
        stumble(slot, desk);
    }
}

const CHORES: u64 = 0xc40e;

impl Days {
    fn include(self, midnight: Second, first: Second) -> bool {
        match self {
            Self::All => true,
            Self::Working => !is_weekend(midnight),
            Self::Mondays => weekday(midnight) == 0,
            Self::Monthly(day) => clock::civil(midnight)[2] == day,
            Self::Once(day) => midnight == first + day * DAY,
        }
    }
}

/// AWS Backup takes a snapshot of each volume and drops the oldest.
fn back_up(at: Second, desk: &mut Desk<'_>, rng: &mut Rng) {
    for account in [&PROD, &STAGING] {
        let session = Session::new("AWSBackup-AWSBackupDefaultServiceRole", at);
        let role = "AWSBackupDefaultServiceRole";
        let service = "backup.amazonaws.com";
        let caller = Caller::linked(account, "/service-role/", role, session, service);
        let mut at = desk.burst(
            &caller,
            HOME,
            at,
            9,
            &[&DESCRIBE_SNAPSHOTS, &DESCRIBE_VOLUMES],
            rng,
        );
        for &item in account.things.volume {
            for call in [&START_BACKUP_JOB, &CREATE_SNAPSHOT, &DELETE_SNAPSHOT] {
                desk.hand_in(&Deed::new(call, &caller, at, HOME).about(item));
                at += rng.between(5, 40) as Second;
            }
        }
    }
}

fn auto_scaling(at: Second) -> Caller {
    let session = Session::new("AutoScaling", at - 7 * MINUTE);
    let path = "/aws-service-role/autoscaling.amazonaws.com/";
    let role = "AWSServiceRoleForAutoScaling";
    Caller::linked(&PROD, path, role, session, "autoscaling.amazonaws.com")
}

fn scale_out(at: Second, desk: &mut Desk<'_>, rng: &mut Rng) {
    let calls: [&Call; 4] = [
        &RUN_INSTANCES,
        &RUN_INSTANCES,
        &DESCRIBE_INSTANCE_STATUS,
        &DESCRIBE_IMAGES,
    ];
    desk.burst(&auto_scaling(at), HOME, at, 20, &calls, rng);
}

fn scale_in(at: Second, desk: &mut Desk<'_>, rng: &mut Rng) {
    let calls: [&Call; 3] = [
        &DESCRIBE_SCALING_GROUPS,
        &TERMINATE_INSTANCES,
        &TERMINATE_INSTANCES,
    ];
    desk.burst(&auto_scaling(at), HOME, at, 20, &calls, rng);
}

/// The exporter renews its own key: the new one comes, the old one goes.
fn rotate_key(at: Second, desk: &mut Desk<'_>, _: &mut Rng) {
    let name = "metrics-exporter";
    let key = |at| access_key("AKIA", name, key_generation(at));
    let (old, new) = (key(at), key(at + HOUR));
    let from = |generation| {
        Caller::user(&PROD, name, generation)
            .from("192.0.2.70", "Boto3/1.40.64 md/Botocore#1.40.64 ua/2.1 os/linux#6.8.0 lang/python#3.12.11 Botocore/1.40.64")
    };
    let (before, after) = (from(key_generation(at)), from(key_generation(at + HOUR)));
    for (caller, after, call, item) in [
        (&before, 0, &LIST_ACCESS_KEYS, ""),
        (&before, 2, &CREATE_OWN_ACCESS_KEY, &*new),
        (&after, 40, &RETIRE_ACCESS_KEY, &*old),
        (&after, 45, &DELETE_ACCESS_KEY, &*old),
    ] {
        let at = at + after * MINUTE;
        desk.hand_in(&Deed::new(call, caller, at, GLOBAL).about(item));
    }
}

/// The one legitimate sign-in of root, with its second factor, to look at what only root may see.
fn look_up_the_contract_as_root(at: Second, desk: &mut Desk<'_>, rng: &mut Rng) {
    let (address, browser) = (
        "198.51.100.10",
        "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    );
    let door = Caller::root(&SECURITY, None).from(address, browser);
    desk.burst(&door, GLOBAL, at, 1, &[&CONSOLE_LOGIN_ROOT], rng);
    let session = Session::new("root", at).with_mfa();
    let root = Caller::root(&SECURITY, Some(session))
        .from(address, browser)
        .in_console();
    desk.burst(&root, GLOBAL, at + 30, 20, &[&GET_CONTACT, &GET_BILL], rng);
}

const CONSOLE_LOGIN_ROOT: Call = CONSOLE_LOGIN.extra(
    r#"{"LoginTo":"https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&state=hashArgsFromTB_$region_$hex16","MobileVersion":"No","MFAIdentifier":"arn:aws:iam::$account:mfa/root-account-mfa-device","MFAUsed":"Yes"}"#,
);

/// The security engineer gives a new colleague a seat and two accounts.
fn welcome_new_hire(at: Second, desk: &mut Desk<'_>, _: &mut Rng) {
    let session = Session::new("hugo.martins", at - 20 * MINUTE);
    let path = "/aws-reserved/sso.amazonaws.com/eu-west-1/";
    let role = "AWSReservedSSO_IdentityAdmin_7d1c5b3a9f2e4086";
    let caller = Caller::role(&SECURITY, path, role, session)
        .from(
            "198.51.100.10",
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        )
        .in_console();
    for (after, call, item) in [
        (0, &ADD_PERSON, ""),
        (50, &ASSIGN_ACCOUNT, STAGING.id),
        (70, &ASSIGN_ACCOUNT, PROD.id),
    ] {
        desk.hand_in(&Deed::new(call, &caller, at + after, HOME).about(item));
    }
}

/// A function in staging that lacks a permission, once an hour, for months.
fn stumble(slot: Second, desk: &mut Desk<'_>) {
    let started = slot.div_euclid(12 * HOUR) * 12 * HOUR;
    let session = Session::new("stg-thumbnailer", started);
    let caller = Caller::role(&STAGING, "/", "stg-thumbnailer", session)
        .from("10.40.9.20", "Boto3/1.40.64 md/Botocore#1.40.64 ua/2.1 os/linux#6.12.46 lang/python#3.13.8 exec-env/AWS_Lambda_python3.13 Botocore/1.40.64");
    let (call, at) = (&DECRYPT_DENIED, slot + 7 * MINUTE);
    desk.hand_in(&Deed::new(call, &caller, at, HOME));
}

const DECRYPT_DENIED: Call = DECRYPT_FOR_S3.fails(
    "AccessDenied",
    "User: $arn is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:$region:$account:key/$kms because no identity-based policy allows the kms:Decrypt action",
);
