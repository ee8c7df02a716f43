//! From one status to the next: by mode, by a person's word, past death, twice, and by two at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use detect::alert::AlertId;
use detect::principal::PrincipalKind;
use detect::target::Target;
use response::docket::{Docket, Progress, Status};
use response::manner::Mode;
use response::plan::{Plan, PlanId};
use response::ports::Refused;
use response::responder::{Heard, ResponseError};

use crate::world::{ACCOUNT, GROUP, PERSON, World, about, alert, at, manner, race, run};

fn id(mode: Mode) -> PlanId {
    Plan::of(&alert(), &manner(mode), at(1)).id
}

fn docket(world: &Rc<World>, mode: Mode) -> Docket {
    run(world.responder(manner(mode)).show(&id(mode))).expect("a docket")
}

#[test]
fn a_dry_run_tells_the_calls_and_makes_none() {
    let world = World::new();
    let before = world.things.borrow().clone();
    let responder = world.responder(manner(Mode::DryRun));
    for _ in 0..2 {
        run(responder.hear(&alert(), at(1))).unwrap();
    }
    assert_eq!(*world.things.borrow(), before);
    let letters = world.letters.borrow();
    assert_eq!(letters.len(), 1, "what comes twice is told once");
    let body = &letters[0].body;
    for call in [
        "iam:UpdateAccessKey UserName=maria AccessKeyId=AKIAIOSFODNN7EXAMPLE Status=Inactive",
        "iam:PutUserPolicy UserName=maria PolicyName=TrailhoundContain-",
        "ec2:RevokeSecurityGroupIngress in eu-west-1 GroupId=sg-0a9b8c7d6e5f40312 IpPermissions.1.IpProtocol=tcp",
    ] {
        assert!(body.contains(call), "{body}");
    }
    assert!(letters[0].subject.len() < 100 && letters[0].subject.is_ascii());
    let refused = run(responder.approve(&id(Mode::DryRun), PERSON, at(2)));
    assert!(matches!(
        refused,
        Err(ResponseError::NotNow {
            status: Status::Planned,
            ..
        })
    ));
}

#[test]
fn an_approved_plan_is_carried_out_once_and_taken_back_whole() {
    let world = World::new();
    let before = world.things.borrow().clone();
    let responder = world.responder(manner(Mode::Approve));
    let id = id(Mode::Approve);
    let heard = run(responder.hear(&alert(), at(1))).unwrap();
    assert!(matches!(
        heard,
        Heard::Planned {
            status: Status::Waiting,
            steps: 3,
            ..
        }
    ));
    assert_eq!(*world.things.borrow(), before, "nothing before a word");

    let done = run(responder.approve(&id, PERSON, at(2))).unwrap();
    assert_eq!((done.status, done.failed()), (Status::Done, 0));
    assert_eq!(done.approved_by.as_deref(), Some(PERSON));
    let things = world.things.borrow().clone();
    assert!(!things.key_is_on && things.rules.is_empty() && things.policies.len() == 1);
    let again = run(responder.approve(&id, PERSON, at(3)));
    assert!(matches!(
        again,
        Err(ResponseError::NotNow {
            status: Status::Done,
            ..
        })
    ));

    let made = world.calls.borrow().len();
    let undone = run(responder.undo(&id, PERSON, at(60))).unwrap();
    assert_eq!(undone.status, Status::Undone);
    assert_eq!(*world.things.borrow(), before);
    let order: Vec<_> = world
        .calls
        .borrow()
        .iter()
        .map(|call| call.action.clone())
        .collect();
    assert_eq!(
        order[made..],
        [
            "AuthorizeSecurityGroupIngress",
            "DeleteUserPolicy",
            "UpdateAccessKey"
        ],
        "from the last to the first"
    );
    let told: Vec<_> = world
        .letters
        .borrow()
        .iter()
        .map(|l| l.subject.clone())
        .collect();
    assert_eq!(told.len(), 3, "{told:?}");
}

#[test]
fn what_was_so_before_is_neither_done_nor_taken_back() {
    let world = World::new();
    world.things.borrow_mut().key_is_on = false;
    world.things.borrow_mut().rules.clear();
    let responder = world.responder(manner(Mode::Automatic));
    run(responder.hear(&alert(), at(1))).unwrap();
    let done = docket(&world, Mode::Automatic);
    let unneeded = done.steps.iter();
    let unneeded = unneeded.filter(|step| matches!(step.progress, Progress::Unneeded { .. }));
    assert_eq!(unneeded.count(), 2);
    run(responder.undo(&done.plan.id, PERSON, at(9))).unwrap();
    let things = world.things.borrow();
    assert!(!things.key_is_on && things.rules.is_empty() && things.policies.is_empty());
}

#[test]
fn a_word_that_comes_too_late_is_none() {
    let world = World::new();
    let responder = world.responder(manner(Mode::Approve));
    run(responder.hear(&alert(), at(1))).unwrap();
    let late = run(responder.approve(&id(Mode::Approve), PERSON, at(61)));
    assert!(matches!(
        late,
        Err(ResponseError::NotNow {
            status: Status::Expired,
            ..
        })
    ));
    assert!(world.calls.borrow().is_empty());
}

#[test]
fn a_rejected_plan_stays_so() {
    let world = World::new();
    let responder = world.responder(manner(Mode::Approve));
    let id = id(Mode::Approve);
    run(responder.hear(&alert(), at(1))).unwrap();
    run(responder.reject(&id, PERSON, at(2))).unwrap();
    assert!(run(responder.approve(&id, PERSON, at(3))).is_err());
    run(responder.hear(&alert(), at(4))).unwrap();
    assert_eq!(docket(&world, Mode::Approve).status, Status::Rejected);
    assert!(
        run(responder.undo(&id, PERSON, at(5))).is_err(),
        "nothing was done"
    );
}

#[test]
fn whom_a_plan_is_about_has_no_say() {
    let world = World::new();
    let responder = world.responder(manner(Mode::Approve));
    let id = id(Mode::Approve);
    run(responder.hear(&alert(), at(1))).unwrap();
    let maria = format!("arn:aws:iam::{ACCOUNT}:user/staff/maria");
    let word = run(responder.approve(&id, &maria, at(2)));
    assert!(matches!(word, Err(ResponseError::Involved(_))));
    assert!(matches!(
        run(responder.reject(&id, &maria, at(2))),
        Err(ResponseError::Involved(_))
    ));
    run(responder.approve(&id, PERSON, at(3))).unwrap();
    assert!(matches!(
        run(responder.undo(&id, &maria, at(9))),
        Err(ResponseError::Involved(_))
    ));
}

#[test]
fn a_name_that_hides_its_path_is_found_out() {
    let world = World::new();
    let hidden = format!("arn:aws:iam::{ACCOUNT}:user/break-glass/maria");
    world.arns.borrow_mut().insert("maria".to_owned(), hidden);
    run(world
        .responder(manner(Mode::Automatic))
        .hear(&alert(), at(1)))
    .unwrap();
    let things = world.things.borrow();
    assert!(things.key_is_on && things.policies.is_empty());
    assert!(things.rules.is_empty(), "the port is nobody's");
}

/// Another alert about another user.
fn other(number: usize) -> detect::Alert {
    let key = format!("arn:aws:iam::{ACCOUNT}:user/u{number}");
    let mut alert = about(PrincipalKind::IamUser, &key, None);
    alert.principal.access_key_id = None;
    alert.id = AlertId::try_from(format!("th-{number:024x}")).expect("an id");
    alert
}

#[test]
fn no_hour_sees_more_plans_carried_out_than_the_cap() {
    let world = World::new();
    let responder = world.responder(manner(Mode::Automatic));
    let mut statuses = Vec::new();
    for number in 0..8 {
        let heard = run(responder.hear(&other(number), at(number as i64))).unwrap();
        let Heard::Planned { status, .. } = heard else {
            panic!("{heard:?}");
        };
        statuses.push(status);
    }
    assert_eq!(statuses[..5], [Status::Done; 5]);
    assert_eq!(statuses[5..], [Status::Waiting; 3]);
    let waiting = Plan::of(&other(6), &manner(Mode::Automatic), at(6)).id;
    let early = run(responder.approve(&waiting, PERSON, at(59)));
    assert!(matches!(early, Err(ResponseError::TooMany(free)) if free == at(60)));
    assert!(run(responder.approve(&waiting, PERSON, at(61))).is_ok());
}

#[test]
fn the_switch_holds_for_plans_to_come_and_those_under_way() {
    let world = World::new();
    let responder = world.responder(manner(Mode::Automatic));
    run(responder.stop(PERSON, Some("a drill"), at(0))).unwrap();
    run(responder.hear(&alert(), at(1))).unwrap();
    let id = id(Mode::Automatic);
    assert_eq!(docket(&world, Mode::Automatic).status, Status::Waiting);
    assert!(matches!(
        run(responder.approve(&id, PERSON, at(2))),
        Err(ResponseError::Stopped(_))
    ));
    run(responder.start(PERSON)).unwrap();

    // Stopped while the first step is at work: the rest is not begun.
    world.yields.set(true);
    let stopping = world.responder(manner(Mode::Automatic));
    let (done, _) = race(
        async { responder.approve(&id, PERSON, at(3)).await.map(drop) },
        async { stopping.stop(PERSON, None, at(3)).await.map(drop) },
        u64::MAX << 24,
    );
    done.unwrap();
    world.yields.set(false);
    let halted = docket(&world, Mode::Automatic);
    assert_eq!(halted.status, Status::Waiting);
    assert!(
        halted.last_acted().is_some() && halted.next().is_some(),
        "{halted:#?}"
    );
    run(responder.start(PERSON)).unwrap();
    run(responder.approve(&id, PERSON, at(9))).unwrap();
    assert_eq!(docket(&world, Mode::Automatic).failed(), 0);
    assert!(!world.things.borrow().key_is_on && world.things.borrow().rules.is_empty());
}

#[test]
fn what_another_plan_stands_for_is_not_planned_again() {
    let world = World::new();
    let responder = world.responder(manner(Mode::Automatic));
    run(responder.hear(&alert(), at(1))).unwrap();
    let mut later = alert();
    later.id = AlertId::try_from("th-00000000000000000000beef".to_owned()).unwrap();
    let heard = run(responder.hear(&later, at(2))).unwrap();
    assert!(
        matches!(
            heard,
            Heard::Planned {
                steps: 0,
                refusals: 3,
                is_new: true,
                ..
            }
        ),
        "{heard:?}"
    );
    assert_eq!(world.letters.borrow().len(), 1, "nothing is new");

    // The port was opened once more since, and the key switched on: what worked is answered again.
    later.id = AlertId::try_from("th-00000000000000000000cafe".to_owned()).unwrap();
    later.last_time = at(30);
    let heard = run(responder.hear(&later, at(31))).unwrap();
    assert!(
        matches!(heard, Heard::Planned { steps: 3, .. }),
        "{heard:?}"
    );

    // What only failed since may have failed because of us.
    later.id = AlertId::try_from("th-00000000000000000000f00d".to_owned()).unwrap();
    later.last_time = at(50);
    later.events[0].error_code = Some("AccessDenied".into());
    let heard = run(responder.hear(&later, at(51))).unwrap();
    assert!(
        matches!(heard, Heard::Planned { steps: 0, .. }),
        "{heard:?}"
    );
}

#[test]
fn a_step_that_may_not_be_done_is_named_and_the_others_are_done() {
    let world = World::new();
    let denied = Refused::Denied("AccessDenied: not for you".to_owned());
    world
        .refusals
        .borrow_mut()
        .insert("PutUserPolicy".to_owned(), denied);
    run(world
        .responder(manner(Mode::Automatic))
        .hear(&alert(), at(1)))
    .unwrap();
    let done = docket(&world, Mode::Automatic);
    assert_eq!((done.status, done.failed()), (Status::Done, 1));
    assert!(world.things.borrow().rules.is_empty());
    let letters = world.letters.borrow();
    assert!(letters[0].subject.ends_with("carried out in part"));
    assert!(
        letters[0]
            .body
            .contains("FAILED: we may not do it: AccessDenied: not for you")
    );
}

#[test]
fn a_throttled_step_is_told_and_tried_again() {
    let world = World::new();
    let later = Refused::Later("Throttling: slow down".to_owned());
    world
        .refusals
        .borrow_mut()
        .insert("UpdateAccessKey".to_owned(), later);
    let responder = world.responder(manner(Mode::Automatic));
    let heard = run(responder.hear(&alert(), at(1)));
    assert!(matches!(heard, Err(ResponseError::Later { .. })));
    assert_eq!(world.letters.borrow().len(), 1);
    world.refusals.borrow_mut().clear();
    run(responder.hear(&alert(), at(7))).unwrap();
    assert_eq!(docket(&world, Mode::Automatic).status, Status::Done);
    assert!(!world.things.borrow().key_is_on);
}

#[test]
fn a_trail_is_started_and_stopping_it_is_left_to_people() {
    let world = World::new();
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    let target = Target::Trail {
        name: "main".to_owned(),
    };
    let alert = about(PrincipalKind::Root, &root, Some(target));
    let responder = world.responder(manner(Mode::Automatic));
    run(responder.hear(&alert, at(1))).unwrap();
    assert!(
        world.things.borrow().trail_is_on,
        "root cannot be stopped, the trail can be started"
    );
    let id = Plan::of(&alert, responder.manner(), at(1)).id;
    let undone = run(responder.undo(&id, PERSON, at(9))).unwrap();
    assert!(
        matches!(&undone.steps[0].progress, Progress::Left { why } if why.contains("StopLogging"))
    );
    assert!(world.things.borrow().trail_is_on);
}

/// Does `act` with so many lives; whether it came to its end.
fn with_lives(world: &World, lives: u32, act: impl FnOnce()) -> bool {
    world.lives.set(Some(lives));
    let ended = catch_unwind(AssertUnwindSafe(act));
    world.lives.set(None);
    match ended {
        Ok(()) => true,
        Err(cause) if cause.is::<crate::world::Died>() => false,
        Err(cause) => std::panic::resume_unwind(cause),
    }
}

#[test]
fn whoever_dies_between_any_two_moves_leaves_a_plan_that_is_carried_out_and_taken_back() {
    std::panic::set_hook(Box::new(|_| {}));
    let mut deaths = 0;
    for lives in 0.. {
        let world = World::new();
        let before = world.things.borrow().clone();
        let responder = world.responder(manner(Mode::Automatic));
        let survived = with_lives(&world, lives, || {
            run(responder.hear(&alert(), at(1))).unwrap();
        });
        // The message comes again, when the copy that had it is over.
        run(responder.hear(&alert(), at(9))).unwrap();
        let done = docket(&world, Mode::Automatic);
        let acted = done.steps.iter().all(|step| step.progress.may_have_acted());
        assert!(acted && done.status == Status::Done, "{lives}: {done:#?}");
        let things = world.things.borrow().clone();
        assert!(!things.key_is_on && things.rules.is_empty() && things.policies.len() == 1);
        run(responder.undo(&done.plan.id, PERSON, at(60))).unwrap();
        assert_eq!(*world.things.borrow(), before, "{lives}");
        deaths += u32::from(!survived);
        if survived {
            break;
        }
    }
    // Likewise whoever dies over taking back.
    for lives in 0.. {
        let world = World::new();
        let before = world.things.borrow().clone();
        let responder = world.responder(manner(Mode::Automatic));
        run(responder.hear(&alert(), at(1))).unwrap();
        let id = id(Mode::Automatic);
        let survived = with_lives(&world, lives, || {
            run(responder.undo(&id, PERSON, at(60))).unwrap();
        });
        run(responder.undo(&id, PERSON, at(70))).unwrap();
        assert_eq!(*world.things.borrow(), before, "{lives}");
        deaths += u32::from(!survived);
        if survived {
            break;
        }
    }
    let _ = std::panic::take_hook();
    assert!(deaths > 60, "{deaths} deaths");
}

#[test]
fn two_copies_at_once_do_it_once_and_count_one_word() {
    for turns in (0..200).map(|seed: u64| seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)) {
        let world = World::new();
        world.yields.set(true);
        let copies = [0, 1].map(|_| world.responder(manner(Mode::Approve)));
        let alert = alert();
        let (one, other) = race(
            copies[0].hear(&alert, at(1)),
            copies[1].hear(&alert, at(1)),
            turns,
        );
        one.and(other).unwrap();
        let id = id(Mode::Approve);
        let words = race(
            copies[0].approve(&id, PERSON, at(2)),
            copies[1].approve(&id, "arn:aws:iam::111122223333:user/boris", at(2)),
            turns.rotate_left(13),
        );
        for word in [&words.0, &words.1] {
            assert!(
                matches!(
                    word,
                    Ok(_) | Err(ResponseError::Busy(_) | ResponseError::NotNow { .. })
                ),
                "{word:?}"
            );
        }
        world.yields.set(false);
        run(world
            .responder(manner(Mode::Approve))
            .approve(&id, PERSON, at(9)))
        .ok();
        let done = docket(&world, Mode::Approve);
        assert_eq!((done.status, done.failed()), (Status::Done, 0), "{turns:x}");
        let approvals = done
            .remarks
            .iter()
            .filter(|remark| remark.what == "approved");
        assert_eq!(approvals.count(), 1, "{turns:x}");
        let calls = world.calls.borrow();
        assert_eq!(calls.len(), 3, "{turns:x}: {calls:#?}");
    }
}

#[test]
fn a_rule_that_a_dead_copy_has_removed_is_put_back_by_undo() {
    // The answer of EC2 was lost; asked again it knows no such rule, and yet it was ours.
    let world = World::new();
    let responder = world.responder(manner(Mode::Automatic));
    let later = Refused::Later("RequestTimeout".to_owned());
    world
        .refusals
        .borrow_mut()
        .insert("RevokeSecurityGroupIngress".to_owned(), later);
    assert!(run(responder.hear(&alert(), at(1))).is_err());
    world.refusals.borrow_mut().clear();
    world.things.borrow_mut().rules.clear();
    run(responder.hear(&alert(), at(9))).unwrap();
    run(responder.undo(&id(Mode::Automatic), PERSON, at(20))).unwrap();
    assert!(
        world
            .things
            .borrow()
            .rules
            .contains(&format!("{GROUP} tcp 22 0.0.0.0/0"))
    );
}
