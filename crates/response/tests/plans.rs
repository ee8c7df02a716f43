//! What is planned about whom, what is refused and why, and how a service's refusals are told apart.

use detect::principal::PrincipalKind;
use detect::target::Target;
use query::Pattern;
use response::action::Kind;
use response::call::Service;
use response::manner::Mode;
use response::never::NeverTouch;
use response::plan::{Plan, Why};
use response::ports::Refused;
use sigma::Level;

use crate::world::{ACCOUNT, about, alert, at, manner};

fn kinds(plan: &Plan) -> Vec<&'static str> {
    plan.steps.iter().map(|step| step.kind().as_str()).collect()
}

#[test]
fn each_kind_of_principal_is_stopped_as_it_can_be() {
    let arn = |rest: &str| format!("arn:aws:iam::{ACCOUNT}:{rest}");
    for (kind, key, expected, why) in [
        (
            PrincipalKind::IamUser,
            arn("user/a/maria"),
            vec!["disable-access-key", "quarantine-user"],
            "a key that lasts",
        ),
        (
            PrincipalKind::AssumedRole,
            arn("role/ops/Deploy"),
            vec!["revoke-sessions", "quarantine-role"],
            "its sessions",
        ),
        (
            PrincipalKind::Federated,
            arn("user/maria"),
            vec!["quarantine-user"],
            "who made the token",
        ),
        (
            PrincipalKind::IdentityCenter,
            arn("role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admins/maria"),
            vec![],
            "cannot be changed",
        ),
        (
            PrincipalKind::AssumedRole,
            arn("role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"),
            vec![],
            "AWS's own",
        ),
        (
            PrincipalKind::AssumedRole,
            arn("role/trailhound-AlertsRole-1A2B"),
            vec![],
            "our own",
        ),
        (
            PrincipalKind::Root,
            arn("root"),
            vec![],
            "nobody stops root",
        ),
        (
            PrincipalKind::Service,
            "cloudtrail.amazonaws.com".to_owned(),
            vec![],
            "a service",
        ),
        (
            PrincipalKind::Account,
            "account:444455556666:AIDA".to_owned(),
            vec![],
            "somebody else's",
        ),
        (
            PrincipalKind::IamUser,
            "arn:aws:iam::444455556666:user/maria".to_owned(),
            vec![],
            "another account",
        ),
        (
            PrincipalKind::IamUser,
            "arn:aws-cn:iam::111122223333:user/maria".to_owned(),
            vec![],
            "another partition",
        ),
        (
            PrincipalKind::IamUser,
            arn("user/ma ria"),
            vec![],
            "no name of IAM",
        ),
    ] {
        let plan = Plan::of(&about(kind, &key, None), &manner(Mode::DryRun), at(1));
        assert_eq!(kinds(&plan), expected, "{why}: {key}");
        assert_eq!(
            plan.steps.is_empty(),
            !plan.refusals.is_empty(),
            "{why}: {key}"
        );
        for refusal in &plan.refusals {
            assert!(!refusal.says().zh_cn.is_empty() && refusal.says().en.ends_with('.'));
        }
    }
}

#[test]
fn evidence_comes_first_and_what_is_not_asked_for_is_refused() {
    let key = format!("arn:aws:iam::{ACCOUNT}:role/Deploy");
    let target = Target::Trail {
        name: "main".to_owned(),
    };
    let alert = about(PrincipalKind::AssumedRole, &key, Some(target));
    let mut manner = manner(Mode::DryRun);
    manner.kinds.remove(&Kind::QuarantineRole);
    let plan = Plan::of(&alert, &manner, at(1));
    assert_eq!(kinds(&plan), ["restart-trail", "revoke-sessions"]);
    assert_eq!(plan.refusals[0].why, Why::NotAsked);
}

#[test]
fn low_alerts_and_other_rules_are_not_answered() {
    let mut manner = manner(Mode::DryRun);
    let mut low = alert();
    low.level = Level::Medium;
    assert!(!Plan::of(&low, &manner, at(1)).is_answer());
    manner.rules = vec![Pattern::new("Root *"), Pattern::new("f6bc*")];
    assert!(Plan::of(&alert(), &manner, at(1)).is_answer(), "by its id");
    manner.rules.pop();
    assert!(!Plan::of(&alert(), &manner, at(1)).is_answer());
}

#[test]
fn what_the_list_protects_did_stays_too() {
    let mut manner = manner(Mode::DryRun);
    manner.never = NeverTouch::new("trailhound-", ["arn:aws:iam::*:USER/staff/*"]);
    let plan = Plan::of(&alert(), &manner, at(1));
    assert!(plan.steps.is_empty() && plan.is_answer());
    manner.never = NeverTouch::new("trailhound-", ["arn:aws:ec2:*:*:security-group/sg-0a9b*"]);
    let plan = Plan::of(&alert(), &manner, at(1));
    assert_eq!(kinds(&plan), ["disable-access-key", "quarantine-user"]);
}

#[test]
fn a_call_that_a_forged_alert_would_smuggle_in_is_not_made() {
    let mut forged = alert();
    forged.region = Some("eu-west-1.evil.example".to_owned());
    assert!(!kinds(&Plan::of(&forged, &manner(Mode::DryRun), at(1))).contains(&"close-port"));
    let mut forged = alert();
    let deed = forged.deed.as_mut().unwrap();
    deed.target = Some(Target::Ingress {
        group: "sg-1&GroupId=sg-2".to_owned(),
        openings: vec![crate::world::ssh()],
    });
    assert!(!kinds(&Plan::of(&forged, &manner(Mode::DryRun), at(1))).contains(&"close-port"));
}

#[test]
fn a_plan_is_the_same_whenever_it_is_made() {
    let role = about(
        PrincipalKind::AssumedRole,
        &format!("arn:aws:iam::{ACCOUNT}:role/R"),
        None,
    );
    let manner = manner(Mode::DryRun);
    let (one, other) = (
        Plan::of(&role, &manner, at(1)),
        Plan::of(&role, &manner, at(99)),
    );
    assert_eq!(one.id, other.id);
    let later = one.steps[0].at(at(500)).call();
    let document = later.parameter("PolicyDocument").unwrap();
    let moment = at(500).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    assert!(
        document.contains(&format!(r#"{{"aws:TokenIssueTime":"{moment}"}}"#)),
        "{document}"
    );
    serde_json::from_str::<serde_json::Value>(document).unwrap();
}

#[test]
fn refusals_of_each_service_are_told_apart() {
    use Service::{CloudTrail, Ec2, Iam};
    for (service, status, code, expected) in [
        (Iam, 404, "NoSuchEntity", "gone"),
        (Iam, 409, "EntityTemporarilyUnmodifiable", "later"),
        (Iam, 400, "Throttling", "later"),
        (Iam, 403, "AccessDenied", "denied"),
        (Iam, 409, "LimitExceeded", "never"),
        (Iam, 400, "UnmodifiableEntity", "never"),
        (CloudTrail, 400, "TrailNotFoundException", "gone"),
        (CloudTrail, 400, "ConflictException", "later"),
        (CloudTrail, 400, "InvalidHomeRegionException", "never"),
        (CloudTrail, 400, "AccessDeniedException", "denied"),
        (Ec2, 400, "InvalidPermission.NotFound", "gone"),
        (Ec2, 400, "InvalidPermission.Duplicate", "already"),
        (Ec2, 403, "UnauthorizedOperation", "denied"),
        (Ec2, 503, "RequestLimitExceeded", "later"),
        (Ec2, 502, "", "later"),
    ] {
        let refused = match Refused::of(service, status, code, "") {
            Refused::Later(_) => "later",
            Refused::Gone(_) => "gone",
            Refused::Already(_) => "already",
            Refused::Denied(_) => "denied",
            Refused::Never(_) => "never",
        };
        assert_eq!(refused, expected, "{service:?} {status} {code}");
    }
}
