//! How a plan is carried out, step by step, and taken back, from the last step to the first.
//!
//! Each turn reads the docket, decides on one move, and saves it on condition; only a step that was saved as
//! begun is done. So there is no moment at which something may have been done of which the docket knows nothing.

use jiff::Timestamp;
use pipeline::ports::StateStore;

use crate::action::{Action, Look, Undo};
use crate::call::Call;
use crate::docket::{Docket, Progress, Status};
use crate::plan::PlanId;
use crate::ports::{Hands, Refused, Voice};
use crate::responder::{LONGEST, Responder, ResponseError, US, is_involved};

/// How often a call is made that is to be made again.
const TRIES: u32 = 3;

/// How many turns a plan may take: each step has three, and others may come between.
const TURNS: usize = 400;

/// What was found before a step.
enum Found {
    Needed,
    Unneeded(String),
    Against(String),
}

impl<S: StateStore, H: Hands, V: Voice> Responder<S, H, V> {
    /// Does all that is left to do of a plan that is being carried out.
    pub(crate) async fn carry(&self, id: &PlanId, now: Timestamp) -> Result<Docket, ResponseError> {
        // The step that this very call has begun, as opposed to one over which another may have died.
        let mut own = None;
        let mut outcome: Option<(usize, Progress)> = None;
        for _ in 0..TURNS {
            let mut held = self.held(id).await?;
            let docket = &mut held.value;
            if docket.status != Status::Carrying {
                return Ok(held.value);
            }
            let mut begins = None;
            match docket.next() {
                None => {
                    docket.status = Status::Done;
                    let failed = docket.failed();
                    let all = docket.steps.len();
                    docket.remark(now, US, format!("tried {all} steps, {failed} failed"));
                }
                Some(at) if docket.steps[at].progress == Progress::Open => {
                    if self.halts(docket, now).await? {
                        // Saved below; a person goes on.
                    } else {
                        let step = &mut docket.steps[at];
                        step.progress = match self.look(id, &step.action).await? {
                            Found::Unneeded(why) => Progress::Unneeded { why },
                            Found::Against(why) => Progress::Failed { why },
                            Found::Needed => {
                                step.action = step.action.at(now);
                                begins = Some(at);
                                Progress::Begun { at: now }
                            }
                        };
                    }
                }
                Some(at) => {
                    let is_own = own == Some(at);
                    if !is_own && docket.is_at_work(now, LONGEST) {
                        return Err(ResponseError::Busy(id.clone()));
                    }
                    // What we have done we have done, even if somebody has written beside us meanwhile.
                    let known = outcome.take().filter(|(of, _)| *of == at);
                    // What another has begun is done again only if nobody has stopped us since.
                    if is_own || !self.halts(docket, now).await? {
                        let step = &mut docket.steps[at];
                        let progress = match known {
                            Some((_, progress)) => progress,
                            None => self.act(id, &step.action, is_own, now).await?,
                        };
                        outcome = Some((at, progress.clone()));
                        step.progress = progress;
                    }
                }
            }
            if self.shelf.save(&held).await? {
                own = begins.or(own);
            }
        }
        Err(ResponseError::Contended)
    }

    /// Whether somebody has stopped us: then the plan waits for a person.
    async fn halts(&self, docket: &mut Docket, now: Timestamp) -> Result<bool, ResponseError> {
        let switch = self.shelf.switch().await?;
        if switch.stopped.is_none() {
            return Ok(false);
        }
        docket.status = Status::Waiting;
        docket.until = now.checked_add(self.manner.wait).ok();
        let by = switch.by.unwrap_or_default();
        docket.remark(now, US, format!("halted: {by} has stopped the responder"));
        Ok(true)
    }

    /// Makes a call, a few times if it must be; says which time it was that was answered.
    async fn make(
        &self,
        id: &PlanId,
        call: &Call,
    ) -> Result<(Result<String, Refused>, u32), ResponseError> {
        let mut attempt = 1;
        loop {
            match self.hands.make(call).await {
                Err(Refused::Later(_)) if attempt < TRIES => {
                    self.shelf.states.pause(attempt).await;
                    attempt += 1;
                }
                Err(Refused::Later(why)) => {
                    let plan = id.clone();
                    return Err(ResponseError::Later { plan, why });
                }
                answer => return Ok((answer, attempt)),
            }
        }
    }

    /// Looks whether a step is needed, and whether what it is about may be touched.
    async fn look(&self, id: &PlanId, action: &Action) -> Result<Found, ResponseError> {
        // The list may have grown since the plan was made.
        let manner = &self.manner;
        let resource = action.resource(manner.partition.as_str(), &manner.account);
        if let Found::Against(why) = self.allowed(&resource) {
            return Ok(Found::Against(why));
        }
        for look in action.looks() {
            let (answer, _) = self.make(id, look.call()).await?;
            let answer = match answer {
                Ok(answer) => answer,
                Err(Refused::Gone(why)) if !matches!(look, Look::Trail(_)) => {
                    return Ok(Found::Unneeded(why));
                }
                Err(refused) => return Ok(Found::Against(refused.to_string())),
            };
            let found = match look {
                Look::Holder(_) => self.may_touch(&answer),
                Look::Key(key, _) => key_is_on(&answer, &key),
                Look::Trail(_) => trail_is_off(&answer),
            };
            if !matches!(found, Found::Needed) {
                return Ok(found);
            }
        }
        Ok(Found::Needed)
    }

    /// Whether the user or role of which IAM tells is on no list.
    fn may_touch(&self, answer: &str) -> Found {
        match element(answer, "Arn") {
            Some(arn) => self.allowed(arn),
            None => Found::Against("IAM does not say who it is".to_owned()),
        }
    }

    /// Whether what has this ARN is on no list.
    fn allowed(&self, arn: &str) -> Found {
        match self.manner.never.holds(arn) {
            Some(pattern) => Found::Against(format!("`{pattern}` is never touched")),
            None => Found::Needed,
        }
    }

    /// Does a step that was begun, by us just now or by one that may have died over it.
    async fn act(
        &self,
        id: &PlanId,
        action: &Action,
        is_own: bool,
        now: Timestamp,
    ) -> Result<Progress, ResponseError> {
        let done = Progress::Done { at: now };
        let (answer, attempt) = self.make(id, &action.call()).await?;
        // An answer that was lost may have been to a call that did it.
        let is_own = is_own && attempt == 1;
        Ok(match answer {
            Ok(answer) if is_missing_rule(action, &answer) && is_own => Progress::Unneeded {
                why: "there is no such rule".to_owned(),
            },
            Ok(_) | Err(Refused::Already(_)) => done,
            // Whoever died over it may have done it; then it is ours to take back.
            Err(Refused::Gone(why)) => match action {
                Action::ClosePort { .. } if !is_own && !why.contains("Group") => done,
                Action::RestartTrail { .. } => Progress::Failed { why },
                _ => Progress::Unneeded { why },
            },
            Err(refused) => Progress::Failed {
                why: refused.to_string(),
            },
        })
    }

    /// Takes back what was done by a plan, from the last step to the first.
    ///
    /// # Errors
    /// [`ResponseError::NotNow`] if nothing was done; [`ResponseError`] if not all is taken back yet: then it is
    /// to be asked for again.
    pub async fn undo(
        &self,
        id: &PlanId,
        who: &str,
        now: Timestamp,
    ) -> Result<Docket, ResponseError> {
        for _ in 0..TURNS {
            let mut held = self.held(id).await?;
            let docket = &mut held.value;
            match docket.status {
                Status::Undoing => match docket.last_acted() {
                    None => {
                        docket.status = Status::Undone;
                        docket.remark(now, US, "taken back");
                    }
                    Some(at) => {
                        let step = &mut docket.steps[at];
                        step.progress = self.take_back(id, &step.action, now).await?;
                    }
                },
                Status::Undone => return self.tell(id, now).await,
                status => {
                    if docket.last_acted().is_none() {
                        let plan = id.clone();
                        return Err(ResponseError::NotNow { plan, status });
                    }
                    if is_involved(who, &docket.plan.principal) {
                        return Err(ResponseError::Involved(who.to_owned()));
                    }
                    if docket.is_at_work(now, LONGEST) {
                        return Err(ResponseError::Busy(id.clone()));
                    }
                    docket.status = Status::Undoing;
                    docket.remark(now, who, "asked that it be taken back");
                }
            }
            // Whoever was quicker has moved the docket; the next turn reads it anew.
            self.shelf.save(&held).await?;
        }
        Err(ResponseError::Contended)
    }

    async fn take_back(
        &self,
        id: &PlanId,
        action: &Action,
        now: Timestamp,
    ) -> Result<Progress, ResponseError> {
        let call = match action.undo() {
            Undo::Call(call) => call,
            Undo::ByHand(call) => {
                return Ok(Progress::Left {
                    why: format!("by hand, if at all: {call}"),
                });
            }
        };
        let undone = Progress::Undone { at: now };
        Ok(match self.make(id, &call).await?.0 {
            Ok(_) | Err(Refused::Already(_)) => undone,
            Err(Refused::Gone(_)) if is_deletion(&call) => undone,
            Err(refused) => Progress::Left {
                why: refused.to_string(),
            },
        })
    }
}

/// Whether the call takes something of ours away: if it is gone, all is well.
fn is_deletion(call: &Call) -> bool {
    call.action.starts_with("Delete")
}

/// Whether EC2 says that it had nothing to remove: in a default network it says so, and is content.
fn is_missing_rule(action: &Action, answer: &str) -> bool {
    let unknown = element(answer, "unknownIpPermissionSet");
    matches!(action, Action::ClosePort { .. })
        && (unknown.is_some_and(|set| !set.trim().is_empty())
            || element(answer, "return") == Some("false"))
}

/// Whether a key is switched on, of the answer that lists it.
fn key_is_on(answer: &str, key: &str) -> Found {
    let mut members = answer.split("<member>").skip(1);
    let member = members.find(|member| element(member, "AccessKeyId") == Some(key));
    match member.and_then(|member| element(member, "Status")) {
        Some("Active") => Found::Needed,
        Some(status) => Found::Unneeded(format!("the key is {}", status.to_lowercase())),
        None => Found::Unneeded("the user has no such key any more".to_owned()),
    }
}

/// Whether a trail has stopped.
fn trail_is_off(answer: &str) -> Found {
    let status: serde_json::Value = serde_json::from_str(answer).unwrap_or_default();
    match status["IsLogging"].as_bool() {
        Some(false) => Found::Needed,
        Some(true) => Found::Unneeded("the trail is logging".to_owned()),
        None => Found::Against("CloudTrail does not say whether the trail is logging".to_owned()),
    }
}

/// What stands in the first element of this name.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inside, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inside)
}
