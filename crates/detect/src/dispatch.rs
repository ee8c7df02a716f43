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

use std::sync::Arc;

use hashbrown::HashMap;
use memchr::memmem::Finder;
use sigma::event;
use sigma::{FieldPath, Known, Partial, Rule, Value};

use crate::cloudtrail::event::value as value_of;
use crate::cloudtrail::record::without_version;
use crate::cloudtrail::{Json, Record};
use crate::derived;
use crate::gate::{Gate, Gated, Look};
use crate::recent::Recent;

/// How many APIs are remembered, and how many plans. Beyond, every rule is asked what it can rule out
/// each time.
const REMEMBERED: usize = 16_384;

/// The longest names of service and API that are remembered, in bytes.
const KEY: usize = 256;

/// From how many bytes on the name of a parameter counts as rare.
const RARE: usize = 16;

/// The fields of few values that have a [`Gate`].
const GATED: [Gated; 2] = [
    Gated {
        field: "userIdentity",
        read: |record| record.user_identity(),
        kind: Record::type_of_identity,
        derived: &derived::OF_IDENTITY,
        derive: derived::of_identity,
    },
    Gated {
        field: "userAgent",
        read: |record| record.user_agent_field(),
        kind: |_| None,
        derived: &derived::OF_USER_AGENT,
        derive: derived::of_user_agent,
    },
];

/// Finds the rules to ask.
#[derive(Debug)]
pub(crate) struct Dispatch {
    /// Numbers of APIs, by what names them.
    calls: HashMap<Arc<str>, u32>,
    recent: Recent<u32>,
    key: String,
    /// Of the identity and of the user agent.
    gates: [Gate; 2],
    /// For each rule, whether it asks for the error code.
    asks_error: Box<[bool]>,
    /// The rules that may match by API and kind of identity.
    candidates: HashMap<FirstSight, Arc<[u32]>>,
    /// Where the plan for all that is known stands.
    planned: HashMap<Sight, u32>,
    /// The first is that of the last record for which none could be remembered.
    plans: Vec<Plan>,
}

/// What is known of a record from its first words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct FirstSight {
    call: u32,
    kind: u8,
    /// Whether it is known that there is no error code.
    without_error: bool,
}

/// All that is known of a record: for the gates, which verdicts they have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Sight {
    first: FirstSight,
    verdicts: [u32; 2],
}

/// What is left to do when all that is known of a record is taken into account.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The rules that match or may match, in their order.
    pub(crate) steps: Arc<[Step]>,
    /// Whether fewer would be left if it were known that there is no error code.
    asks_error: bool,
}

/// One rule that may match.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// Its place in the rule set.
    pub(crate) rule: u32,
    /// Whether it is known to match.
    pub(crate) certain: bool,
    /// What a record must hold to match.
    needs: Option<Need>,
}

/// A parameter with a name so rare that it is worth to look whether the record holds it at all, before
/// the record is read to its end.
#[derive(Debug, Clone)]
struct Need {
    field: Box<str>,
    name: Finder<'static>,
}

impl Step {
    /// Whether the rule matches `record`.
    #[inline]
    pub(crate) fn matches(&self, record: &Record<'_>, rules: &[Rule]) -> bool {
        let lacks = |need: &Need| record.lacks_parameter(&need.field, &need.name);
        self.certain
            || !self.needs.as_ref().is_some_and(lacks) && rules[self.rule as usize].matches(record)
    }
}

impl Need {
    /// What `rule` needs of all records that `known` stands for.
    fn of(rule: &Rule, known: &Glance<'_>) -> Option<Self> {
        let needed = |path: &&FieldPath| rule.verdict(&Without { path, known }) == Some(false);
        let mut rare = rule.fields().filter(|path| rare_parameter(path).is_some());
        let (field, name) = rare_parameter(rare.find(needed)?)?;
        Some(Self {
            field: field.into(),
            name: Finder::new(name).into_owned(),
        })
    }
}

/// The field and the name of the parameter that `path` leads to, if that is rare.
fn rare_parameter(path: &FieldPath) -> Option<(&str, &str)> {
    match path.steps() {
        [event::Step::Key(field), event::Step::Key(name)] if name.len() >= RARE => {
            (!path.as_str().starts_with(derived::PREFIX)).then_some((field, name))
        }
        _ => None,
    }
}

/// A record known at first sight, without the field at `path`.
struct Without<'a> {
    path: &'a FieldPath,
    known: &'a Glance<'a>,
}

impl Partial for Without<'_> {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        if path == self.path {
            return Known::Absent;
        }
        self.known.known(path)
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
        let asks_error = |rule: &Rule| rule.fields().any(|field| field.as_str() == ERROR_CODE);
        Self {
            calls: HashMap::new(),
            recent: Recent::default(),
            key: String::new(),
            gates: GATED.map(|gated| Gate::new(gated, rules)),
            asks_error: rules.iter().map(asks_error).collect(),
            candidates: HashMap::new(),
            planned: HashMap::new(),
            plans: vec![Plan::none()],
        }
    }

    /// What to do about `record`.
    #[inline]
    pub(crate) fn plan(&mut self, record: &Record<'_>, rules: &[Rule]) -> Planned<'_> {
        let [identity, agent] = &mut self.gates;
        let looks = [identity.look(record, rules), agent.look(record, rules)];
        let at = match self.sight(record, looks) {
            Some(sight) => self.place(sight, record, rules),
            None => self.plan_once(record, looks, rules),
        };
        Planned {
            plan: &self.plans[at],
            identity: looks[0].map(|look| look.number),
        }
    }

    /// What is known of `record` but for its error; `None` if that is not remembered.
    #[inline]
    fn sight(&mut self, record: &Record<'_>, looks: [Option<Look>; 2]) -> Option<Sight> {
        let [Some(identity), Some(agent)] = looks else {
            return None;
        };
        let first = FirstSight {
            call: self.call(record)?,
            kind: identity.kind?,
            without_error: false,
        };
        Some(Sight {
            first,
            verdicts: [identity.verdicts, agent.verdicts],
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

    /// Where the plan for `sight` stands, sharpened by the error if that would help.
    #[inline]
    fn place(&mut self, sight: Sight, record: &Record<'_>, rules: &[Rule]) -> usize {
        let at = self.place_for(sight, record, rules);
        // Whether there is no error takes a look through the record, which most plans do not need.
        if !self.plans[at].asks_error || !record.is_without_error() {
            return at;
        }
        let mut sight = sight;
        sight.first.without_error = true;
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
        let candidates = self.candidates(sight.first, record, rules);
        let glance = Glance::at(record, sight.first.without_error);
        let verdicts = |gate| Some(sight.verdicts[gate]);
        let plan = self.plan_of(&candidates, &glance, verdicts, rules);
        if self.plans.len() > REMEMBERED {
            self.plans[0] = plan;
            return 0;
        }
        let at = self.plans.len();
        self.planned.insert(sight, at as u32);
        self.plans.push(plan);
        at
    }

    /// The rules that may match, remembered: rules that the gates know nothing of are the same for all
    /// callers of an API.
    fn candidates(&mut self, first: FirstSight, record: &Record<'_>, rules: &[Rule]) -> Arc<[u32]> {
        let find = || Glance::at(record, first.without_error).candidates(rules);
        if self.candidates.len() >= REMEMBERED {
            return self.candidates.get(&first).cloned().unwrap_or_else(find);
        }
        Arc::clone(self.candidates.entry(first).or_insert_with(find))
    }

    /// The plan for a record of a kind that cannot be remembered.
    #[cold]
    fn plan_once(
        &mut self,
        record: &Record<'_>,
        looks: [Option<Look>; 2],
        rules: &[Rule],
    ) -> usize {
        let glance = Glance::at(record, record.is_without_error());
        let candidates = glance.candidates(rules);
        let verdicts = |gate: usize| looks[gate].map(|look| look.verdicts);
        self.plans[0] = self.plan_of(&candidates, &glance, verdicts, rules);
        0
    }

    fn plan_of(
        &self,
        candidates: &[u32],
        glance: &Glance<'_>,
        verdicts: impl Fn(usize) -> Option<u32>,
        rules: &[Rule],
    ) -> Plan {
        let step = |rule: &u32| {
            let gates = self.gates.iter().enumerate();
            let known = gates
                .filter_map(|(at, gate)| gate.verdict(verdicts(at)?, *rule as usize))
                .next();
            let needs = || Need::of(&rules[*rule as usize], glance);
            (known != Some(false)).then(|| Step {
                rule: *rule,
                certain: known == Some(true),
                needs: known.is_none().then(needs).flatten(),
            })
        };
        let steps: Arc<[Step]> = candidates.iter().filter_map(step).collect();
        let asks_error = |step: &Step| !step.certain && self.asks_error[step.rule as usize];
        Plan {
            asks_error: !glance.is_without_error && steps.iter().any(asks_error),
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

const EVENT_SOURCE: &str = "eventSource";
const EVENT_NAME: &str = "eventName";
const ERROR_CODE: &str = "errorCode";

/// What is known of a record at first sight.
struct Glance<'a> {
    event_source: Option<Json<'a>>,
    event_name: Option<Json<'a>>,
    /// Not known unless it comes first in the identity, as CloudTrail writes it.
    identity_type: Option<Json<'a>>,
    /// Whether it is plain at first sight that there is no `errorCode`.
    is_without_error: bool,
}

impl<'a> Glance<'a> {
    fn at(record: &Record<'a>, is_without_error: bool) -> Self {
        Self {
            event_source: record.get(EVENT_SOURCE),
            event_name: record.get(EVENT_NAME),
            identity_type: record.identity_type(),
            is_without_error,
        }
    }

    /// The rules that may match a record of which only this much is known.
    fn candidates(&self, rules: &[Rule]) -> Arc<[u32]> {
        let rules = rules.iter().zip(0..);
        rules
            .filter(|(rule, _)| rule.could_match(self))
            .map(|(_, at)| at)
            .collect()
    }
}

impl Partial for Glance<'_> {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        if path.as_str() == "trailhound.eventName" {
            let name = self.event_name.and_then(Json::as_str);
            return name.map_or(Known::Unknown, |name| {
                Known::Value(Value::Str(without_version(&name).to_owned().into()))
            });
        }
        if path.as_str() == ERROR_CODE && self.is_without_error {
            return Known::Absent;
        }
        let value = match path.as_str() {
            EVENT_SOURCE => self.event_source,
            EVENT_NAME => self.event_name,
            "userIdentity.type" if self.identity_type.is_some() => self.identity_type,
            _ => return Known::Unknown,
        };
        value.map_or(Known::Absent, |json| Known::Value(value_of(json)))
    }
}
