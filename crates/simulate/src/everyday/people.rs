//! People at work: they sign in, open pages, type commands, stop for lunch.

use super::Desk;
use super::habits::{self, Habit, Tool};
use crate::calendar::Workday;
use crate::calls::{identity::*, storage, watch};
use crate::cast::{Account, Door, GLOBAL, HOME, PEOPLE, PROD, Person, SECURITY, Trade};
use crate::clock::{DAY, HOUR, MINUTE, SLOT, Second};
use crate::record::{Call, Caller, Deed, Session};
use crate::rng::{Rng, number_of};

/// IAM users mistype their password at so many of 1,000 sign-ins.
const MISTYPED: u64 = 60;
/// Of 1,000 sittings, so many include something the person may not do.
const OVERREACH: u64 = 12;
/// Of 1,000 sittings of the security engineer, so many look into another account.
const AUDIT: u64 = 250;

/// What everybody does in the slot beginning at `slot`.
pub(super) fn work(slot: Second, desk: &mut Desk<'_>) {
    for person in PEOPLE {
        let Some(shift) = Shift::at(person, slot, desk) else {
            continue;
        };
        let mut rng = Rng::about(desk.seed, &[number_of(person.name), slot as u64, 1]);
        if (slot..slot + SLOT).contains(&shift.start) {
            shift.sign_in(desk, &mut rng);
        }
        if (slot..slot + SLOT).contains(&shift.back) {
            shift.fetch_credentials(shift.back, desk);
        }
        let pace = person.pace * desk.budget.thinning() / 1000;
        if shift.works_at(slot) && rng.chance(pace) {
            shift.sit_down(slot, desk, &mut rng);
        }
    }
}

/// One person's day in UTC.
struct Shift<'a> {
    person: &'a Person,
    start: Second,
    back: Second,
    day: Workday,
    offset: Second,
}

impl<'a> Shift<'a> {
    fn at(person: &'a Person, slot: Second, desk: &Desk<'_>) -> Option<Self> {
        let offset = person.utc_offset * HOUR;
        let midnight = (slot + offset).div_euclid(DAY) * DAY;
        let day = Workday::of(desk.seed, person, midnight, desk.first)?;
        Some(Self {
            person,
            start: day.start - offset,
            back: day.back - offset,
            day,
            offset,
        })
    }

    fn works_at(&self, slot: Second) -> bool {
        slot > self.start && self.day.works_at(slot + self.offset)
    }

    fn address(&self) -> &'static str {
        if self.day.at_home {
            self.person.home
        } else {
            self.person.office
        }
    }

    /// The person in the console of `account`, as signed in this morning.
    fn in_console(&self, account: &Account) -> Caller {
        let Person { name, browser, .. } = *self.person;
        let session = Session::new(name, self.start);
        match self.person.door {
            Door::IamUser => Caller::user_session(account, session.with_mfa()),
            // Identity Center asked for the second factor before there was a session.
            Door::SingleSignOn(set) => Caller::permission_set(account, set, session),
        }
        .from(self.address(), browser)
        .in_console()
    }

    /// The person in a terminal at `at`, with credentials fetched this morning or after lunch.
    fn in_terminal(&self, account: &Account, at: Second) -> Caller {
        let Person { name, terminal, .. } = *self.person;
        let started = if at < self.back {
            self.start + 2 * MINUTE
        } else {
            self.back
        };
        match self.person.door {
            Door::IamUser => Caller::user(account, name, 0),
            Door::SingleSignOn(set) => {
                Caller::permission_set(account, set, Session::new(name, started))
            }
        }
        .from(self.address(), terminal)
    }

    fn sign_in(&self, desk: &mut Desk<'_>, rng: &mut Rng) {
        let account = &self.person.accounts[0];
        let Person {
            name,
            browser,
            region,
            ..
        } = *self.person;
        let mut at = self.start;
        let mut enter = |caller: &Caller, region, call: &Call| {
            desk.hand_in(&Deed::new(call, caller, at, region));
            at += 9;
        };
        match self.person.door {
            Door::IamUser => {
                let caller = Caller::at_sign_in(account, name).from(self.address(), browser);
                if rng.chance(MISTYPED) {
                    enter(&caller, GLOBAL, &CONSOLE_LOGIN_MISTYPED);
                }
                enter(&caller, GLOBAL, &CHECK_MFA);
                enter(&caller, GLOBAL, &CONSOLE_LOGIN);
            }
            Door::SingleSignOn(_) => {
                let portal = Caller::portal_user(&SECURITY, name).from(self.address(), browser);
                enter(&portal, HOME, &FEDERATE);
                enter(&self.in_console(account), region, &CONSOLE_LOGIN_FEDERATED);
                self.fetch_credentials(self.start + 2 * MINUTE, desk);
            }
        }
    }

    /// The command line trades the sign-in for a role's credentials.
    fn fetch_credentials(&self, at: Second, desk: &mut Desk<'_>) {
        let Person { name, terminal, .. } = *self.person;
        let Door::SingleSignOn(item) = self.person.door else {
            return;
        };
        let caller = Caller::portal_user(&SECURITY, name).from(self.address(), terminal);
        let call = &GET_ROLE_CREDENTIALS;
        desk.hand_in(&Deed::new(call, &caller, at, HOME).about(item));
    }

    /// A few minutes of work: one habit, and sometimes more than one may.
    fn sit_down(&self, slot: Second, desk: &mut Desk<'_>, rng: &mut Rng) {
        let at = slot + rng.below(SLOT as u64 / 2) as Second;
        if self.person.trade == Trade::Security && rng.chance(AUDIT) {
            return self.audit(at, desk, rng);
        }
        let usual = rng.chance(700);
        let account = if usual {
            &self.person.accounts[0]
        } else {
            rng.pick(self.person.accounts)
        };
        let Habit { tool, calls } = rng.pick(habits::of(self.person.trade, *account == PROD));
        let caller = match tool {
            Tool::Console => self.in_console(account),
            Tool::Terminal => self.in_terminal(account, at),
        };
        let region = self.person.region;
        let pause = if *tool == Tool::Console { 1 } else { 8 };
        let at = desk.burst(&caller, region, at, pause, calls, rng);
        if rng.chance(OVERREACH) {
            desk.burst(
                &caller,
                region,
                at + 20,
                pause,
                &[habits::overreach(self.person.trade)],
                rng,
            );
        }
    }

    /// Takes the auditor's role in production: one call that both accounts record.
    fn audit(&self, at: Second, desk: &mut Desk<'_>, rng: &mut Rng) {
        let item = "OrganizationAudit";
        let here = self.in_terminal(&SECURITY, at);
        let there = Caller {
            account: PROD.id,
            ..here.clone()
        };
        for caller in [&here, &there] {
            let shared = number_of(self.person.name) ^ at as u64;
            let call = &ASSUME_ROLE_IN_PROD;
            desk.hand_in(&Deed::new(call, caller, at, HOME).about(item).shared(shared));
        }
        let session = Session::new(self.person.name, at);
        let auditor = Caller::role(&PROD, "/", item, session).from(self.address(), &*here.agent);
        let calls: [&Call; 5] = [
            &storage::GET_BUCKET_POLICY,
            &storage::GET_BUCKET_PUBLIC_ACCESS_BLOCK,
            &watch::GET_EVENT_SELECTORS,
            &LIST_ATTACHED_ROLE_POLICIES,
            &GET_ROLE,
        ];
        desk.burst(&auditor, HOME, at + 3, 8, &calls, rng);
    }
}
