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
use crate::outcome::Outcome;
use crate::recent::Recent;

/// How many APIs are remembered, and how many plans. Beyond, every rule is asked what it can rule out
/// each time.
const REMEMBERED: usize = 16_384;

/// The longest names of service and API that are remembered, in bytes.
const KEY: usize = 256;

/// From how many bytes on the name of a parameter counts as rare.
const RARE: usize = 16;

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

/// The fields that are known of a record which plainly has no error.
const OF_ERRORS: [&str; 4] = [
    "errorCode",
    "errorMessage",
    "trailhound.denial",
    "trailhound.outcome",
];

/// Finds the rules to ask.
#[derive(Debug)]
pub(crate) struct Dispatch {
    /// Numbers of APIs, by what names them.
    calls: HashMap<Arc<str>, u32>,
    recent: Recent<u32>,
    key: String,
    gates: [Gate; GATES],
    /// For each rule, whether it asks how the call ended.
    asks_error: Box<[bool]>,
    /// Whether some rule asks so whatever the API, so that it is best known before anything else.
    always_asks_error: bool,
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
        let asks_error = |rule: &Rule| rule.fields().any(|path| OF_ERRORS.contains(&path.as_str()));
        let always = |rule: &Rule| asks_error(rule) && rule.could_match(&StrangeCall);
        Self {
            calls: HashMap::new(),
            recent: Recent::default(),
            key: String::new(),
            gates: GATED.map(|gated| Gate::new(gated, rules)),
            asks_error: rules.iter().map(asks_error).collect(),
            always_asks_error: rules.iter().any(always),
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
        let find = || Glance::at(record, call.worked).candidates(rules);
        if self.candidates.len() >= REMEMBERED {
            return self.candidates.get(&call).cloned().unwrap_or_else(find);
        }
        Arc::clone(self.candidates.entry(call).or_insert_with(find))
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
        let candidates = Glance::at(record, worked).candidates(rules);
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
            let known = by_gate.or_else(|| rules[*rule as usize].verdict(&glance));
            let needs = || Need::of(&rules[*rule as usize], &glance);
            (known != Some(false)).then(|| Step {
                rule: *rule,
                certain: known == Some(true),
                needs: known.is_none().then(needs).flatten(),
            })
        };
        let steps: Arc<[Step]> = candidates.iter().filter_map(step).collect();
        let asks_error = |step: &Step| !step.certain && self.asks_error[step.rule as usize];
        Plan {
            asks_error: !worked && steps.iter().any(asks_error),
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
const PLAIN_EVENT_NAME: &str = "trailhound.eventName";

/// What is known of a record at first sight.
struct Glance<'a> {
    event_source: Option<Json<'a>>,
    event_name: Option<Json<'a>>,
    /// Whether it is plain at first sight that there is no error.
    worked: bool,
    gates: &'a [Gate],
    classes: [Option<u32>; GATES],
}

impl<'a> Glance<'a> {
    fn at(record: &Record<'a>, worked: bool) -> Self {
        Self {
            event_source: record.get(EVENT_SOURCE),
            event_name: record.get(EVENT_NAME),
            worked,
            gates: &[],
            classes: [None; GATES],
        }
    }

    /// The same, and what the classes tell.
    fn with_gates(
        record: &Record<'a>,
        worked: bool,
        gates: &'a [Gate],
        classes: [Option<u32>; GATES],
    ) -> Self {
        Self {
            gates,
            classes,
            ..Self::at(record, worked)
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

    /// What the gates tell of the field at `path`.
    fn told(&self, path: &str) -> Known<'_> {
        let classes = self.gates.iter().zip(self.classes);
        let mut told = classes.filter_map(|(gate, class)| gate.told(class?, path));
        if let Some(known) = told.clone().find(|known| **known != Known::Unknown) {
            return known.clone();
        }
        // Of those that could tell that AWS called, none does.
        if path == derived::CALLED_BY_AWS && told.nth(1).is_some() {
            return Known::Value(Value::Bool(false));
        }
        Known::Unknown
    }
}

impl Partial for Glance<'_> {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        let value = match path.as_str() {
            EVENT_SOURCE => self.event_source,
            EVENT_NAME => self.event_name,
            PLAIN_EVENT_NAME => {
                let name = self.event_name.and_then(Json::as_str);
                return name.map_or(Known::Unknown, |name| {
                    Known::Value(Value::Str(without_version(&name).to_owned().into()))
                });
            }
            "trailhound.outcome" if self.worked => {
                return Known::Value(Value::Str(Outcome::Success.as_str().into()));
            }
            field if self.worked && OF_ERRORS.contains(&field) => return Known::Absent,
            field => return self.told(field),
        };
        value.map_or(Known::Absent, |json| Known::Value(value_of(json)))
    }
}

/// A call that nobody has heard of.
struct StrangeCall;

impl Partial for StrangeCall {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        match path.as_str() {
            EVENT_SOURCE | EVENT_NAME | PLAIN_EVENT_NAME => {
                Known::Value(Value::Str("\u{1}".into()))
            }
            _ => Known::Unknown,
        }
    }
}
