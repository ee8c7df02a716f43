//! `respond`: what is asked of the function, with which proof, and how its answer reads.

use detect::alert::Alert;
use insta::assert_snapshot;
use response::docket::{Docket, Progress, Status};
use response::door::{Reply, Request as Asked, Wish};
use response::plan::Plan;
use serde_json::{Value, json};

use crate::cloud::{Answer, Cloud, Request};
use crate::shop::Shop;

const PLAN: &str = "tr-0123456789abcdef01234567";
const WHO: &str = "arn:aws:sts::123456789012:assumed-role/Responders/anna";

/// The docket of a plan about the key that was stolen, under a name that the tests know.
fn docket() -> Docket {
    let shop = Shop::new();
    let logs = shop.write("a.json", crate::shop::story("stolen-key-to-admin"));
    let scan = shop.run(&format!(
        "scan {} --format jsonl --level high",
        logs.display()
    ));
    let mut alerts = scan
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Alert>(line).expect("an alert"));
    let is_key = |key: &String| key.starts_with("AKIA");
    let alert = alerts.find(|alert| alert.principal.access_key_id.as_ref().is_some_and(is_key));
    let alert = alert.expect("an alert about a key");
    let account = alert.account.id.clone().expect("an account");
    let manner = response::manner::Manner {
        account,
        partition: alert.partition,
        mode: response::manner::Mode::Approve,
        level: sigma::Level::High,
        rules: vec![query::Pattern::new("*")],
        kinds: response::action::Kind::ALL.into(),
        never: response::never::NeverTouch::new("trailhound-", []),
        hourly: 5,
        languages: Vec::new(),
        wait: jiff::SignedDuration::from_hours(1),
    };
    let mut plan = Plan::of(&alert, &manner, alert.time);
    let digits = plan.id.as_str().trim_start_matches("tr-").to_owned();
    let text = serde_json::to_string(&plan).expect("JSON");
    plan = serde_json::from_str(&text.replace(&digits, PLAN.trim_start_matches("tr-")))
        .expect("a plan");
    Docket::new(plan, Status::Waiting, "2999-01-01T00:00:00Z".parse().ok())
}

/// A responder that does as it is told.
fn reply(asked: &Asked) -> Reply {
    let mut docket = docket();
    let at = "2026-11-22T14:30:00Z".parse().expect("a time");
    let mut reply = Reply {
        mode: "approve".to_owned(),
        ..Reply::default()
    };
    match &asked.wish {
        Wish::List => {
            reply.plans = vec![docket.line()];
            reply.switch = Some(response::Switch::default());
        }
        Wish::Show { plan } if plan.as_str() != PLAN => {
            reply.problem = Some(format!("there is no plan {plan}"));
        }
        Wish::Approve { .. } => {
            docket.status = Status::Done;
            docket.remark(at, WHO, "approved");
            let done = Progress::Done { at };
            docket
                .steps
                .iter_mut()
                .for_each(|step| step.progress = done.clone());
            reply.plan = Some(docket);
        }
        Wish::Show { .. } | Wish::Reject { .. } | Wish::Undo { .. } => reply.plan = Some(docket),
        Wish::Stop { reason } => {
            reply.switch = Some(response::Switch {
                stopped: Some(at),
                by: Some(WHO.to_owned()),
                reason: reason.clone(),
            });
        }
        Wish::Start => reply.switch = Some(response::Switch::default()),
    }
    reply
}

/// Lambda, as the program asks it.
pub(crate) fn answer(request: &Request) -> Option<Answer> {
    let function = request.path.strip_prefix("/2015-03-31/functions/")?;
    assert_eq!(
        request.scope(),
        ("eu-west-1".to_owned(), "lambda".to_owned())
    );
    match function.strip_suffix("/invocations") {
        Some("trailhound-respond" | "prod-respond") => {
            let asked = serde_json::from_str(&request.body).expect("a request");
            Some(Answer::ok(json!(reply(&asked)).to_string()))
        }
        Some("broken") => Some(
            Answer::ok(r#"{"errorMessage":"Task timed out"}"#)
                .with("x-amz-function-error", "Unhandled"),
        ),
        _ => Some(Answer::error(
            404,
            "ResourceNotFoundException",
            "Function not found",
        )),
    }
}

fn cloud() -> Cloud {
    Cloud::start(|request| answer(request).expect("a call of Lambda"))
}

#[test]
fn plans_are_listed_and_shown() {
    let (shop, cloud) = (Shop::new(), cloud());
    assert_snapshot!(
        "list",
        shop.run_in("respond list", &cloud.environment()).ends(0)
    );
    assert_snapshot!(
        "show",
        shop.run_in(&format!("respond show {PLAN}"), &cloud.environment())
            .ends(0)
    );
    let shown = shop.run_in(
        &format!("respond show {PLAN} --format json"),
        &cloud.environment(),
    );
    let shown: Value = serde_json::from_str(&shown.ends(0).stdout).unwrap();
    assert_eq!(shown["schema"], "trailhound.respond/1");
    let steps = shown["plan"]["steps"].as_array().unwrap().len();
    assert_eq!(shown["calls"].as_array().unwrap().len(), steps);
    for asked in cloud.asked() {
        assert!(!asked.body.contains("proof"), "who looks need not say who");
    }
}

#[test]
fn whoever_decides_proves_who_that_is_for_this_alone() {
    let (shop, cloud) = (Shop::new(), cloud());
    for (args, purpose) in [
        (format!("approve {PLAN}"), format!("approve {PLAN}")),
        (format!("reject {PLAN}"), format!("reject {PLAN}")),
        (format!("undo {PLAN}"), format!("undo {PLAN}")),
        ("stop --reason drill".to_owned(), "stop".to_owned()),
        ("start".to_owned(), "start".to_owned()),
    ] {
        shop.run_in(&format!("respond {args}"), &cloud.environment())
            .ends(0);
        let asked: Asked = serde_json::from_str(&cloud.asked().pop().unwrap().body).unwrap();
        let header = |name: &str| {
            let found = asked.proof.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        assert_eq!(header("x-trailhound-request"), purpose);
        let authorization = header("authorization");
        assert!(
            authorization.contains("/eu-west-1/sts/aws4_request"),
            "{authorization}"
        );
        assert!(
            authorization.contains(";x-trailhound-request"),
            "{authorization}"
        );
    }
    let stopped = shop
        .run_in("respond stop --reason drill", &cloud.environment())
        .ends(0);
    assert!(
        stopped.stdout.contains(&format!("by {WHO}: drill")),
        "{stopped}"
    );
}

#[test]
fn what_goes_wrong_is_told() {
    let (shop, cloud) = (Shop::new(), cloud());
    let other = "tr-ffffffffffffffffffffffff";
    for (name, args, code) in [
        ("no_plan", format!("respond show {other}"), 3),
        ("no_function", "respond list --function gone".to_owned(), 4),
        (
            "broken_function",
            "respond list --function broken".to_owned(),
            4,
        ),
        ("no_id", "respond approve th-1".to_owned(), 3),
        ("no_name", "respond list --function a/b".to_owned(), 3),
    ] {
        assert_snapshot!(name, shop.run_in(&args, &cloud.environment()).ends(code));
    }
    assert_snapshot!("no_credentials", shop.run("respond list").ends(4));
}
