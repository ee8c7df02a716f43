//! Machines fill what the budget leaves: the more records are wanted, the busier they are.

use super::Desk;
use crate::calls::identity::ASSUME_ROLE_FROM_POD;
use crate::cast::{Host, Workload, key_generation, running};
use crate::clock::{DAY, HOUR, SLOT, Second};
use crate::record::{Caller, Deed, Session};
use crate::rng::{Rng, number_of};

/// Machines make at most about so many records before the files that are ready are handed out.
const BREATH: u64 = 2_000;
const MACHINES: u64 = 0x3ac4;

/// Lets machines run in the slot beginning at `slot`; `round` counts these calls within the slot.
/// Returns false once the slot's share of the budget is used up.
pub(crate) fn run_machines(slot: Second, round: u64, desk: &mut Desk<'_>) -> bool {
    let mut rng = Rng::about(desk.seed, &[MACHINES, slot as u64, round]);
    let today = (slot - desk.first) / DAY;
    let shares: u64 = running(today).map(|workload| workload.share).sum();
    let goal = desk.budget.left_in(slot).min(BREATH);
    let mut left = goal;
    while left > 0 {
        let Some(workload) = choose(today, rng.below(shares)) else {
            break;
        };
        left = run(workload, slot, left, desk, &mut rng);
    }
    goal == BREATH
}

/// The workload into whose share `ticket` falls.
fn choose(today: i64, ticket: u64) -> Option<&'static Workload> {
    let mut before = 0;
    running(today).find(|workload| {
        before += workload.share;
        ticket < before
    })
}

/// One turn of one machine, of at most `left` records; returns what is left after it.
fn run(workload: &Workload, slot: Second, left: u64, desk: &mut Desk<'_>, rng: &mut Rng) -> u64 {
    let at = slot + rng.below(SLOT as u64 - 30) as Second;
    let seat = rng.below(workload.sessions.len() as u64) as usize;
    let caller = caller(workload, seat, at);
    let turn = rng.between(3, 9).min(left);
    let mut made = 0;
    if workload.host == Host::Pod && rng.chance(250) {
        made += take_role(workload, at, left, desk);
    }
    while made < turn {
        let call = rng.pick(workload.calls);
        let at = at + rng.below(30) as Second;
        let deed = Deed::new(call, &caller, at, workload.region);
        made += desk.delivery.accept(&deed, left - made);
    }
    desk.budget.spend(made);
    left.saturating_sub(made)
}

/// A pod trades its token for the role's credentials.
fn take_role(workload: &Workload, at: Second, left: u64, desk: &mut Desk<'_>) -> u64 {
    let account = &workload.account;
    let issuer = "oidc.eks.eu-west-1.amazonaws.com/id/5A1B2C3D4E5F60718293A4B5C6D7E8F9";
    let provider = format!("arn:aws:iam::{}:oidc-provider/{issuer}", account.id);
    let subject = format!("system:serviceaccount:shop:{}", workload.role);
    let caller = Caller::web_identity(account, &provider, "sts.amazonaws.com", &subject)
        .inside(workload.places[0], workload.agent);
    let call = &ASSUME_ROLE_FROM_POD;
    let (region, item) = (workload.region, workload.role);
    let deed = Deed::new(call, &caller, at, region).about(item);
    desk.delivery.accept(&deed, left)
}

/// The machine in `seat`, with credentials as fresh as its host keeps them.
fn caller(workload: &Workload, seat: usize, at: Second) -> Caller {
    let Workload {
        account,
        role,
        path,
        agent,
        things,
        ..
    } = workload;
    let name = workload.sessions[seat];
    let place = workload.places[seat % workload.places.len()];
    let started = renewed(at, name, workload.host);
    let session = Session::new(name, started);
    match workload.host {
        Host::Service(service) => Caller::service(account, service),
        Host::Linked(service) => Caller::linked(account, path, role, session, service),
        Host::KeyedUser => {
            Caller::user(account, role, key_generation(at)).from(place.address, *agent)
        }
        Host::Instance | Host::Function | Host::Task | Host::Pod => {
            Caller::role(account, path, role, session).inside(place, *agent)
        }
    }
    .with(*things)
}

/// When the credentials in use at `at` were handed out.
fn renewed(at: Second, name: &str, host: Host) -> Second {
    let life = match host {
        Host::Instance | Host::Task => 6 * HOUR,
        Host::Function => 12 * HOUR,
        _ => HOUR,
    };
    // Machines were not all started on the hour.
    let offset = (number_of(name) % life as u64) as Second;
    (at - offset).div_euclid(life) * life + offset
}
