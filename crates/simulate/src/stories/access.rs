//! Getting in and moving up: stolen keys, guessed passwords, other people's passwords.

use super::{Stage, Story};
use crate::calls::{compute, identity::*, launch, storage};
use crate::cast::{GLOBAL, HOME, PROD, key_generation};
use crate::clock::MINUTE;
use crate::record::{Call, Caller, Session, access_key};

const KALI_CLI: &str = "aws-cli/2.17.12 md/awscrt#0.20.11 ua/2.0 os/linux#6.8.11-amd64 md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#source md/prompt#off md/command";
const OLD_CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36";

pub(super) const STOLEN_KEY_TO_ADMIN: Story = Story {
    id: "stolen-key-to-admin",
    title: "A leaked access key makes itself administrator",
    description: "The metrics exporter's key turns up abroad. A key scanner checks it, somebody looks \
                  around and is refused again and again, then finds the one thing that works: writing \
                  an inline policy for the own user that allows everything. A second key follows.",
    expected: &[
        "secret-scanner-key-check",
        "inline-policy-grants-admin",
        "inline-policy-on-self",
        "denied-call-burst",
        "discovery-burst-cli",
        "access-key-created",
        "access-key-new-address",
    ],
    hour: 2,
    script: stolen_key_to_admin,
};

fn stolen_key_to_admin(stage: &mut Stage) {
    let name = "metrics-exporter";
    let user = Caller::user(&PROD, name, key_generation(stage.now()));
    let scanner = user.clone().from("203.0.113.5", "TruffleHog");
    let thief = user.from("203.0.113.14", KALI_CLI);
    stage.act(0, &scanner, GLOBAL, &GET_CALLER_IDENTITY);
    stage.act(47 * MINUTE, &thief, HOME, &GET_CALLER_IDENTITY);
    for call in [
        &LIST_USERS,
        &LIST_ROLES,
        &LIST_POLICIES,
        &GET_ACCOUNT_SUMMARY,
    ] {
        stage.act(1, &thief, GLOBAL, &denied(call));
    }
    for call in [
        &compute::DESCRIBE_INSTANCES,
        &compute::DESCRIBE_SECURITY_GROUPS,
        &storage::DESCRIBE_SNAPSHOTS,
    ] {
        stage.act(1, &thief, HOME, &refused(call));
    }
    stage.act(2, &thief, HOME, &denied(&storage::LIST_BUCKETS));
    for &region in &["us-west-2", "eu-west-3", "ap-northeast-1", "sa-east-1"] {
        stage.act(1, &thief, region, &refused(&compute::DESCRIBE_INSTANCES));
        stage.act(1, &thief, region, &denied(&LIST_FUNCTIONS));
    }
    stage.act(95, &thief, GLOBAL, &LIST_OWN_POLICIES);
    stage.act(4, &thief, GLOBAL, &GET_OWN_POLICY);
    stage.act(3 * MINUTE, &thief, GLOBAL, &PUT_OWN_POLICY);
    stage.act(20, &thief, GLOBAL, &LIST_USERS);
    let second = access_key("AKIA", name, 1);
    stage.act_on(4 * MINUTE, &thief, GLOBAL, &CREATE_NAMED_KEY, &second);
    stage.act(30, &thief, HOME, &storage::LIST_BUCKETS);
}

const LIST_FUNCTIONS: Call = crate::calls::containers::LIST_FUNCTIONS;
const LIST_OWN_POLICIES: Call = Call::read("iam", "ListUserPolicies", r#"{"userName":"$user"}"#);
const GET_OWN_POLICY: Call = Call::read(
    "iam",
    "GetUserPolicy",
    r#"{"userName":"$user","policyName":"metrics"}"#,
);
const PUT_OWN_POLICY: Call = Call::write(
    "iam",
    "PutUserPolicy",
    r#"{"userName":"$user","policyName":"metrics-2","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}"#,
    "null",
);
const CREATE_NAMED_KEY: Call = Call {
    request: r#"{"userName":"$user"}"#,
    ..launch::CREATE_OWN_ACCESS_KEY
};

fn denied(call: &Call) -> Call {
    call.fails("AccessDenied", "User: $arn is not authorized to perform this action because no identity-based policy allows it")
}

fn refused(call: &Call) -> Call {
    call.fails("Client.UnauthorizedOperation", "You are not authorized to perform this operation. User: $arn is not authorized because no identity-based policy allows the action")
}

pub(super) const CONSOLE_TAKEOVER: Story = Story {
    id: "console-takeover",
    title: "A guessed password, and a key for somebody else",
    description: "Six wrong passwords for tom.becker from a country where nobody works, then the right \
                  one, without a second factor. The visitor looks at the users and makes an access key \
                  for maria.santos, who has more rights.",
    expected: &[
        "console-login-without-mfa",
        "access-key-created-for-other-user",
        "console-login-bruteforce-user",
        "console-bruteforce-then-success",
        "console-login-new-country",
    ],
    hour: 3,
    script: console_takeover,
};

fn console_takeover(stage: &mut Stage) {
    let (name, address) = ("tom.becker", "203.0.113.140");
    let door = Caller::at_sign_in(&PROD, name).from(address, OLD_CHROME);
    for pause in [0, 9, 7, 12, 31, 8] {
        stage.act(pause, &door, GLOBAL, &CONSOLE_LOGIN_MISTYPED);
    }
    stage.act(22, &door, GLOBAL, &CONSOLE_LOGIN_WITHOUT_MFA);
    let session = Session::new(name, stage.now());
    let visitor = Caller::user_session(&PROD, session)
        .from(address, OLD_CHROME)
        .in_console();
    for call in [&LIST_USERS, &GET_ACCOUNT_SUMMARY, &LIST_ROLES] {
        stage.act(14, &visitor, GLOBAL, call);
    }
    stage.act_on(70, &visitor, GLOBAL, &LIST_KEYS_OF, "maria.santos");
    stage.act_on(25, &visitor, GLOBAL, &CREATE_KEY_FOR, "maria.santos");
}

const LIST_KEYS_OF: Call = Call::read("iam", "ListAccessKeys", r#"{"userName":"$item"}"#);
const CREATE_KEY_FOR: Call = Call::write(
    "iam",
    "CreateAccessKey",
    r#"{"userName":"$item"}"#,
    r#"{"accessKey":{"userName":"$item","accessKeyId":"$longkey","status":"Active","createDate":"$date"}}"#,
);

pub(super) const PASSWORD_OF_ANOTHER: Story = Story {
    id: "password-of-another",
    title: "Somebody else's password is changed, and used",
    description: "With farid.haddad's hijacked session a stranger sets a new password for \
                  maria.santos, takes her second factor away, signs in as her, and gives the \
                  exporter's user a console password as well.",
    expected: &[
        "login-profile-changed-for-other-user",
        "mfa-device-removed",
        "console-login-without-mfa",
        "login-profile-created",
        "password-reset-then-login",
    ],
    hour: 4,
    script: password_of_another,
};

fn password_of_another(stage: &mut Stage) {
    let address = "203.0.113.201";
    let session = Session::new("farid.haddad", stage.now() - 35 * MINUTE);
    let hijacker = Caller::permission_set(&PROD, "Operator", session).from(address, OLD_CHROME);
    stage.act(0, &hijacker, GLOBAL, &LIST_USERS);
    stage.act_on(40, &hijacker, GLOBAL, &UPDATE_LOGIN_PROFILE, "maria.santos");
    stage.act_on(25, &hijacker, GLOBAL, &DEACTIVATE_MFA, "maria.santos");
    let door = Caller::at_sign_in(&PROD, "maria.santos").from(address, OLD_CHROME);
    stage.act(3 * MINUTE, &door, GLOBAL, &CONSOLE_LOGIN_WITHOUT_MFA);
    let session = Session::new("maria.santos", stage.now());
    let visitor = Caller::user_session(&PROD, session)
        .from(address, OLD_CHROME)
        .in_console();
    stage.act_on(
        50,
        &visitor,
        GLOBAL,
        &CREATE_LOGIN_PROFILE,
        "metrics-exporter",
    );
}

const UPDATE_LOGIN_PROFILE: Call = Call::write(
    "iam",
    "UpdateLoginProfile",
    r#"{"userName":"$item","passwordResetRequired":false}"#,
    "null",
);
const DEACTIVATE_MFA: Call = Call::write(
    "iam",
    "DeactivateMFADevice",
    r#"{"userName":"$item","serialNumber":"arn:aws:iam::$account:mfa/$item"}"#,
    "null",
);
const CREATE_LOGIN_PROFILE: Call = Call::write(
    "iam",
    "CreateLoginProfile",
    r#"{"userName":"$item","passwordResetRequired":false}"#,
    r#"{"loginProfile":{"userName":"$item","createDate":"$date","passwordResetRequired":false}}"#,
);
