//! Everything that calls without a person behind it, and how it comes by its identity.

use super::{Account, HOME, PROD, Place, Things, machines, services};
use crate::record::Call;

/// What kind of machine a workload is, and so how its identity looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    /// An EC2 instance with an instance role; its sessions are named after the instances.
    Instance,
    /// A Lambda function in a VPC.
    Function,
    /// An ECS task.
    Task,
    /// A pod in EKS, which trades a token of the cluster for a role.
    Pod,
    /// A role of ours that this AWS service uses on our behalf.
    Linked(&'static str),
    /// AWS itself.
    Service(&'static str),
    /// A program outside AWS with an IAM user's long-term key.
    KeyedUser,
}

/// A machine with habits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Workload {
    /// The role, or the user for [`Host::KeyedUser`].
    pub(crate) role: &'static str,
    pub(crate) path: &'static str,
    pub(crate) host: Host,
    pub(crate) account: Account,
    pub(crate) region: &'static str,
    /// Instances, functions or tasks that run it: each a session of its own, from its own place.
    pub(crate) sessions: &'static [&'static str],
    pub(crate) places: &'static [Place],
    pub(crate) agent: &'static str,
    pub(crate) things: Things,
    /// What it calls; listed twice is called twice as often.
    pub(crate) calls: &'static [&'static Call],
    /// How often it comes round, relative to the others.
    pub(crate) share: u64,
    /// First day on which it runs, counted from the beginning of the scenario.
    pub(crate) since: i64,
}

impl Workload {
    /// A workload in production at home, which its table changes where it differs.
    pub(super) const DEFAULT: Self = Self {
        role: "",
        path: "/",
        host: Host::Instance,
        account: PROD,
        region: HOME,
        sessions: &[],
        places: &[],
        agent: "",
        things: PROD.things,
        calls: &[],
        share: 10,
        since: 0,
    };
}

/// Everything that runs on the scenario's day `today`.
pub(crate) fn running(today: i64) -> impl Iterator<Item = &'static Workload> {
    machines::MACHINES
        .iter()
        .chain(services::SERVICES)
        .filter(move |workload| workload.since <= today)
}
