//! Which rules to ask about a record: few, and mostly none.
//!
//! A rule that wants `iam.amazonaws.com` cannot match a record of S3. Rather than guess such
//! conditions from the shape of a rule, we let the rule language say it: [`sigma::Rule::could_match`]
//! evaluates a rule knowing nothing but the service, the API and the kind of identity, and rules out
//! what can be ruled out; the [gates](crate::gate) do so knowing the whole identity, or the user agent.
//! What all of them leave over is a [`Plan`], and it is remembered for everything that was known: an
//! account has a few hundred APIs, and rules see few kinds of callers.
//!
//! Invariant: a plan changes no verdict. A test compares it with asking every rule.

mod glance;
mod need;

use std::sync::Arc;

use hashbrown::HashMap;
use sigma::{Rest, Rule};

use self::glance::{EVENT_NAME, EVENT_SOURCE, Glance, STRANGE_CALL, is_of_errors};
use self::need::Need;
use crate::cloudtrail::{Json, Record};
use crate::derived;
use crate::gate::{Gate, Gated, Look};
use crate::outcome::Outcome;
use crate::recent::Recent;

/// How many APIs are remembered, and how many plans. Beyond, every rule is asked what it can rule out
/// each time.
const REMEMBERED: usize = 16_384;

/// The longest names of service and API that are remembered, in bytes.
const KEY: usize = 256;

/// How many fields have a [`Gate`].
const GATES: usize = 3;

/// The fields of few values.
const GATED: [Gated; GATES] = [
    Gated {
        field: "userIdentity",
        read: |record| record.user_identity(),
        derived: &derived::OF_IDENTITY,
        derive: derived::of_identity,
        telling: &[
            "userIdentity.type",
            "userIdentity.sessionContext.webIdFederationData.federatedProvider",
            derived::PRINCIPAL_KIND,
            derived::CALLED_BY_AWS,
        ],
    },
    Gated {
        field: "userAgent",
        read: |record| record.user_agent_field(),
        derived: &derived::OF_USER_AGENT,
        derive: derived::of_user_agent,
        telling: &derived::OF_USER_AGENT,
    },
    Gated {
        field: "sourceIPAddress",
        read: |record| record.source_ip_field(),
        derived: &derived::OF_ADDRESS,
        derive: derived::of_address,
        telling: &derived::OF_ADDRESS,
    },
];

/// Finds the rules to ask.
#[derive(Debug)]
pub(crate) struct Dispatch {
    /// Numbers of APIs, by what names them.
    calls: HashMap<Arc<str>, u32>,
    recent: Recent<u32>,
    key: String,
    gates: [Gate; GATES],
    /// Whether some rule asks so whatever the API, so that it is best known before anything else.
    always_asks_error: bool,
    /// The rules that may match by service.
    of_services: HashMap<Box<str>, Arc<[u32]>>,
    /// The rules that may match by API and end.
    candidates: HashMap<Call, Arc<[u32]>>,
    /// Where the plan for all that is known stands.
    planned: HashMap<Sight, u32>,
    /// The first is that of the last record for which none could be remembered.
    plans: Vec<Plan>,
}

/// What was called, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Call {
    /// The number of the API.
    api: u32,
    /// Whether it is known that there is no error.
    worked: bool,
}

/// All that is known of a record: for the gates, which class its value is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Sight {
    call: Call,
    classes: [u32; GATES],
}

/// What is left to do when all that is known of a record is taken into account.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The rules that match or may match, in their order.
    pub(crate) steps: Arc<[Step]>,
    /// Whether fewer may be left if it is known that there is no error.
    asks_error: bool,
}

/// One rule that may match.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// Its place in the rule set.
    pub(crate) rule: u32,
    /// What of it is not decided yet.
    rest: Rest,
    /// What a record must hold to match.
    needs: Option<Need>,
}

impl Step {
    /// Whether the rule matches `record`.
    #[inline]
    pub(crate) fn matches(&self, record: &Record<'_>) -> bool {
        let lacks = |need: &Need| need.is_lacking(record);
        !self.needs.as_ref().is_some_and(lacks) && self.rest.matches(record)
    }
}

/// A record's plan, and who it is about.
pub(crate) struct Planned<'d> {
    pub(crate) plan: &'d Plan,
    /// Stands for the identity, and never for another one; `None` if it is too long to be remembered.
    pub(crate) identity: Option<u32>,
}

impl Dispatch {
    pub(crate) fn new(rules: &[Rule]) -> Self {
        let always =
            |rule: &Rule| rule.fields().any(is_of_errors) && rule.could_match(&STRANGE_CALL);
        Self {
            calls: HashMap::new(),
            recent: Recent::default(),
            key: String::new(),
            gates: GATED.map(|gated| Gate::new(gated, rules)),
            always_asks_error: rules.iter().any(always),
            of_services: HashMap::new(),
            candidates: HashMap::new(),
            planned: HashMap::new(),
            plans: vec![Plan::none()],
        }
    }

    /// What to do about `record`.
    #[inline]
    pub(crate) fn plan(&mut self, record: &Record<'_>, rules: &[Rule]) -> Planned<'_> {
        let gates = &mut self.gates;
        let looks = gates.each_mut().map(|gate| gate.look(record, rules));
        let at = match self.sight(record, looks) {
            Some(sight) => self.place(sight, record, rules),
            None => self.plan_once(record, looks, rules),
        };
        Planned {
            plan: &self.plans[at],
            identity: looks[0].map(|look| look.number),
        }
    }

    /// What is known of `record`; `None` if that is not remembered.
    #[inline]
    fn sight(&mut self, record: &Record<'_>, looks: [Option<Look>; GATES]) -> Option<Sight> {
        let [Some(identity), Some(agent), Some(address)] = looks else {
            return None;
        };
        Some(Sight {
            call: Call {
                api: self.call(record)?,
                worked: self.always_asks_error && Outcome::is_plain_success(record),
            },
            classes: [identity.class, agent.class, address.class],
        })
    }

    /// The number of the API that `record` calls.
    #[inline]
    fn call(&mut self, record: &Record<'_>) -> Option<u32> {
        let Some(text) = record.source_to_name() else {
            return self.call_by_parts(record);
        };
        match self.recent.get(text) {
            Some(call) => Some(call),
            None => self.call_named(text),
        }
    }

    /// Where source and name do not stand together; no text between two quotes reads like this.
    #[cold]
    fn call_by_parts(&mut self, record: &Record<'_>) -> Option<u32> {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        for part in [record.get(EVENT_SOURCE), record.get(EVENT_NAME)] {
            key.push_str(part.map_or("", Json::raw));
            key.push('\n');
        }
        let call = self.call_named(&key);
        self.key = key;
        call
    }

    fn call_named(&mut self, key: &str) -> Option<u32> {
        if let Some((key, call)) = self.calls.get_key_value(key) {
            self.recent.put(Arc::clone(key), *call);
            return Some(*call);
        }
        if self.calls.len() >= REMEMBERED || key.len() > KEY {
            return None;
        }
        let call = self.calls.len() as u32;
        self.calls.insert(key.into(), call);
        Some(call)
    }

    /// Where the plan for `sight` stands, sharpened by how the call ended if that would help.
    #[inline]
    fn place(&mut self, sight: Sight, record: &Record<'_>, rules: &[Rule]) -> usize {
        let at = self.place_for(sight, record, rules);
        // Whether there is an error takes a look through the record, which most plans do not need.
        let asks = !self.always_asks_error && self.plans[at].asks_error;
        if !asks || !Outcome::is_plain_success(record) {
            return at;
        }
        let mut sight = sight;
        sight.call.worked = true;
        self.place_for(sight, record, rules)
    }

    #[inline]
    fn place_for(&mut self, sight: Sight, record: &Record<'_>, rules: &[Rule]) -> usize {
        match self.planned.get(&sight) {
            Some(at) => *at as usize,
            None => self.plan_anew(sight, record, rules),
        }
    }

    #[cold]
    fn plan_anew(&mut self, sight: Sight, record: &Record<'_>, rules: &[Rule]) -> usize {
        let candidates = self.candidates(sight.call, record, rules);
        let plan = self.plan_of(
            &candidates,
            record,
            sight.call.worked,
            sight.classes.map(Some),
            rules,
        );
        if self.plans.len() > REMEMBERED {
            self.plans[0] = plan;
            return 0;
        }
        let at = self.plans.len();
        self.planned.insert(sight, at as u32);
        self.plans.push(plan);
        at
    }

    /// The rules that may match, remembered: by far most of them are ruled out for all callers of an API.
    fn candidates(&mut self, call: Call, record: &Record<'_>, rules: &[Rule]) -> Arc<[u32]> {
        if let Some(known) = self.candidates.get(&call) {
            return Arc::clone(known);
        }
        let of_service = self.of_service(record, rules);
        let found = Glance::at(record, call.worked).candidates(&of_service, rules);
        if self.candidates.len() < REMEMBERED {
            self.candidates.insert(call, Arc::clone(&found));
        }
        found
    }

    /// The rules that may match a record of this service, remembered.
    fn of_service(&mut self, record: &Record<'_>, rules: &[Rule]) -> Arc<[u32]> {
        let service = record.get(EVENT_SOURCE).map_or("", Json::raw);
        if let Some(known) = self.of_services.get(service) {
            return Arc::clone(known);
        }
        let all: Vec<u32> = (0..rules.len() as u32).collect();
        let found = Glance::at_service(record).candidates(&all, rules);
        if self.of_services.len() < REMEMBERED && service.len() <= KEY {
            self.of_services.insert(service.into(), Arc::clone(&found));
        }
        found
    }

    /// The plan for a record of a kind that cannot be remembered.
    #[cold]
    fn plan_once(
        &mut self,
        record: &Record<'_>,
        looks: [Option<Look>; GATES],
        rules: &[Rule],
    ) -> usize {
        let worked = Outcome::is_plain_success(record);
        let of_service = self.of_service(record, rules);
        let candidates = Glance::at(record, worked).candidates(&of_service, rules);
        let classes = looks.map(|look| look.map(|look| look.class));
        self.plans[0] = self.plan_of(&candidates, record, worked, classes, rules);
        0
    }

    fn plan_of(
        &self,
        candidates: &[u32],
        record: &Record<'_>,
        worked: bool,
        classes: [Option<u32>; GATES],
        rules: &[Rule],
    ) -> Plan {
        let glance = Glance::with_gates(record, worked, &self.gates, classes);
        let step = |rule: &u32| {
            let gates = self.gates.iter().zip(classes);
            let by_gate = gates
                .filter_map(|(gate, class)| gate.verdict(class?, *rule))
                .next();
            let rest = match by_gate {
                Some(verdict) => Rest::from(verdict),
                None => rules[*rule as usize].rest(&glance),
            };
            let needs = || Need::of(&rules[*rule as usize], &glance);
            (rest.verdict() != Some(false)).then(|| Step {
                rule: *rule,
                needs: rest.verdict().is_none().then(needs).flatten(),
                rest,
            })
        };
        let steps: Arc<[Step]> = candidates.iter().filter_map(step).collect();
        Plan {
            asks_error: !worked
                && steps
                    .iter()
                    .any(|step| step.rest.fields().any(is_of_errors)),
            steps,
        }
    }
}

impl Plan {
    fn none() -> Self {
        Self {
            steps: Arc::default(),
            asks_error: false,
        }
    }
}
