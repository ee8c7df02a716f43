//! What people do when they sit down: pages they open, commands they type.

use crate::calls::{
    compute::*, containers::*, data::*, identity::*, secrets::*, storage::*, watch::*,
};
use crate::cast::Trade;
use crate::record::Call;

/// Through which tool a person calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    /// A page of the web console, which makes its calls at once.
    Console,
    /// Commands in a terminal, one by one.
    Terminal,
}

/// Calls that belong together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habit {
    pub(super) tool: Tool,
    pub(super) calls: &'static [&'static Call],
}

const fn page(calls: &'static [&'static Call]) -> Habit {
    Habit {
        tool: Tool::Console,
        calls,
    }
}

const fn commands(calls: &'static [&'static Call]) -> Habit {
    Habit {
        tool: Tool::Terminal,
        calls,
    }
}

const INSTANCES: Habit = page(&[
    &DESCRIBE_INSTANCES,
    &DESCRIBE_INSTANCE_STATUS,
    &DESCRIBE_TAGS,
    &DESCRIBE_VOLUMES,
    &DESCRIBE_VOLUME_STATUS,
    &DESCRIBE_ADDRESSES,
    &DESCRIBE_SECURITY_GROUPS,
]);
const BUCKETS: Habit = page(&[
    &LIST_BUCKETS,
    &GET_BUCKET_LOCATION,
    &LIST_OBJECTS,
    &GET_BUCKET_VERSIONING,
    &GET_BUCKET_POLICY_STATUS,
    &GET_BUCKET_PUBLIC_ACCESS_BLOCK,
    &GET_BUCKET_ACL,
]);
const FUNCTIONS: Habit = page(&[
    &LIST_FUNCTIONS,
    &GET_FUNCTION,
    &GET_FUNCTION_CONFIGURATION,
    &GET_METRIC_DATA,
    &LIST_ALIASES,
]);
const DASHBOARD: Habit = page(&[
    &DESCRIBE_ALARMS,
    &GET_DASHBOARD,
    &GET_METRIC_DATA,
    &GET_METRIC_DATA,
    &GET_METRIC_DATA,
    &DESCRIBE_HEALTH,
]);
const SERVICES: Habit = page(&[
    &DESCRIBE_SERVICES,
    &LIST_TASKS,
    &DESCRIBE_TASKS,
    &DESCRIBE_TARGET_HEALTH,
    &DESCRIBE_LOG_GROUPS,
]);
const DATABASES: Habit = page(&[
    &DESCRIBE_DB_INSTANCES,
    &DESCRIBE_DB_INSTANCE,
    &DESCRIBE_DB_SNAPSHOTS,
    &GET_METRIC_DATA,
]);
const LOG_SEARCH: Habit = page(&[&DESCRIBE_LOG_GROUPS, &START_LOG_QUERY, &START_LOG_QUERY]);
const NETWORK: Habit = page(&[
    &DESCRIBE_VPCS,
    &DESCRIBE_SUBNETS,
    &DESCRIBE_SECURITY_GROUPS,
    &DESCRIBE_NETWORK_INTERFACES,
    &DESCRIBE_LOAD_BALANCERS,
]);
const IDENTITIES: Habit = page(&[
    &LIST_USERS,
    &LIST_ROLES,
    &LIST_POLICIES,
    &GET_ROLE,
    &LIST_ROLE_POLICIES,
    &LIST_ATTACHED_ROLE_POLICIES,
    &GET_ACCOUNT_SUMMARY,
]);
const FINDINGS: Habit = page(&[
    &LIST_DETECTORS,
    &LIST_FINDINGS,
    &GET_FINDINGS,
    &GET_FINDINGS,
    &DESCRIBE_HUB_FINDINGS,
]);
const COMPLIANCE: Habit = page(&[
    &DESCRIBE_RECORDERS,
    &DESCRIBE_COMPLIANCE,
    &DESCRIBE_TRAILS,
    &GET_TRAIL_STATUS,
    &LOOKUP_EVENTS,
]);
const BILLS: Habit = page(&[
    &GET_BILL,
    &GET_COST_AND_USAGE,
    &GET_COST_AND_USAGE,
    &GET_COST_FORECAST,
]);
const STACKS: Habit = page(&[&DESCRIBE_STACKS, &GET_STACK_TEMPLATE, &DESCRIBE_STACKS]);
const TABLES: Habit = page(&[&LIST_TABLES, &DESCRIBE_TABLE, &QUERY]);

const TAIL_LOGS: Habit = commands(&[
    &GET_CALLER_IDENTITY,
    &FILTER_LOG_EVENTS,
    &FILTER_LOG_EVENTS,
    &FILTER_LOG_EVENTS,
]);
const CHECK_SERVICE: Habit = commands(&[&DESCRIBE_SERVICES, &DESCRIBE_TASKS, &DESCRIBE_CLUSTER]);
const FETCH_FILES: Habit = commands(&[
    &LIST_OBJECTS,
    &GET_OBJECT,
    &DECRYPT_FOR_S3,
    &GET_OBJECT,
    &DECRYPT_FOR_S3,
    &GET_OBJECT,
]);
const ASK_QUESTION: Habit = commands(&[
    &START_QUERY,
    &GET_QUERY,
    &GET_QUERY,
    &GET_GLUE_TABLE,
    &GET_GLUE_PARTITIONS,
    &GET_QUERY_RESULTS,
]);
const TAG: Habit = commands(&[&DESCRIBE_INSTANCE, &CREATE_TAGS]);
const ALARM: Habit = page(&[&DESCRIBE_ALARMS, &LIST_METRICS, &PUT_METRIC_ALARM]);
const WAKE: Habit = commands(&[
    &DESCRIBE_INSTANCE,
    &START_INSTANCES,
    &DESCRIBE_INSTANCE_STATUS,
]);
const SLEEP: Habit = commands(&[&DESCRIBE_INSTANCE, &STOP_INSTANCES]);
const PULL_IMAGE: Habit = commands(&[&GET_AUTHORIZATION_TOKEN, &BATCH_GET_IMAGE, &GET_LAYER]);
const AGENTS: Habit = page(&[
    &DESCRIBE_INSTANCE_INFORMATION,
    &DESCRIBE_PARAMETERS,
    &GET_PARAMETER,
]);

/// What a person of that trade does; in production nobody touches machines by hand.
pub(super) fn of(trade: Trade, in_production: bool) -> &'static [Habit] {
    match (trade, in_production) {
        (Trade::Developer, false) => &[
            FUNCTIONS,
            SERVICES,
            LOG_SEARCH,
            TAIL_LOGS,
            TAIL_LOGS,
            CHECK_SERVICE,
            FETCH_FILES,
            WAKE,
            SLEEP,
            PULL_IMAGE,
            TABLES,
            STACKS,
        ],
        (Trade::Developer, true) => &[
            DASHBOARD,
            SERVICES,
            LOG_SEARCH,
            TAIL_LOGS,
            CHECK_SERVICE,
            BUCKETS,
        ],
        (Trade::Operator, false) => &[INSTANCES, SERVICES, CHECK_SERVICE, TAG, STACKS, WAKE],
        (Trade::Operator, true) => &[
            INSTANCES,
            DASHBOARD,
            DASHBOARD,
            SERVICES,
            DATABASES,
            NETWORK,
            TAIL_LOGS,
            CHECK_SERVICE,
            ALARM,
            TAG,
            AGENTS,
        ],
        (Trade::Analyst, _) => &[
            ASK_QUESTION,
            ASK_QUESTION,
            ASK_QUESTION,
            FETCH_FILES,
            BUCKETS,
            DATABASES,
        ],
        (Trade::Accountant, _) => &[BILLS],
        (Trade::Security, _) => &[FINDINGS, FINDINGS, COMPLIANCE, IDENTITIES],
        (Trade::Product, _) => &[DASHBOARD, BUCKETS, BILLS],
    }
}

/// What people of that trade try now and then without having the right to.
pub(super) fn overreach(trade: Trade) -> &'static Call {
    match trade {
        Trade::Developer => &LIST_SECRETS_DENIED,
        Trade::Analyst => &GET_PARAMETER_DENIED,
        _ => &DESCRIBE_KEY_DENIED,
    }
}

const LIST_SECRETS_DENIED: Call = LIST_SECRETS.fails(
    "AccessDenied",
    "User: $arn is not authorized to perform: secretsmanager:ListSecrets because no identity-based policy allows the secretsmanager:ListSecrets action",
);
const GET_PARAMETER_DENIED: Call = GET_PARAMETER.fails(
    "AccessDenied",
    "User: $arn is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:$region:$account:parameter$parameter because no identity-based policy allows the ssm:GetParameter action",
);
const DESCRIBE_KEY_DENIED: Call = DESCRIBE_KEY.fails(
    "AccessDenied",
    "User: $arn is not authorized to perform: kms:DescribeKey on resource: arn:aws:kms:$region:$account:key/$kms because no resource-based policy allows the kms:DescribeKey action",
);
