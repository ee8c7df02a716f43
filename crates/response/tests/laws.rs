//! Laws that hold for any alert and any list.

use std::collections::BTreeSet;

use detect::principal::PrincipalKind;
use detect::target::{Opening, Target};
use proptest::prelude::*;
use response::action::{Action, Kind};
use response::manner::Mode;
use response::never::NeverTouch;
use response::plan::Plan;

use crate::world::{ACCOUNT, about, at, manner};

fn targets() -> impl Strategy<Value = Option<Target>> {
    let opening = (
        "(tcp|udp|-1)",
        proptest::option::of(0..9000),
        prop_oneof!["0\\.0\\.0\\.0/0", "::/0"],
    );
    let openings = proptest::collection::vec(opening, 1..4).prop_map(|openings| {
        let opening = |(protocol, port, range)| Opening {
            protocol,
            from_port: port,
            to_port: port,
            range,
        };
        Target::Ingress {
            group: "sg-0a9b8c7d6e5f40312".to_owned(),
            openings: openings.into_iter().map(opening).collect(),
        }
    });
    let trail = "[a-z]{3,9}".prop_map(|name| Target::Trail { name });
    let key =
        ("[a-z]{1,9}", "AKIA[A-Z0-9]{16}").prop_map(|(user, id)| Target::AccessKey { user, id });
    proptest::option::of(prop_oneof![openings, trail, key])
}

fn principals() -> impl Strategy<Value = (PrincipalKind, String)> {
    let named = |kind: PrincipalKind, what: &'static str| {
        "([a-z]{2,5}/)?[a-zA-Z]{2,9}"
            .prop_map(move |name| (kind, format!("arn:aws:iam::{ACCOUNT}:{what}/{name}")))
    };
    prop_oneof![
        named(PrincipalKind::IamUser, "user"),
        named(PrincipalKind::AssumedRole, "role"),
        Just((PrincipalKind::Root, format!("arn:aws:iam::{ACCOUNT}:root"))),
    ]
}

proptest! {
    /// Calls that undo name exactly the things that the calls of the plan name.
    #[test]
    fn an_undo_names_what_the_plan_changes_and_nothing_else(
        (kind, key) in principals(), target in targets(),
    ) {
        let plan = Plan::of(&about(kind, &key, target), &manner(Mode::DryRun), at(1));
        let same = ["UserName", "RoleName", "AccessKeyId", "PolicyName", "Name", "GroupId"];
        for step in &plan.steps {
            let (call, undo) = (step.call(), step.undo());
            let undo = undo.call();
            prop_assert_eq!((call.service, &call.region), (undo.service, &undo.region));
            prop_assert_ne!(&call, undo);
            for name in same {
                prop_assert_eq!(call.parameter(name), undo.parameter(name));
            }
            let of_rule = |(name, _): &&(String, String)| name.starts_with("IpPermissions");
            let rule: Vec<_> = call.parameters.iter().filter(of_rule).collect();
            prop_assert_eq!(rule, undo.parameters.iter().filter(of_rule).collect::<Vec<_>>());
        }
        let things: BTreeSet<_> = plan.steps.iter().map(Action::mark).collect();
        prop_assert_eq!(things.len(), plan.steps.len(), "nothing is done twice");
    }

    /// Whatever else is set, no step touches what fits the list; the rest is as if there were no list.
    #[test]
    fn never_touch_always_wins(
        (kind, key) in principals(), target in targets(), stars in any::<u64>(), which in any::<prop::sample::Index>(),
    ) {
        let alert = about(kind, &key, target);
        let free = Plan::of(&alert, &manner(Mode::DryRun), at(1));
        let arn = |step: &Action| step.resource("aws", ACCOUNT);
        let mut candidates: Vec<_> = free.steps.iter().map(arn).collect();
        candidates.push(key.clone());
        // Any of them, with any of its letters anything, in another case.
        let pattern: String = which.get(&candidates).chars().enumerate()
            .map(|(at, c)| if stars.rotate_right(at as u32) & 7 == 0 { '?' } else { c.to_ascii_uppercase() })
            .collect();
        let mut held = manner(Mode::Automatic);
        held.never = NeverTouch::new("trailhound-", [pattern.as_str()]);
        let plan = Plan::of(&alert, &held, at(1));
        let pattern = query::Pattern::new(&pattern);
        for step in &plan.steps {
            prop_assert!(!pattern.fits(&arn(step)), "{:?}", step);
            prop_assert!(!pattern.fits(&key));
        }
        if !pattern.fits(&key) {
            let left: Vec<_> = free.steps.iter().filter(|step| !pattern.fits(&arn(step))).map(Action::mark).collect();
            prop_assert_eq!(plan.steps.iter().map(Action::mark).collect::<Vec<_>>(), left);
        }
        prop_assert!(plan.steps.iter().all(|step| Kind::ALL.contains(&step.kind())));
    }
}
