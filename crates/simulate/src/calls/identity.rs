//! STS, IAM, sign-in, Identity Center, Organizations.

use crate::record::{Call, Category};

const ROLE: &str = r#"[{"accountId":"$account","type":"AWS::IAM::Role","ARN":"arn:aws:iam::$account:role/$item"}]"#;
const ASSUMED: &str = r#"{"credentials":{"accessKeyId":"$tempkey","sessionToken":"$sessiontoken","expiration":"$expires"},"assumedRoleUser":{"assumedRoleId":"$roleid:$user","arn":"arn:aws:sts::$account:assumed-role/$item/$user"}}"#;

pub(crate) const GET_CALLER_IDENTITY: Call = Call::read("sts", "GetCallerIdentity", "null");
/// `$item` is the role's name.
pub(crate) const ASSUME_ROLE: Call = Call {
    read_only: true,
    ..Call::write(
        "sts",
        "AssumeRole",
        r#"{"roleArn":"arn:aws:iam::$account:role/$item","roleSessionName":"$user","durationSeconds":3600}"#,
        ASSUMED,
    )
    .on(ROLE)
};
/// The auditor's step from one account into production.
pub(crate) const ASSUME_ROLE_IN_PROD: Call = Call {
    read_only: true,
    ..Call::write(
        "sts",
        "AssumeRole",
        r#"{"roleArn":"arn:aws:iam::111122223333:role/$item","roleSessionName":"$user","durationSeconds":3600}"#,
        r#"{"credentials":{"accessKeyId":"$tempkey","sessionToken":"$sessiontoken","expiration":"$expires"},"assumedRoleUser":{"assumedRoleId":"$roleid:$user","arn":"arn:aws:sts::111122223333:assumed-role/$item/$user"}}"#,
    )
    .on(r#"[{"accountId":"111122223333","type":"AWS::IAM::Role","ARN":"arn:aws:iam::111122223333:role/$item"}]"#)
};
/// A service that takes a role in order to run something: EC2, Lambda, ECS.
pub(crate) const SERVICE_ASSUMES_ROLE: Call = Call {
    read_only: true,
    ..Call::write(
        "sts",
        "AssumeRole",
        r#"{"roleArn":"arn:aws:iam::$account:role/$role","roleSessionName":"$instance"}"#,
        r#"{"credentials":{"accessKeyId":"$tempkey","sessionToken":"$sessiontoken","expiration":"$expires"}}"#,
    )
    .on(r#"[{"accountId":"$account","type":"AWS::IAM::Role","ARN":"arn:aws:iam::$account:role/$role"}]"#)
};
/// The weekly scanner, from its own account, with the agreed external id.
pub(crate) const ASSUME_SCANNER_ROLE: Call = Call {
    read_only: true,
    ..Call::write(
        "sts",
        "AssumeRole",
        r#"{"roleArn":"arn:aws:iam::$account:role/$item","roleSessionName":"posture-scan","externalId":"acme-4711","durationSeconds":3600}"#,
        r#"{"credentials":{"accessKeyId":"$tempkey","sessionToken":"$sessiontoken","expiration":"$expires"},"assumedRoleUser":{"assumedRoleId":"$roleid:posture-scan","arn":"arn:aws:sts::$account:assumed-role/$item/posture-scan"}}"#,
    )
    .on(ROLE)
};
pub(crate) const ASSUME_ROLE_FROM_GITHUB: Call = Call {
    read_only: true,
    ..Call::write(
        "sts",
        "AssumeRoleWithWebIdentity",
        r#"{"roleArn":"arn:aws:iam::$account:role/$item","roleSessionName":"GitHubActions","durationSeconds":3600}"#,
        r#"{"credentials":{"accessKeyId":"$tempkey","sessionToken":"$sessiontoken","expiration":"$expires"},"subjectFromWebIdentityToken":"$user","assumedRoleUser":{"assumedRoleId":"$roleid:GitHubActions","arn":"arn:aws:sts::$account:assumed-role/$item/GitHubActions"},"provider":"arn:aws:iam::$account:oidc-provider/token.actions.githubusercontent.com","audience":"sts.amazonaws.com"}"#,
    )
    .extra(r#"{"identityProviderConnectionVerificationMethod":"IAMTrustStore"}"#)
    .on(ROLE)
};
pub(crate) const ASSUME_ROLE_FROM_POD: Call = Call {
    read_only: true,
    ..Call::write(
        "sts",
        "AssumeRoleWithWebIdentity",
        r#"{"roleArn":"arn:aws:iam::$account:role/$item","roleSessionName":"botocore-session-$n6"}"#,
        r#"{"credentials":{"accessKeyId":"$tempkey","sessionToken":"$sessiontoken","expiration":"$expires"},"subjectFromWebIdentityToken":"$user","assumedRoleUser":{"assumedRoleId":"$roleid:botocore-session","arn":"arn:aws:sts::$account:assumed-role/$item/botocore-session"},"audience":"sts.amazonaws.com"}"#,
    )
    .on(ROLE)
};

/// `MFAUsed` is `No` because Identity Center asks for the second factor, out of CloudTrail's sight.
pub(crate) const CONSOLE_LOGIN_FEDERATED: Call = Call::write(
    "signin",
    "ConsoleLogin",
    "null",
    r#"{"ConsoleLogin":"Success"}"#,
)
.category(Category::SignIn)
.extra(r#"{"MobileVersion":"No","MFAUsed":"No"}"#);
pub(crate) const CONSOLE_LOGIN: Call = CONSOLE_LOGIN_FEDERATED.extra(
    r#"{"LoginTo":"https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&state=hashArgsFromTB_$region_$hex16","MobileVersion":"No","MFAIdentifier":"arn:aws:iam::$account:mfa/$user","MFAUsed":"Yes"}"#,
);
pub(crate) const CONSOLE_LOGIN_WITHOUT_MFA: Call = CONSOLE_LOGIN_FEDERATED.extra(
    r#"{"LoginTo":"https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&state=hashArgsFromTB_$region_$hex16","MobileVersion":"No","MFAUsed":"No"}"#,
);
pub(crate) const CONSOLE_LOGIN_MISTYPED: Call = Call {
    response: r#"{"ConsoleLogin":"Failure"}"#,
    error: None,
    ..CONSOLE_LOGIN_WITHOUT_MFA
}
.with_message("Failed authentication");
pub(crate) const CHECK_MFA: Call =
    Call::write("signin", "CheckMfa", "null", r#"{"CheckMfa":"Success"}"#)
        .category(Category::SignIn)
        .extra(r#"{"MfaType":"Virtual MFA"}"#);
pub(crate) const FEDERATE: Call =
    Call::read("sso", "Federate", "null").category(Category::ServiceEvent);
pub(crate) const GET_ROLE_CREDENTIALS: Call = Call::read(
    "sso",
    "GetRoleCredentials",
    r#"{"roleName":"$item","accountId":"$account"}"#,
)
.category(Category::ServiceEvent);

pub(crate) const LIST_USERS: Call = Call::read("iam", "ListUsers", r#"{"maxItems":1000}"#);
pub(crate) const LIST_ROLES: Call = Call::read("iam", "ListRoles", r#"{"maxItems":1000}"#);
pub(crate) const LIST_POLICIES: Call = Call::read(
    "iam",
    "ListPolicies",
    r#"{"onlyAttached":false,"scope":"Local","maxItems":1000}"#,
);
pub(crate) const GET_ROLE: Call = Call::read("iam", "GetRole", r#"{"roleName":"$role"}"#);
pub(crate) const LIST_ROLE_POLICIES: Call =
    Call::read("iam", "ListRolePolicies", r#"{"roleName":"$role"}"#);
pub(crate) const LIST_ATTACHED_ROLE_POLICIES: Call =
    Call::read("iam", "ListAttachedRolePolicies", r#"{"roleName":"$role"}"#);
pub(crate) const GET_ACCOUNT_SUMMARY: Call = Call::read("iam", "GetAccountSummary", "null");
pub(crate) const GENERATE_CREDENTIAL_REPORT: Call =
    Call::read("iam", "GenerateCredentialReport", "null");
pub(crate) const LIST_ACCESS_KEYS: Call =
    Call::read("iam", "ListAccessKeys", r#"{"userName":"$user"}"#);
pub(crate) const DESCRIBE_ORGANIZATION: Call =
    Call::read("organizations", "DescribeOrganization", "null");
