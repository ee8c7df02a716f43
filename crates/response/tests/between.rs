//! What comes between: an answer that is lost, a switch, a longer list, another mode, a person who takes it back.

use detect::alert::AlertId;
use response::docket::{Progress, Status};
use response::letter::standing;
use response::manner::Mode;
use response::never::NeverTouch;
use response::plan::{Plan, PlanId};
use response::ports::Refused;
use response::responder::{Heard, ResponseError};

use crate::world::{GROUP, PERSON, World, alert, at, manner, run};

const RULE: &str = " tcp 22 0.0.0.0/0";

fn id(mode: Mode) -> PlanId {
    Plan::of(&alert(), &manner(mode), at(1)).id
}

fn name(end: &str) -> AlertId {
    AlertId::try_from(format!("th-00000000000000000000{end}")).expect("a name")
}

/// The alert once more, by another name, about events up to the minute `last`.
fn again(last: i64) -> detect::Alert {
    let mut alert = alert();
    alert.id = name("beef");
    alert.last_time = at(last);
    alert
}

fn steps(heard: &Heard) -> usize {
    match heard {
        Heard::Planned { steps, .. } => *steps,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_rule_whose_removal_was_not_answered_is_put_back_by_undo() {
    let world = World::new();
    let responder = world.responder(manner(Mode::Automatic));
    let action = "RevokeSecurityGroupIngress".to_owned();
    world.lost.borrow_mut().insert(action);
    run(responder.hear(&alert(), at(1))).unwrap();
    let rule = format!("{GROUP}{RULE}");
    assert!(!world.things.borrow().rules.contains(&rule));
    run(responder.undo(&id(Mode::Automatic), PERSON, at(2))).unwrap();
    assert!(world.things.borrow().rules.contains(&rule));
}

#[test]
fn what_was_begun_before_the_stop_is_not_done_after_it() {
    let world = World::new();
    let responder = world.responder(manner(Mode::Automatic));
    let later = Refused::Later("Throttling".to_owned());
    let action = "RevokeSecurityGroupIngress".to_owned();
    world.refusals.borrow_mut().insert(action, later);
    assert!(run(responder.hear(&alert(), at(1))).is_err());
    world.refusals.borrow_mut().clear();
    run(responder.stop(PERSON, None, at(2))).unwrap();
    let calls = world.calls.borrow().len();
    run(responder.hear(&alert(), at(9))).unwrap();
    let id = id(Mode::Automatic);
    let halted = run(responder.show(&id)).unwrap();
    assert_eq!(
        (halted.status, world.calls.borrow().len()),
        (Status::Waiting, calls)
    );
    run(responder.start(PERSON)).unwrap();
    run(responder.approve(&id, PERSON, at(10))).unwrap();
    assert!(world.things.borrow().rules.is_empty(), "a person went on");
}

#[test]
fn the_list_may_grow_while_a_plan_waits() {
    let world = World::new();
    run(world.responder(manner(Mode::Approve)).hear(&alert(), at(1))).unwrap();
    let mut careful = manner(Mode::Approve);
    careful.never = NeverTouch::new("trailhound-", [&*format!("*security-group/{GROUP}")]);
    let id = id(Mode::Approve);
    let done = run(world.responder(careful).approve(&id, PERSON, at(2))).unwrap();
    assert_eq!(done.failed(), 1, "{done:#?}");
    assert!(!world.things.borrow().rules.is_empty() && !world.things.borrow().key_is_on);
}

#[test]
fn what_a_dry_run_planned_keeps_nobody_from_doing_it() {
    let world = World::new();
    run(world.responder(manner(Mode::DryRun)).hear(&alert(), at(1))).unwrap();
    let heard = run(world.responder(manner(Mode::DryRun)).hear(&again(1), at(2))).unwrap();
    assert_eq!(steps(&heard), 0, "told already");
    let mut later = again(3);
    later.id = name("cafe");
    let heard = run(world.responder(manner(Mode::Approve)).hear(&later, at(4))).unwrap();
    assert_eq!(steps(&heard), 3);
}

#[test]
fn what_a_person_took_back_is_not_done_again_for_the_same_events() {
    let world = World::new();
    let responder = world.responder(manner(Mode::Automatic));
    run(responder.hear(&alert(), at(1))).unwrap();
    run(responder.undo(&id(Mode::Automatic), PERSON, at(2))).unwrap();
    assert_eq!(steps(&run(responder.hear(&again(0), at(3))).unwrap()), 0);
    assert!(world.things.borrow().key_is_on);
    let mut later = again(30);
    later.id = name("cafe");
    let heard = run(responder.hear(&later, at(31))).unwrap();
    assert_eq!(steps(&heard), 3, "what is done since is answered");
}

#[test]
fn a_plan_of_which_something_could_not_be_taken_back_says_so() {
    let world = World::new();
    let responder = world.responder(manner(Mode::Automatic));
    run(responder.hear(&alert(), at(1))).unwrap();
    let denied = Refused::Denied("AccessDenied: no".to_owned());
    let action = "AuthorizeSecurityGroupIngress".to_owned();
    world.refusals.borrow_mut().insert(action, denied);
    let undone: Result<_, ResponseError> = run(responder.undo(&id(Mode::Automatic), PERSON, at(2)));
    let undone = undone.unwrap();
    let is_left = |progress: &Progress| matches!(progress, Progress::Left { .. });
    assert!(undone.steps.iter().any(|step| is_left(&step.progress)));
    assert_eq!(standing(&undone, at(3)).en, "taken back in part");
}
