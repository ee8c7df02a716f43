//! From an alert to a plan that is told, and from a person's word to what is done about it.
//!
//! A plan is a [`Docket`] that goes from one status to the next, each time on condition that nobody else has
//! moved it: so what comes twice, or to two copies at once, is done once, and a plan is approved once.

use jiff::{SignedDuration, Timestamp};
use pipeline::ports::{SinkError, StateError, StateStore};

use detect::alert::Alert;

use crate::docket::{Docket, Status};
use crate::letter::Letter;
use crate::manner::{Manner, Mode};
use crate::plan::{Plan, PlanId};
use crate::ports::{Hands, Voice};
use crate::shelf::{ATTEMPTS, Held, Shelf, Switch};

/// How remarks call us.
pub(crate) const US: &str = "trailhound";

/// The responder, with all that it needs of the world.
#[derive(Debug)]
pub struct Responder<S, H, V> {
    pub(crate) shelf: Shelf<S>,
    pub(crate) hands: H,
    voice: V,
    pub(crate) manner: Manner,
}

/// What became of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// It is none of those that are answered.
    NotAnswered,
    /// There is a plan, new or not, and it stands there.
    Planned {
        /// Its name.
        plan: PlanId,
        /// Where it stands.
        status: Status,
        /// How many steps it has.
        steps: usize,
        /// How many things it refuses.
        refusals: usize,
        /// Whether nobody had heard of it before.
        is_new: bool,
    },
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum ResponseError {
    /// What is remembered cannot be had.
    #[error(transparent)]
    State(#[from] StateError),
    /// People cannot be told.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// Others were quicker each time.
    #[error("others wrote to the same item each time")]
    Contended,
    /// A copy of us is at it, or has died over it a moment ago.
    #[error("plan {0} is being carried out; look again in two minutes")]
    Busy(PlanId),
    /// A service wants to be asked again.
    #[error("a step of plan {plan} is not done: {why}")]
    Later {
        /// Which plan.
        plan: PlanId,
        /// What the service says.
        why: String,
    },
    /// There is no such plan.
    #[error("there is no plan {0}")]
    NoPlan(PlanId),
    /// It does not stand where that could be done.
    #[error("plan {plan} is {}", status.as_str())]
    NotNow {
        /// Which plan.
        plan: PlanId,
        /// Where it stands.
        status: Status,
    },
    /// Nothing is carried out here.
    #[error("the responder runs dry: it carries out nothing")]
    DryRun,
    /// Somebody has stopped us.
    #[error("the responder is stopped, by {0}")]
    Stopped(String),
    /// The hour's plans have been carried out.
    #[error("as many plans were carried out as an hour may have; the next from {0} on")]
    TooMany(Timestamp),
    /// Whom a plan is about has no say in it.
    #[error("{0} is whom the plan is about")]
    Involved(String),
}

impl<S: StateStore, H: Hands, V: Voice> Responder<S, H, V> {
    /// One that remembers in `states`, acts by `hands` and tells by `voice`.
    pub fn new(states: S, hands: H, voice: V, manner: Manner) -> Self {
        Self {
            shelf: Shelf { states },
            hands,
            voice,
            manner,
        }
    }

    /// How it goes about it.
    #[must_use]
    pub fn manner(&self) -> &Manner {
        &self.manner
    }

    /// Plans what to do about `alert`, tells it, and does it if nobody need be asked.
    ///
    /// # Errors
    /// [`ResponseError`]; the alert must then come again.
    pub async fn hear(&self, alert: &Alert, now: Timestamp) -> Result<Heard, ResponseError> {
        let plan = Plan::of(alert, &self.manner, now);
        if !plan.is_answer() {
            return Ok(Heard::NotAnswered);
        }
        let id = plan.id.clone();
        let (docket, is_new) = self.docket_for(plan, alert, now).await?;
        let carried = match docket.status {
            Status::Carrying => self.carry(&id, now).await.map(drop),
            _ => Ok(()),
        };
        // People are told even if it is not done yet: above all then.
        let docket = self.tell(&id, now).await?;
        carried?;
        Ok(Heard::Planned {
            plan: id,
            status: docket.status,
            steps: docket.steps.len(),
            refusals: docket.plan.refusals.len(),
            is_new,
        })
    }

    /// The docket of a plan; made, if there is none.
    async fn docket_for(
        &self,
        plan: Plan,
        alert: &Alert,
        now: Timestamp,
    ) -> Result<(Docket, bool), ResponseError> {
        for attempt in 1..=ATTEMPTS {
            if let Some(held) = self.shelf.docket(&plan.id).await? {
                return Ok((held.value, false));
            }
            let docket = self.draw_up(plan.clone(), alert, now).await?;
            self.shelf.announce(&docket).await?;
            let held = Held {
                value: docket,
                version: None,
            };
            if self.shelf.save(&held).await? {
                return Ok((held.value, true));
            }
            self.shelf.states.pause(attempt).await;
        }
        Err(ResponseError::Contended)
    }

    /// A new docket, without what other plans stand for.
    async fn draw_up(
        &self,
        plan: Plan,
        alert: &Alert,
        now: Timestamp,
    ) -> Result<Docket, ResponseError> {
        let mut docket = Docket::new(plan, Status::Planned, None);
        let tried = alert.events.iter().all(|event| event.error_code.is_some());
        for at in (0..docket.steps.len()).rev() {
            let action = &docket.steps[at].action;
            let holder = self.shelf.holder(action).await?;
            let stands = |other: &Docket| {
                other.plan.id != docket.plan.id
                    // What was only planned is done by nobody.
                    && (other.status != Status::Planned || self.manner.mode == Mode::DryRun)
                    && other.stands_for(action, alert.last_time, tried, now)
            };
            if let Some(other) = holder.filter(stands) {
                let manner = &self.manner;
                let what = action.resource(manner.partition.as_str(), &manner.account);
                docket.leave_out(at, other.plan.id, what);
            }
        }
        if !docket.steps.is_empty() {
            self.decide(&mut docket, now).await?;
        }
        Ok(docket)
    }

    /// Says where a new plan stands.
    async fn decide(&self, docket: &mut Docket, now: Timestamp) -> Result<(), ResponseError> {
        let wait = |docket: &mut Docket, why: Option<String>| {
            docket.status = Status::Waiting;
            docket.until = now.checked_add(self.manner.wait).ok();
            if let Some(why) = why {
                docket.remark(now, US, why);
            }
        };
        match self.manner.mode {
            Mode::DryRun => docket.remark(now, US, "made in a dry run: nothing is carried out"),
            Mode::Approve => wait(docket, None),
            Mode::Automatic => {
                let switch = self.shelf.switch().await?;
                if switch.stopped.is_some() {
                    let by = switch.by.unwrap_or_default();
                    wait(
                        docket,
                        Some(format!("a person is asked: {by} has stopped the responder")),
                    );
                } else if self
                    .shelf
                    .take_turn(self.manner.hourly, now)
                    .await?
                    .is_some()
                {
                    wait(
                        docket,
                        Some("a person is asked: the cap is reached".to_owned()),
                    );
                } else {
                    docket.status = Status::Carrying;
                    docket.remark(now, US, "carried out without asking, as the mode says");
                }
            }
        }
        Ok(())
    }

    /// Tells people where a plan stands, unless they know.
    pub(crate) async fn tell(&self, id: &PlanId, now: Timestamp) -> Result<Docket, ResponseError> {
        let mut sent = None;
        for attempt in 1..=ATTEMPTS {
            let mut held = self.held(id).await?;
            let docket = &mut held.value;
            if docket.told == Some(docket.status) || docket.plan.steps.is_empty() {
                return Ok(held.value);
            }
            if sent != Some(docket.status) {
                self.voice
                    .tell(&Letter::of(docket, &self.manner, now))
                    .await?;
                sent = Some(docket.status);
            }
            docket.told = sent;
            if self.shelf.save(&held).await? {
                return Ok(held.value);
            }
            self.shelf.states.pause(attempt).await;
        }
        Err(ResponseError::Contended)
    }

    pub(crate) async fn held(&self, id: &PlanId) -> Result<Held<Docket>, ResponseError> {
        let held = self.shelf.docket(id).await?;
        held.ok_or_else(|| ResponseError::NoPlan(id.clone()))
    }

    /// The newest plans, the newest first.
    ///
    /// # Errors
    /// [`ResponseError::State`].
    pub async fn list(&self) -> Result<Vec<Docket>, ResponseError> {
        self.shelf.dockets().await
    }

    /// A plan.
    ///
    /// # Errors
    /// [`ResponseError::NoPlan`], and what the state says.
    pub async fn show(&self, id: &PlanId) -> Result<Docket, ResponseError> {
        Ok(self.held(id).await?.value)
    }

    /// Whether anything may be done.
    ///
    /// # Errors
    /// [`ResponseError::State`].
    pub async fn switch(&self) -> Result<Switch, ResponseError> {
        self.shelf.switch().await
    }

    /// Carries a plan out that waits for it, or goes on with one that was left half done.
    ///
    /// # Errors
    /// [`ResponseError`] says what is against it, or what is not done yet: then it is to be approved again.
    pub async fn approve(
        &self,
        id: &PlanId,
        who: &str,
        now: Timestamp,
    ) -> Result<Docket, ResponseError> {
        let mut has_turn = false;
        let mut attempt = 0;
        loop {
            let mut held = self.held(id).await?;
            let docket = &mut held.value;
            match docket.status {
                Status::Carrying => break,
                Status::Waiting if docket.is_overdue(now) => {
                    docket.status = Status::Expired;
                    docket.remark(now, US, "nobody approved it in time");
                }
                Status::Waiting => {
                    self.may_act(docket, who).await?;
                    if !has_turn
                        && let Some(free) = self.shelf.take_turn(self.manner.hourly, now).await?
                    {
                        return Err(ResponseError::TooMany(free));
                    }
                    has_turn = true;
                    docket.status = Status::Carrying;
                    docket.approved_by = Some(who.to_owned());
                    docket.remark(now, who, "approved");
                }
                status => {
                    let plan = id.clone();
                    return Err(ResponseError::NotNow { plan, status });
                }
            }
            if !self.shelf.save(&held).await? {
                attempt += 1;
                if attempt > ATTEMPTS {
                    return Err(ResponseError::Contended);
                }
                self.shelf.states.pause(attempt).await;
            }
        }
        let carried = self.carry(id, now).await.map(drop);
        let docket = self.tell(id, now).await?;
        carried.map(|()| docket)
    }

    /// Whether plans are carried out here and now, and by this person's word.
    async fn may_act(&self, docket: &Docket, who: &str) -> Result<(), ResponseError> {
        if self.manner.mode == Mode::DryRun {
            return Err(ResponseError::DryRun);
        }
        if is_involved(who, &docket.plan.principal) {
            return Err(ResponseError::Involved(who.to_owned()));
        }
        let switch = self.shelf.switch().await?;
        match switch.stopped {
            Some(_) => Err(ResponseError::Stopped(switch.by.unwrap_or_default())),
            None => Ok(()),
        }
    }

    /// Says no to a plan.
    ///
    /// # Errors
    /// [`ResponseError::NotNow`] if it does not wait, or some of it was done; and what the state says.
    pub async fn reject(
        &self,
        id: &PlanId,
        who: &str,
        now: Timestamp,
    ) -> Result<Docket, ResponseError> {
        for attempt in 1..=ATTEMPTS {
            let mut held = self.held(id).await?;
            let docket = &mut held.value;
            if is_involved(who, &docket.plan.principal) {
                return Err(ResponseError::Involved(who.to_owned()));
            }
            if docket.status != Status::Waiting || docket.last_acted().is_some() {
                let (plan, status) = (id.clone(), docket.status);
                return Err(ResponseError::NotNow { plan, status });
            }
            docket.status = Status::Rejected;
            docket.remark(now, who, "rejected");
            if self.shelf.save(&held).await? {
                return self.tell(id, now).await;
            }
            self.shelf.states.pause(attempt).await;
        }
        Err(ResponseError::Contended)
    }

    /// Lets nothing be done any more, by any plan, until [`start`](Self::start); what is done stays.
    ///
    /// # Errors
    /// [`ResponseError::State`].
    pub async fn stop(
        &self,
        who: &str,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<Switch, ResponseError> {
        let switch = Switch {
            stopped: Some(now),
            by: Some(who.to_owned()),
            reason: reason.map(str::to_owned),
        };
        self.shelf.set_switch(&switch).await?;
        Ok(switch)
    }

    /// Lets plans be carried out again. Those that were halted wait for a person.
    ///
    /// # Errors
    /// [`ResponseError::State`].
    pub async fn start(&self, who: &str) -> Result<Switch, ResponseError> {
        let switch = Switch {
            stopped: None,
            by: Some(who.to_owned()),
            reason: None,
        };
        self.shelf.set_switch(&switch).await?;
        Ok(switch)
    }
}

/// Longer than any invocation takes: a step that was begun before has nobody at work on it.
pub(crate) const LONGEST: SignedDuration = SignedDuration::from_secs(90);

/// Whether who speaks is whom a plan is about, by the user's or the role's name.
pub(crate) fn is_involved(who: &str, principal: &str) -> bool {
    let of = |arn: &str| {
        let (head, resource) = arn.rsplit_once(":")?;
        let account = head.rsplit(':').next()?.to_owned();
        let mut parts = resource.split('/');
        let kind = parts.next()?;
        let name = match kind {
            "assumed-role" => parts.next()?,
            "role" | "user" => parts.next_back()?,
            _ => return None,
        };
        let kind = if kind == "user" { "user" } else { "role" };
        Some((account, kind, name.to_lowercase()))
    };
    match (of(who), of(principal)) {
        (Some(who), Some(principal)) => who == principal,
        _ => who == principal,
    }
}
