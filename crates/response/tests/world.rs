//! An account in memory, a memory that can be struck, and settings.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use detect::alert::{Account, Alert, AlertId, Deed, EventRef, Kind as RuleKind, RuleInfo, Source};
use detect::guidance::Text;
use detect::language::Language;
use detect::partition::Partition;
use detect::principal::{Principal, PrincipalKind};
use detect::target::{Opening, Target};
use jiff::{SignedDuration, Timestamp};
use pipeline::memory::MemoryState;
use pipeline::ports::{Change, Kept, SinkError, StateError, StateKey, StateStore};
use query::Pattern;
use response::action::Kind;
use response::call::Call;
use response::docket::{Docket, Progress};
use response::letter::Letter;
use response::manner::{Manner, Mode};
use response::never::NeverTouch;
use response::ports::{Hands, Refused, Voice};
use response::responder::Responder;
use sigma::Level;

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const GROUP: &str = "sg-0a9b8c7d6e5f40312";
pub(crate) const PERSON: &str = "arn:aws:sts::111122223333:assumed-role/Responders/anna";

pub(crate) fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + minute * 60).expect("a time")
}

/// Settings that answer everything.
pub(crate) fn manner(mode: Mode) -> Manner {
    Manner {
        account: ACCOUNT.to_owned(),
        partition: Partition::Aws,
        mode,
        level: Level::High,
        rules: vec![Pattern::new("*")],
        kinds: BTreeSet::from(Kind::ALL),
        never: NeverTouch::new("trailhound-", ["arn:aws:iam::*:*/break-glass*"]),
        hourly: 5,
        languages: vec![Language::En],
        wait: SignedDuration::from_hours(1),
    }
}

/// An alert about a user's key that has opened a port.
pub(crate) fn alert() -> Alert {
    about(
        PrincipalKind::IamUser,
        "arn:aws:iam::111122223333:user/staff/maria",
        Some(Target::Ingress {
            group: GROUP.to_owned(),
            openings: vec![ssh()],
        }),
    )
}

pub(crate) fn ssh() -> Opening {
    Opening {
        protocol: "tcp".to_owned(),
        from_port: Some(22),
        to_port: Some(22),
        range: "0.0.0.0/0".to_owned(),
    }
}

/// An alert about this principal, which has changed this.
pub(crate) fn about(kind: PrincipalKind, key: &str, target: Option<Target>) -> Alert {
    let time = at(0);
    let text = |text: &str| Text {
        en: text.to_owned(),
        zh_cn: text.to_owned(),
    };
    let account = key.split(':').nth(4).map(str::to_owned);
    Alert {
        schema: detect::alert::SCHEMA.to_owned(),
        id: AlertId::try_from("th-5e0000000000000000000001".to_owned()).expect("an id"),
        level: Level::High,
        rule: RuleInfo {
            id: "f6bcb4dd".to_owned(),
            title: "Something bad".to_owned(),
            title_zh_cn: None,
            kind: RuleKind::Rule,
            version: None,
            tags: Vec::new(),
            period_seconds: None,
            threat: None,
        },
        time,
        first_time: time,
        last_time: time,
        event_count: 1,
        event_count_is_estimate: false,
        account: Account {
            id: Some(ACCOUNT.to_owned()),
            name: None,
        },
        region: Some("eu-west-1".to_owned()),
        partition: Partition::Aws,
        principal: Principal {
            key: key.to_owned(),
            kind,
            arn: Some(key.to_owned()),
            name: key.rsplit('/').next().unwrap_or(key).to_owned(),
            session: None,
            access_key_id: Some(KEY.to_owned()),
            account,
            source_identity: None,
        },
        source: Source::default(),
        events: vec![EventRef {
            shared_event_id: None,
            event_time: time,
            event_id: Some("e".into()),
            event_source: "ec2.amazonaws.com".into(),
            event_name: "AuthorizeSecurityGroupIngress".into(),
            error_code: None,
            log_file: None,
        }],
        why: Vec::new(),
        summary: text("Something bad was done."),
        deed: Some(Deed {
            headline: text("Something bad"),
            meaning: None,
            worked: true,
            target,
        }),
        replaces: None,
        anomaly: None,
        response: Vec::new(),
    }
}

/// What is changed by plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Things {
    pub(crate) key_is_on: bool,
    pub(crate) policies: BTreeMap<(String, String), String>,
    pub(crate) trail_is_on: bool,
    pub(crate) rules: BTreeSet<String>,
}

/// The world outside: one account, one memory, and what strikes.
pub(crate) struct World {
    pub(crate) state: MemoryState,
    pub(crate) things: RefCell<Things>,
    pub(crate) letters: RefCell<Vec<Letter>>,
    /// Calls that change something, in order.
    pub(crate) calls: RefCell<Vec<Call>>,
    /// Answers that come before any other, by action.
    pub(crate) refusals: RefCell<BTreeMap<String, Refused>>,
    /// Actions that are done once without an answer that arrives.
    pub(crate) lost: RefCell<BTreeSet<String>>,
    /// What names of roles and users are really called.
    pub(crate) arns: RefCell<BTreeMap<String, String>>,
    /// How often somebody may still use a port before death strikes.
    pub(crate) lives: Cell<Option<u32>>,
    /// Whether a port yields to others before it works.
    pub(crate) yields: Cell<bool>,
}

/// What a copy dies of.
pub(crate) struct Died;

impl World {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self {
            state: MemoryState::default(),
            things: RefCell::new(Things {
                key_is_on: true,
                policies: BTreeMap::new(),
                trail_is_on: false,
                rules: BTreeSet::from([format!("{GROUP} tcp 22 0.0.0.0/0")]),
            }),
            letters: RefCell::default(),
            calls: RefCell::default(),
            refusals: RefCell::default(),
            lost: RefCell::default(),
            arns: RefCell::default(),
            lives: Cell::new(None),
            yields: Cell::new(false),
        })
    }

    pub(crate) fn responder(self: &Rc<Self>, manner: Manner) -> Responder<Port, Port, Port> {
        let port = || Port(Rc::clone(self));
        Responder::new(port(), port(), port(), manner)
    }

    async fn touch(&self) {
        if self.yields.get() {
            Yield(false).await;
        }
        if let Some(lives) = self.lives.get() {
            if lives == 0 {
                std::panic::panic_any(Died);
            }
            self.lives.set(Some(lives - 1));
        }
    }

    /// The docket in memory that has begun this call, if there is one.
    fn begun(&self, call: &Call) -> bool {
        let items = self.state.all();
        let dockets = items
            .iter()
            .filter(|(key, _)| key.as_str().starts_with("plan#"));
        let mut dockets = dockets
            .map(|(_, kept)| serde_json::from_slice::<Docket>(&kept.value).expect("a docket"));
        dockets.any(|docket| {
            docket.steps.iter().any(|step| {
                let begun = matches!(step.progress, Progress::Begun { .. });
                begun && step.action.call() == *call
            })
        })
    }

    fn obey(&self, call: &Call) -> Result<String, Refused> {
        let value = |name: &str| call.parameter(name).expect(name).to_owned();
        let mut things = self.things.borrow_mut();
        let gone = || Refused::Gone("NoSuchEntity: none".to_owned());
        let holder = || {
            call.parameter("UserName")
                .or_else(|| call.parameter("RoleName"))
                .expect("a name")
                .to_owned()
        };
        let rule = || {
            format!(
                "{} {} {} {}",
                value("GroupId"),
                value("IpPermissions.1.IpProtocol"),
                value("IpPermissions.1.FromPort"),
                value("IpPermissions.1.IpRanges.1.CidrIp")
            )
        };
        match call.action.as_str() {
            "GetUser" | "GetRole" => {
                let name = holder();
                let kind = call.action.trim_start_matches("Get").to_lowercase();
                let arn = self.arns.borrow().get(&name).cloned();
                let arn = arn.unwrap_or_else(|| format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}"));
                Ok(format!("<Arn>{arn}</Arn>"))
            }
            "ListAccessKeys" => {
                let status = if things.key_is_on {
                    "Active"
                } else {
                    "Inactive"
                };
                Ok(format!(
                    "<member><AccessKeyId>{KEY}</AccessKeyId><Status>{status}</Status></member>"
                ))
            }
            "GetTrailStatus" => Ok(format!("{{\"IsLogging\":{}}}", things.trail_is_on)),
            "UpdateAccessKey" => {
                things.key_is_on = value("Status") == "Active";
                Ok(String::new())
            }
            "PutUserPolicy" | "PutRolePolicy" => {
                let place = (holder(), value("PolicyName"));
                things.policies.insert(place, value("PolicyDocument"));
                Ok(String::new())
            }
            "DeleteUserPolicy" | "DeleteRolePolicy" => {
                let place = (holder(), value("PolicyName"));
                things
                    .policies
                    .remove(&place)
                    .map(|_| String::new())
                    .ok_or_else(gone)
            }
            "StartLogging" => {
                things.trail_is_on = true;
                Ok(String::new())
            }
            "RevokeSecurityGroupIngress" => match things.rules.remove(&rule()) {
                true => Ok("<return>true</return>".to_owned()),
                false => Err(Refused::Gone("InvalidPermission.NotFound: none".to_owned())),
            },
            "AuthorizeSecurityGroupIngress" => match things.rules.insert(rule()) {
                true => Ok("<return>true</return>".to_owned()),
                false => Err(Refused::Already(
                    "InvalidPermission.Duplicate: there".to_owned(),
                )),
            },
            other => panic!("nobody plans {other}"),
        }
    }
}

/// All three ports.
#[derive(Clone)]
pub(crate) struct Port(Rc<World>);

impl StateStore for Port {
    async fn load(
        &self,
        keys: &BTreeSet<StateKey>,
    ) -> Result<BTreeMap<StateKey, Kept>, StateError> {
        self.0.touch().await;
        self.0.state.load(keys).await
    }

    async fn save(&self, changes: Vec<Change>) -> Result<BTreeSet<StateKey>, StateError> {
        self.0.touch().await;
        let late = self.0.state.save(changes).await;
        self.0.touch().await;
        late
    }
}

impl Hands for Port {
    async fn make(&self, call: &Call) -> Result<String, Refused> {
        self.0.touch().await;
        if let Some(refused) = self.0.refusals.borrow().get(&call.action) {
            return Err(refused.clone());
        }
        let changes = !call.action.starts_with("Get") && !call.action.starts_with("List");
        let takes_back = call.action.starts_with("Delete")
            || call.action.starts_with("Authorize")
            || call.parameter("Status") == Some("Active");
        if changes {
            assert!(
                takes_back || self.0.begun(call),
                "{call} is made before it is written down how to take it back"
            );
            self.0.calls.borrow_mut().push(call.clone());
        }
        let answer = self.0.obey(call);
        self.0.touch().await;
        if self.0.lost.borrow_mut().remove(&call.action) {
            return Err(Refused::Later("no answer came".to_owned()));
        }
        answer
    }
}

impl Voice for Port {
    async fn tell(&self, letter: &Letter) -> Result<(), SinkError> {
        self.0.touch().await;
        self.0.letters.borrow_mut().push(letter.clone());
        self.0.touch().await;
        Ok(())
    }
}

/// Lets others run once.
struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let ran = std::mem::replace(&mut self.0, true);
        if ran { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// Runs one future to its end.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

/// Runs two futures to their ends, one turn for whom each bit of `turns` says.
pub(crate) fn race<T>(
    one: impl Future<Output = T>,
    other: impl Future<Output = T>,
    turns: u64,
) -> (T, T) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut first, mut second) = (None, None);
    let mut context = Context::from_waker(Waker::noop());
    for turn in 0_u32.. {
        let is_first = turns.rotate_right(turn) & 1 == 0;
        if first.is_none()
            && (is_first || second.is_some())
            && let Poll::Ready(value) = one.as_mut().poll(&mut context)
        {
            first = Some(value);
        }
        if second.is_none()
            && (!is_first || first.is_some())
            && let Poll::Ready(value) = other.as_mut().poll(&mut context)
        {
            second = Some(value);
        }
        if first.is_some() && second.is_some() {
            break;
        }
    }
    (first.expect("an end"), second.expect("an end"))
}
