//! The company's machines: instances, functions, tasks, pods.

use super::things::{PROD as SHOP, SECURITY as VAULT, STAGING as STAGE};
use super::{Host, Place, SECOND, SECURITY, SOUTH, STAGING, Things, Workload};
use crate::calls::{compute::*, containers::*, data::*, secrets::*, storage::*, watch::*};

const fn place(address: &'static str) -> Place {
    Place {
        address,
        endpoint: "vpce-0b6a3c8d1e5f29470",
    }
}

const WORKERS: &[&str] = &[
    "i-05d2c9b8a7f6e4310",
    "i-08e7f6d5c4b3a2190",
    "i-0b1c2d3e4f5a69788",
];
const WORKER_SEATS: &[Place] = &[
    place("10.20.6.20"),
    place("10.20.6.93"),
    place("10.20.7.54"),
];
const NODES: &[Place] = &[
    place("10.20.4.17"),
    place("10.20.4.88"),
    place("10.20.5.31"),
    place("10.20.5.142"),
];
const LAMBDA_SUBNET: &[Place] = &[place("10.20.9.14"), place("10.20.9.77")];
const STAGING_NODES: &[Place] = &[place("10.40.4.12"), place("10.40.4.61")];

const BOTO: &str = "Boto3/1.40.64 md/Botocore#1.40.64 ua/2.1 os/linux#6.12.46-66.121.amzn2023.aarch64 md/arch#aarch64 lang/python#3.13.8 md/pyimpl#CPython exec-env/AWS_Lambda_python3.13 cfg/retry-mode#legacy Botocore/1.40.64";
const JAVA: &str = "aws-sdk-java/2.36.3 md/io#async md/http#NettyNio ua/2.1 os/Linux#6.12.46-66.121.amzn2023.aarch64 lang/java#21.0.9 md/OpenJDK_64-Bit_Server_VM#21.0.9+10-LTS md/vendor#Amazon.com_Inc. exec-env/AWS_ECS_FARGATE m/D,N";
const GO: &str = "aws-sdk-go-v2/1.39.4 ua/2.1 os/linux lang/go#1.25.3 md/GOOS#linux md/GOARCH#arm64 api/sqs#1.42.10 m/E,g";
const SSM_AGENT: &str = "aws-sdk-go/1.55.7 (go1.24.6; linux; arm64) amazon-ssm-agent/3.3.3050.0";
const EXPORTER: &str = "metrics-exporter/2.14 aws-sdk-go-v2/1.39.4 os/linux lang/go#1.25.3 md/GOOS#linux md/GOARCH#amd64";

const DEFAULT: Workload = Workload {
    places: NODES,
    agent: GO,
    ..Workload::DEFAULT
};

/// All of them, the busiest first.
pub(super) const MACHINES: &[Workload] = &[
    Workload {
        role: "orders-worker",
        sessions: WORKERS,
        places: WORKER_SEATS,
        things: Things {
            queue: &["orders-incoming"],
            table: &["orders"],
            bucket: &["acme-shop-orders"],
            secret: &["prod/orders/database"],
            ..SHOP
        },
        calls: &[
            &RECEIVE_MESSAGE,
            &RECEIVE_MESSAGE,
            &DELETE_MESSAGE,
            &PUT_ITEM,
            &GET_ITEM,
            &GET_OBJECT,
            &DECRYPT_FOR_S3,
            &GET_SECRET_VALUE,
            &DECRYPT_FOR_SECRET,
        ],
        share: 150,
        ..DEFAULT
    },
    Workload {
        role: "thumbnailer",
        host: Host::Function,
        sessions: &["thumbnailer"],
        places: LAMBDA_SUBNET,
        agent: BOTO,
        things: Things {
            bucket: &["acme-shop-assets"],
            function: &["thumbnailer"],
            ..SHOP
        },
        calls: &[
            &GET_OBJECT,
            &PUT_OBJECT,
            &GENERATE_DATA_KEY,
            &DECRYPT_FOR_S3,
            &CREATE_LOG_STREAM,
        ],
        share: 90,
        ..DEFAULT
    },
    Workload {
        role: "invoice-mailer",
        host: Host::Function,
        sessions: &["invoice-mailer"],
        places: LAMBDA_SUBNET,
        agent: BOTO,
        things: Things {
            queue: &["mail-outgoing"],
            secret: &["prod/mail/smtp"],
            parameter: &["/prod/mail/from"],
            function: &["invoice-mailer"],
            topic: &["order-events"],
            ..SHOP
        },
        calls: &[
            &GET_PARAMETER,
            &GET_SECRET_VALUE,
            &DECRYPT_FOR_SECRET,
            &PUBLISH,
            &DECRYPT_FOR_FUNCTION,
        ],
        share: 50,
        ..DEFAULT
    },
    Workload {
        role: "stock-sync",
        host: Host::Function,
        region: SECOND,
        sessions: &["stock-sync"],
        places: LAMBDA_SUBNET,
        agent: BOTO,
        things: Things {
            table: &["inventory"],
            queue: &["stock-updates"],
            function: &["stock-sync"],
            ..SHOP
        },
        calls: &[
            &QUERY,
            &PUT_ITEM,
            &GET_QUEUE_ATTRIBUTES,
            &DECRYPT_FOR_FUNCTION,
        ],
        share: 40,
        ..DEFAULT
    },
    Workload {
        role: "orders-api",
        host: Host::Task,
        sessions: &[
            "1f0c9b7e5d3a4826b1c0d9e8f7a6b5c4",
            "7a6b5c4d3e2f10987a6b5c4d3e2f1098",
        ],
        agent: JAVA,
        things: Things {
            table: &["orders", "carts"],
            secret: &["prod/payments/stripe"],
            ..SHOP
        },
        calls: &[
            &GET_ITEM,
            &QUERY,
            &QUERY,
            &PUT_ITEM,
            &GET_SECRET_VALUE,
            &PUBLISH,
        ],
        share: 110,
        ..DEFAULT
    },
    Workload {
        role: "search-api",
        host: Host::Pod,
        sessions: &["botocore-session-1767348112", "botocore-session-1767351999"],
        agent: BOTO,
        things: Things {
            bucket: &["acme-shop-exports"],
            parameter: &["/prod/search/endpoint"],
            ..SHOP
        },
        calls: &[&GET_OBJECT, &LIST_OBJECTS, &GET_PARAMETER, &HEAD_OBJECT],
        share: 60,
        ..DEFAULT
    },
    Workload {
        role: "reviews-api",
        host: Host::Task,
        sessions: &["c0ffee5d3a4826b1c0d9e8f7a6b5c4d3"],
        agent: JAVA,
        things: Things {
            table: &["reviews"],
            secret: &["prod/reviews/database"],
            ..SHOP
        },
        calls: &[&GET_ITEM, &QUERY, &PUT_ITEM, &GET_SECRET_VALUE],
        share: 40,
        since: super::REVIEWS_LAUNCH + 1,
        ..DEFAULT
    },
    Workload {
        role: "shop-nodes",
        sessions: SHOP.instance,
        things: Things {
            cluster: &["shop"],
            service: &["search-api"],
            ..SHOP
        },
        calls: &[
            &DESCRIBE_INSTANCE,
            &GET_AUTHORIZATION_TOKEN,
            &BATCH_GET_IMAGE,
            &GET_LAYER,
            &DESCRIBE_CLUSTER,
            &SUBMIT_TASK_STATE,
        ],
        share: 50,
        ..DEFAULT
    },
    Workload {
        role: "shop-nodes",
        sessions: SHOP.instance,
        agent: SSM_AGENT,
        calls: &[&UPDATE_INSTANCE_INFORMATION],
        share: 30,
        ..DEFAULT
    },
    Workload {
        role: "stg-orders-worker",
        account: STAGING,
        sessions: STAGE.instance,
        places: STAGING_NODES,
        things: Things {
            secret: &["staging/orders/database"],
            ..STAGE
        },
        calls: &[
            &RECEIVE_MESSAGE,
            &PUT_ITEM,
            &GET_OBJECT,
            &GET_SECRET_VALUE,
            &UPDATE_INSTANCE_INFORMATION,
        ],
        share: 60,
        ..DEFAULT
    },
    Workload {
        role: "sydney-cache",
        region: SOUTH,
        sessions: &["i-07b4d1e8a2c5f6390"],
        places: &[place("10.60.2.8")],
        things: Things {
            bucket: &["acme-shop-assets"],
            ..SHOP
        },
        calls: &[&GET_OBJECT, &HEAD_OBJECT, &DECRYPT_FOR_S3],
        share: 30,
        ..DEFAULT
    },
    Workload {
        role: "finding-router",
        host: Host::Function,
        account: SECURITY,
        sessions: &["finding-router"],
        places: LAMBDA_SUBNET,
        agent: BOTO,
        things: VAULT,
        calls: &[&GET_FINDINGS, &GET_PARAMETER, &PUBLISH, &PUT_ITEM],
        share: 20,
        ..DEFAULT
    },
    Workload {
        role: "metrics-exporter",
        host: Host::KeyedUser,
        sessions: &["metrics-exporter"],
        places: &[Place {
            address: "192.0.2.70",
            endpoint: "",
        }],
        agent: EXPORTER,
        calls: &[
            &GET_METRIC_DATA,
            &GET_METRIC_DATA,
            &LIST_METRICS,
            &DESCRIBE_DB_INSTANCES,
        ],
        share: 60,
        ..DEFAULT
    },
];
