//! AWS at work in the company's accounts: in its own name, and in roles that belong to it.

use super::things::SECURITY as VAULT;
use super::{Host, Place, SECOND, SECURITY, TRAIL_BUCKET, Things, Workload};
use crate::calls::{compute::*, containers::*, data::*, identity::*, secrets::*, storage::*};

/// These have a service's name where others have an address.
const DEFAULT: Workload = Workload {
    places: &[Place {
        address: "",
        endpoint: "",
    }],
    ..Workload::DEFAULT
};

/// All of them.
pub(super) const SERVICES: &[Workload] = &[
    Workload {
        role: "AWSServiceRoleForConfig",
        path: "/aws-service-role/config.amazonaws.com/",
        host: Host::Linked("config.amazonaws.com"),
        sessions: &["AWSConfig-Describe"],
        calls: &[
            &DESCRIBE_VOLUMES,
            &DESCRIBE_SUBNETS,
            &DESCRIBE_SECURITY_GROUPS,
            &GET_ROLE,
            &LIST_ATTACHED_ROLE_POLICIES,
            &GET_BUCKET_POLICY,
            &GET_BUCKET_ENCRYPTION,
            &DESCRIBE_TABLE,
            &DESCRIBE_DB_INSTANCE,
            &GET_FUNCTION_CONFIGURATION,
        ],
        share: 80,
        ..DEFAULT
    },
    Workload {
        role: "AWSServiceRoleForECS",
        path: "/aws-service-role/ecs.amazonaws.com/",
        host: Host::Linked("ecs.amazonaws.com"),
        sessions: &["ecs-service-scheduler"],
        calls: &[
            &DESCRIBE_TARGET_HEALTH,
            &REGISTER_TARGETS,
            &DESCRIBE_NETWORK_INTERFACES,
        ],
        share: 30,
        ..DEFAULT
    },
    Workload {
        role: "AWSServiceRoleForAutoScaling",
        path: "/aws-service-role/autoscaling.amazonaws.com/",
        host: Host::Linked("autoscaling.amazonaws.com"),
        sessions: &["AutoScaling"],
        calls: &[
            &DESCRIBE_INSTANCE_STATUS,
            &DESCRIBE_SUBNETS,
            &DESCRIBE_TARGET_HEALTH,
        ],
        share: 20,
        ..DEFAULT
    },
    Workload {
        host: Host::Service("cloudtrail.amazonaws.com"),
        account: SECURITY,
        sessions: &["cloudtrail.amazonaws.com"],
        things: Things {
            bucket: &[TRAIL_BUCKET],
            ..VAULT
        },
        calls: &[
            &DELIVER_LOG,
            &DELIVER_LOG,
            &GET_BUCKET_ACL,
            &GENERATE_DATA_KEY_FOR_LOG,
        ],
        share: 90,
        ..DEFAULT
    },
    Workload {
        host: Host::Service("delivery.logs.amazonaws.com"),
        sessions: &["delivery.logs.amazonaws.com"],
        calls: &[&DELIVER_FLOW_LOG_DENIED],
        share: 30,
        ..DEFAULT
    },
    Workload {
        host: Host::Service("ecs-tasks.amazonaws.com"),
        sessions: &["ecs-tasks.amazonaws.com"],
        calls: &[&SERVICE_ASSUMES_ROLE],
        share: 10,
        ..DEFAULT
    },
    Workload {
        host: Host::Service("ec2.amazonaws.com"),
        sessions: &["ec2.amazonaws.com"],
        calls: &[&SERVICE_ASSUMES_ROLE],
        share: 12,
        ..DEFAULT
    },
    Workload {
        host: Host::Service("lambda.amazonaws.com"),
        region: SECOND,
        sessions: &["lambda.amazonaws.com"],
        calls: &[&SERVICE_ASSUMES_ROLE],
        share: 8,
        ..DEFAULT
    },
];
