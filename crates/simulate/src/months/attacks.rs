//! Attacks with somebody's credentials, of twelve kinds, each in three strengths.
//!
//! The louder, the more calls, the quicker, and from the stranger a place; a stealthy one comes from a home
//! in the victim's own country or from the victim's own network, with the victim's own tools.

use super::Attack;
use super::catalogue::{CURIOUS, REGIONS};
use super::life::{
    Session, choice, home_of, midnight, own_address, person_deeds, program_deed, thing,
};
use super::networks::{PROXIES, RENTED, address};
use super::people::TRADES;
use super::programs::Host;
use super::world::{ACCOUNTS, Actor, Deed, World};
use crate::clock::{HOUR, MINUTE};
use crate::rng::Rng;

/// What an attack is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum AttackKind {
    PrivilegeEscalation,
    SecretExfiltration,
    CryptoMining,
    InstanceCredentials,
    ModelHijack,
    MassDownload,
    SessionHijack,
    StolenKeyRecon,
    DefenceEvasion,
    RansomDelete,
    SnapshotShare,
    ConsoleAbroad,
}

/// How much noise an attack makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Strength {
    Loud,
    Medium,
    Stealthy,
}

impl AttackKind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::PrivilegeEscalation,
        Self::SecretExfiltration,
        Self::CryptoMining,
        Self::InstanceCredentials,
        Self::ModelHijack,
        Self::MassDownload,
        Self::SessionHijack,
        Self::StolenKeyRecon,
        Self::DefenceEvasion,
        Self::RansomDelete,
        Self::SnapshotShare,
        Self::ConsoleAbroad,
    ];
}

impl Strength {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Loud, Self::Medium, Self::Stealthy];

    /// One of three numbers.
    fn of(self, loud: u64, medium: u64, stealthy: u64) -> u64 {
        match self {
            Self::Loud => loud,
            Self::Medium => medium,
            Self::Stealthy => stealthy,
        }
    }
}

/// An attack and what is done in it.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) attack: Attack,
    pub(super) deeds: Vec<Deed>,
}

/// One attack of each kind and strength, on some day after the quiet ones.
pub(super) fn plan(world: &World) -> Vec<Planned> {
    let each = AttackKind::ALL
        .into_iter()
        .flat_map(|kind| Strength::ALL.map(|strength| (kind, strength)));
    let mut taken = Vec::new();
    let planned = each.enumerate().map(|(number, (kind, strength))| {
        let mut rng = world.rng(&[60, number as u64]);
        let plan = world.plan;
        let day = rng.between(plan.quiet.into(), u64::from(plan.days) - 2) as u32;
        let victim = victim(world, kind, day, &mut rng, &mut taken);
        let mut deeds = Attacker::new(world, kind, victim, strength, day, rng).deeds(kind);
        deeds.sort_by_key(|deed| deed.at);
        let attack = Attack {
            kind,
            strength,
            victim: name(world, victim),
            event_ids: Vec::new(),
            begins: deeds.first().map_or(0, |deed| deed.at),
            ends: deeds.last().map_or(0, |deed| deed.at),
        };
        Planned { attack, deeds }
    });
    planned.collect()
}

fn name(world: &World, actor: Actor) -> String {
    match actor {
        Actor::Person(at) => world.people[usize::from(at)].name.clone(),
        Actor::Program(at) => world.programs[usize::from(at)].name.clone(),
    }
}

/// Somebody who was there for a while; nobody twice.
fn victim(
    world: &World,
    kind: AttackKind,
    day: u32,
    rng: &mut Rng,
    taken: &mut Vec<Actor>,
) -> Actor {
    loop {
        let actor = match kind {
            AttackKind::InstanceCredentials => Actor::Program(rng.below(20) as u16),
            AttackKind::StolenKeyRecon if rng.chance(600) => {
                Actor::Program(55 + rng.below(10) as u16)
            }
            AttackKind::MassDownload | AttackKind::SecretExfiltration | AttackKind::ModelHijack
                if rng.chance(300) =>
            {
                Actor::Program(rng.below(48) as u16)
            }
            _ => Actor::Person(rng.below(world.people.len() as u64) as u16),
        };
        let since = match actor {
            Actor::Person(at) if world.people[usize::from(at)].trade == 5 => u32::MAX - 9,
            Actor::Person(at) => world.people[usize::from(at)].joins,
            Actor::Program(at) => world.programs[usize::from(at)].begins,
        };
        if since + 6 <= day && !taken.contains(&actor) {
            taken.push(actor);
            return actor;
        }
    }
}

/// Somebody with another's credentials.
struct Attacker<'w> {
    world: &'w World,
    victim: Actor,
    strength: Strength,
    day: u32,
    rng: Rng,
    session: Deed,
    at: i64,
    deeds: Vec<Deed>,
}

const KALI: &str = "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.16.8+kali-amd64 md/arch#x86_64 lang/python#3.13.7 md/command#sts.get-caller-identity";
const SCRIPT: &str =
    "Boto3/1.40.60 md/Botocore#1.40.60 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.11.2";

impl<'w> Attacker<'w> {
    fn new(
        world: &'w World,
        kind: AttackKind,
        victim: Actor,
        strength: Strength,
        day: u32,
        mut rng: Rng,
    ) -> Self {
        let hour = strength.of(rng.below(24), rng.below(24), 9 + rng.below(8)) as i64;
        let at = midnight(day) + hour * HOUR + rng.below(50) as i64 * MINUTE;
        let mut session = usual(world, victim, day, at, &mut rng);
        let abroad = if rng.chance(600) {
            RENTED
        } else {
            (PROXIES.0, PROXIES.0 + 1)
        };
        let near = (PROXIES.0 + 2, PROXIES.1);
        // What a kind is called says where it comes from.
        let elsewhere = matches!(
            kind,
            AttackKind::InstanceCredentials | AttackKind::SessionHijack
        );
        let foreign = (PROXIES.0, PROXIES.0 + 1);
        let from = match strength {
            Strength::Loud => Some(abroad),
            _ if kind == AttackKind::ConsoleAbroad => Some(foreign),
            Strength::Medium => Some(if rng.chance(500) { abroad } else { near }),
            Strength::Stealthy if elsewhere => Some(near),
            // Half of them from the victim's own network, by way of the victim's own machine.
            Strength::Stealthy => rng.chance(500).then_some(near),
        };
        if let Some((first, last)) = from {
            let network = rng.between(first as u64, last as u64) as usize;
            session.address = address(network, &mut rng);
            match strength {
                Strength::Loud => session.agent = KALI,
                Strength::Medium if rng.chance(600) => session.agent = SCRIPT,
                _ => {}
            }
        }
        Self {
            world,
            victim,
            strength,
            day,
            rng,
            session,
            at,
            deeds: Vec::new(),
        }
    }

    /// Calls `call`, so many seconds later.
    fn call(&mut self, call: &'static str, thing: impl Into<String>, pause: u64) {
        self.at += self.rng.between(pause / 2, pause + pause / 2) as i64;
        let denied = self.rng.chance(100);
        self.deeds.push(Deed {
            at: self.at,
            call,
            thing: thing.into(),
            denied,
            ..self.session.clone()
        });
    }

    /// The same, which works for sure.
    fn done(&mut self, call: &'static str, thing: impl Into<String>, pause: u64) {
        self.call(call, thing, pause);
        if let Some(deed) = self.deeds.last_mut() {
            deed.denied = false;
        }
    }

    fn look_around(&mut self, many: u64, pause: u64, denied: u64) {
        for _ in 0..many {
            let call = *self.rng.pick(CURIOUS);
            self.call(call, "", pause);
            let is_denied = self.rng.chance(denied);
            if let Some(deed) = self.deeds.last_mut() {
                deed.denied = is_denied;
            }
        }
    }

    fn usual_calls(&mut self, many: u64, pause: u64) {
        for _ in 0..many {
            let call = match self.victim {
                Actor::Person(at) => {
                    choice(&self.world.people[usize::from(at)], self.day, &mut self.rng)
                }
                Actor::Program(at) => *self.rng.pick(&self.world.programs[usize::from(at)].calls),
            };
            let thing = thing(
                call,
                number(self.victim),
                self.session.account,
                &mut self.rng,
            );
            self.call(call, thing, pause);
        }
    }

    fn deeds(mut self, kind: AttackKind) -> Vec<Deed> {
        match kind {
            AttackKind::PrivilegeEscalation => self.escalates(),
            AttackKind::SecretExfiltration => self.reads_secrets(),
            AttackKind::CryptoMining => self.mines(),
            AttackKind::InstanceCredentials => self.uses_instance(),
            AttackKind::ModelHijack => self.asks_models(),
            AttackKind::MassDownload => self.downloads(),
            AttackKind::SessionHijack => self.hijacks(),
            AttackKind::StolenKeyRecon => self.looks(),
            AttackKind::DefenceEvasion => self.blinds(),
            AttackKind::RansomDelete => self.deletes(),
            AttackKind::SnapshotShare => self.shares(),
            AttackKind::ConsoleAbroad => self.signs_in(),
        }
        self.deeds
    }

    fn escalates(&mut self) {
        let pause = self.strength.of(10, 60, 400);
        self.done("sts:GetCallerIdentity", "", pause);
        for call in [
            "iam:ListAttachedUserPolicies",
            "iam:ListUserPolicies",
            "iam:ListRoles",
            "iam:GetAccountAuthorizationDetails",
        ] {
            if self.rng.chance(self.strength.of(1000, 700, 250)) {
                self.call(call, "", pause);
            }
        }
        let ways: [&[&'static str]; 4] = [
            &["iam:CreateAccessKey", "iam:AttachUserPolicy"],
            &["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"],
            &["iam:UpdateAssumeRolePolicy", "sts:AssumeRole"],
            &[
                "iam:CreateUser",
                "iam:CreateLoginProfile",
                "iam:AttachUserPolicy",
            ],
        ];
        for _ in 0..self.strength.of(3, 2, 1) {
            let way = *self.rng.pick(&ways);
            for call in way {
                let thing = if *call == "sts:AssumeRole" {
                    "role-admin"
                } else {
                    "svc-backup"
                };
                self.done(call, thing, pause);
            }
        }
    }

    fn reads_secrets(&mut self) {
        let pause = self.strength.of(4, 300, 3000);
        self.call("secretsmanager:ListSecrets", "", 5);
        let prefix = ACCOUNTS[self.session.account].get(..3).unwrap_or_default();
        for number in 0..self.strength.of(16, 13, 8) {
            self.done(
                "secretsmanager:GetSecretValue",
                format!("secret-{prefix}-{number}"),
                pause,
            );
        }
    }

    fn mines(&mut self) {
        let pause = self.strength.of(8, 40, 300);
        self.call("ec2:DescribeRegions", "", pause);
        if self.strength != Strength::Stealthy {
            self.call("servicequotas:ListServiceQuotas", "", pause);
        }
        let makes = ["p4d.24xlarge", "g5.48xlarge", "g4dn.xlarge", "c7a.48xlarge"];
        for number in 0..self.strength.of(14, 5, 2) {
            if self.strength != Strength::Stealthy {
                self.session.region = REGIONS[(2 + number as usize) % REGIONS.len()];
            }
            if self.rng.chance(500) {
                self.call("ec2:DescribeVpcs", "", pause);
            }
            let make = *self.rng.pick(&makes);
            self.call("ec2:RunInstances", make, pause);
        }
    }

    fn uses_instance(&mut self) {
        let pause = self.strength.of(5, 30, 300);
        if self.strength != Strength::Stealthy {
            self.done("sts:GetCallerIdentity", "", pause);
            let many = self.strength.of(25, 8, 0);
            self.look_around(many, pause, 600);
        }
        let many = self.strength.of(20, 10, 12);
        self.usual_calls(many, pause);
    }

    fn asks_models(&mut self) {
        let pause = self.strength.of(3, 30, 240);
        if self.strength != Strength::Stealthy {
            self.call("bedrock:ListFoundationModels", "", pause);
            self.call("bedrock:PutUseCaseForModelAccess", "", pause);
        }
        for _ in 0..self.strength.of(150, 30, 8) {
            self.call("bedrock:InvokeModel", "anthropic.claude-opus", pause);
        }
    }

    fn downloads(&mut self) {
        let pause = self.strength.of(1, 6, 20);
        self.call("s3:ListBuckets", "", pause);
        let prefix = ACCOUNTS[self.session.account].get(..3).unwrap_or_default();
        let buckets = self.strength.of(6, 3, 1);
        for number in 0..self.strength.of(2500, 700, 250) {
            let bucket = format!("data-{prefix}-{}", number % buckets);
            self.done("s3:GetObject", bucket, pause);
        }
    }

    fn hijacks(&mut self) {
        let pause = self.strength.of(10, 60, 300);
        // The victim is at work just now, in this very session.
        if let Actor::Person(at) = self.victim {
            let now = person_deeds(self.world, at, self.day);
            if let Some(deed) = now.get(self.rng.below(now.len() as u64) as usize) {
                self.session.session = deed.session;
                self.session.account = deed.account;
                self.at = deed.at;
            }
        }
        let many = self.strength.of(30, 12, 4);
        self.look_around(many, pause, 200);
        let many = self.strength.of(10, 10, 12);
        self.usual_calls(many, pause);
    }

    fn looks(&mut self) {
        let pause = self.strength.of(3, 30, 600);
        self.done("sts:GetCallerIdentity", "", pause);
        let many = self.strength.of(70, 25, 8);
        self.look_around(many, pause, 500);
    }

    fn blinds(&mut self) {
        let pause = self.strength.of(10, 60, 200);
        let ways = [
            "cloudtrail:StopLogging",
            "cloudtrail:PutEventSelectors",
            "guardduty:DeleteDetector",
            "ec2:DeleteFlowLogs",
            "logs:DeleteLogGroup",
            "config:StopConfigurationRecorder",
        ];
        if self.strength != Strength::Stealthy {
            self.call("cloudtrail:DescribeTrails", "", pause);
            self.call("guardduty:ListDetectors", "", pause);
        }
        for _ in 0..self.strength.of(5, 3, 1) {
            let way = *self.rng.pick(&ways);
            self.done(way, "", pause);
        }
    }

    fn deletes(&mut self) {
        let pause = self.strength.of(1, 10, 60);
        let prefix = ACCOUNTS[self.session.account].get(..3).unwrap_or_default();
        let bucket = format!("data-{prefix}-{}", self.rng.below(14));
        if self.strength != Strength::Stealthy {
            self.done("s3:PutBucketVersioning", bucket.clone(), pause);
            self.call("kms:ScheduleKeyDeletion", "", pause);
        }
        for _ in 0..self.strength.of(600, 120, 25) {
            self.done("s3:DeleteObject", bucket.clone(), pause);
        }
    }

    fn shares(&mut self) {
        let pause = self.strength.of(20, 120, 900);
        self.call("ec2:DescribeSnapshots", "", pause);
        for _ in 0..self.strength.of(5, 2, 1) {
            if self.strength != Strength::Stealthy {
                self.done("ec2:CreateSnapshot", "", pause);
            }
            self.done("ec2:ModifySnapshotAttribute", "999888777666", pause);
        }
    }

    fn signs_in(&mut self) {
        let pause = self.strength.of(15, 60, 200);
        if let Actor::Person(at) = self.victim {
            self.session.agent = self.world.people[usize::from(at)].agents[0];
        }
        let many = self.strength.of(20, 6, 1);
        self.look_around(many, pause, 150);
        let many = self.strength.of(6, 8, 8);
        self.usual_calls(many, pause);
    }
}

fn number(actor: Actor) -> u64 {
    match actor {
        Actor::Person(at) | Actor::Program(at) => at.into(),
    }
}

/// What the victim's own call would look like at that time.
fn usual(world: &World, victim: Actor, day: u32, at: i64, rng: &mut Rng) -> Deed {
    match victim {
        Actor::Person(number) => {
            let person = &world.people[usize::from(number)];
            let mut session = Session::new(person, day, 80, at, rng);
            session.account = TRADES[person.trade].accounts[0];
            session.address = own_address(person.number.into(), home_of(person, day), day, rng);
            let call = choice(person, day, rng);
            session.deed(world, person, call, rng)
        }
        Actor::Program(number) => {
            let program = &world.programs[usize::from(number)];
            debug_assert!(program.host != Host::Scanner);
            program_deed(world, program, day, at, rng)
        }
    }
}
