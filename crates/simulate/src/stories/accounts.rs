//! Whole accounts: a way in from outside, and a way out of the organization.

use super::{Stage, Story};
use crate::calls::identity::*;
use crate::cast::{GLOBAL, HOME, PROD, STAGING};
use crate::clock::{HOUR, MINUTE};
use crate::record::{Call, Caller, Session};

const CLI: &str = "aws-cli/2.16.1 md/awscrt#0.20.9 ua/2.0 os/macos#23.5.0 md/arch#x86_64 lang/python#3.11.8 md/pyimpl#CPython cfg/retry-mode#standard md/prompt#off";
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

pub(super) const ROLE_TRUST_BACKDOOR: Story = Story {
    id: "role-trust-backdoor",
    title: "A forgotten role learns to trust a stranger, and becomes administrator",
    description: "The session of farid.haddad, used from abroad, lets an account outside the company \
                  assume an old role and attaches AdministratorAccess to it. Half an hour later that \
                  account comes in.",
    expected: &[
        "role-trust-opened-to-outsider",
        "admin-policy-attached-to-role",
        "role-assumed-from-outside-account",
    ],
    hour: 6,
    script: role_trust_backdoor,
};

fn role_trust_backdoor(stage: &mut Stage) {
    let session = Session::new("farid.haddad", stage.now() - HOUR);
    let intruder = Caller::permission_set(&PROD, "Operator", session).from("203.0.113.9", CLI);
    stage.act(0, &intruder, GLOBAL, &LIST_ROLES);
    stage.act_on(55, &intruder, GLOBAL, &TRUST_OUTSIDER, "legacy-report");
    stage.act_on(20, &intruder, GLOBAL, &ATTACH_ADMIN, "legacy-report");
    let outsider =
        Caller::outsider(&PROD, "999988887777", "AIDAOUTSIDEREXAMPLE12").from("203.0.113.10", CLI);
    stage.act_on(31 * MINUTE, &outsider, HOME, &COME_IN, "legacy-report");
    let session = Session::new("ops", stage.now());
    let ghost = Caller::role(&PROD, "/", "legacy-report", session).from("203.0.113.10", CLI);
    stage.act(10, &ghost, HOME, &GET_CALLER_IDENTITY);
    stage.act(6, &ghost, GLOBAL, &LIST_USERS);
}

const TRUST_OUTSIDER: Call = Call::write(
    "iam",
    "UpdateAssumeRolePolicy",
    r#"{"roleName":"$item","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::999988887777:root\"},\"Action\":\"sts:AssumeRole\"}]}"}"#,
    "null",
);
const ATTACH_ADMIN: Call = Call::write(
    "iam",
    "AttachRolePolicy",
    r#"{"roleName":"$item","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
    "null",
);
const COME_IN: Call = Call {
    request: r#"{"roleArn":"arn:aws:iam::$account:role/$item","roleSessionName":"ops"}"#,
    response: r#"{"credentials":{"accessKeyId":"$tempkey","sessionToken":"$sessiontoken","expiration":"$expires"},"assumedRoleUser":{"assumedRoleId":"$roleid:ops","arn":"arn:aws:sts::$account:assumed-role/$item/ops"}}"#,
    ..ASSUME_ROLE
};

pub(super) const ORGANIZATION_LEFT: Story = Story {
    id: "organization-left",
    title: "Root of the staging account is taken, and the account leaves the organization",
    description: "Five wrong passwords for root of the staging account, then the right one without a \
                  second factor. Root makes itself an access key and takes the account out of the \
                  organization: once refused, then done.",
    expected: &[
        "root-console-login",
        "console-login-without-mfa",
        "root-activity",
        "root-access-key-created",
        "organization-left",
        "root-console-login-failed-burst",
    ],
    hour: 23,
    script: organization_left,
};

fn organization_left(stage: &mut Stage) {
    let address = "203.0.113.222";
    let door = Caller::root(&STAGING, None).from(address, BROWSER);
    for pause in [0, 14, 9, 22, 11] {
        stage.act(pause, &door, GLOBAL, &CONSOLE_LOGIN_MISTYPED);
    }
    stage.act(40, &door, GLOBAL, &CONSOLE_LOGIN_WITHOUT_MFA);
    let session = Session::new("root", stage.now());
    let root = Caller::root(&STAGING, Some(session))
        .from(address, BROWSER)
        .in_console();
    stage.act(35, &root, GLOBAL, &GET_ACCOUNT_SUMMARY);
    stage.act(60, &root, GLOBAL, &CREATE_ROOT_KEY);
    stage.act(45, &root, GLOBAL, &DESCRIBE_ORGANIZATION);
    stage.act(20, &root, GLOBAL, &LEAVE_REFUSED);
    stage.act(5 * MINUTE, &root, GLOBAL, &LEAVE);
}

const CREATE_ROOT_KEY: Call = Call::write(
    "iam",
    "CreateAccessKey",
    "null",
    r#"{"accessKey":{"accessKeyId":"$longkey","status":"Active","createDate":"$date"}}"#,
);
const LEAVE: Call = Call::write("organizations", "LeaveOrganization", "null", "null");
const LEAVE_REFUSED: Call = LEAVE.fails(
    "ConstraintViolationException",
    "The member account is missing one or more of the prerequisites required to operate as a standalone account.",
);
