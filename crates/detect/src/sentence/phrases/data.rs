//! Databases, queries, queues and topics.

use super::{Row, Service};

pub(super) const SERVICES: &[Service] = &[
    Service {
        source: "rds",
        calls: DATABASES,
    },
    Service {
        source: "rds",
        calls: DATABASE_SNAPSHOTS,
    },
    Service {
        source: "dynamodb",
        calls: TABLES,
    },
    Service {
        source: "redshift",
        calls: WAREHOUSES,
    },
    Service {
        source: "athena",
        calls: &[(
            "StartQueryExecution",
            "run an Athena query",
            "运行{了} Athena 查询",
        )],
    },
    Service {
        source: "sns",
        calls: TOPICS,
    },
    Service {
        source: "sqs",
        calls: QUEUES,
    },
    Service {
        source: "ses",
        calls: MAIL,
    },
];

#[rustfmt::skip]
const DATABASES: &[Row] = &[
    ("CreateDBInstance", "create the database {dBInstanceIdentifier}", "创建{了}数据库 {dBInstanceIdentifier}"),
    ("ModifyDBInstance", "change the database {dBInstanceIdentifier}", "更改{了}数据库 {dBInstanceIdentifier}"),
    ("DeleteDBInstance", "delete the database {dBInstanceIdentifier}", "删除{了}数据库 {dBInstanceIdentifier}"),
    ("CreateDBCluster", "create the database cluster {dBClusterIdentifier}", "创建{了}数据库集群 {dBClusterIdentifier}"),
    ("ModifyDBCluster", "change the database cluster {dBClusterIdentifier}", "更改{了}数据库集群 {dBClusterIdentifier}"),
    ("DeleteDBCluster", "delete the database cluster {dBClusterIdentifier}", "删除{了}数据库集群 {dBClusterIdentifier}"),
    ("DeleteGlobalCluster", "delete the global database cluster {globalClusterIdentifier}", "删除{了}全局数据库集群 {globalClusterIdentifier}"),
    ("CreateDBSecurityGroup", "create the database security group {dBSecurityGroupName}", "创建{了}数据库安全组 {dBSecurityGroupName}"),
    ("AuthorizeDBSecurityGroupIngress", "allow incoming traffic in database security group {dBSecurityGroupName}", "在数据库安全组 {dBSecurityGroupName} 中放行{了}入站流量"),
    ("DescribeDBInstances", "list the databases", "查看{了}数据库"),
];

#[rustfmt::skip]
const DATABASE_SNAPSHOTS: &[Row] = &[
    ("CreateDBSnapshot", "create the snapshot {dBSnapshotIdentifier} of database {dBInstanceIdentifier}", "为数据库 {dBInstanceIdentifier} 创建{了}快照 {dBSnapshotIdentifier}"),
    ("CopyDBSnapshot", "copy the database snapshot {sourceDBSnapshotIdentifier}", "复制{了}数据库快照 {sourceDBSnapshotIdentifier}"),
    ("DeleteDBSnapshot", "delete the database snapshot {dBSnapshotIdentifier}", "删除{了}数据库快照 {dBSnapshotIdentifier}"),
    ("ModifyDBSnapshotAttribute", "change who may use the database snapshot {dBSnapshotIdentifier}", "更改{了}数据库快照 {dBSnapshotIdentifier} 的使用权限"),
    ("ModifyDBClusterSnapshotAttribute", "change who may use the cluster snapshot {dBClusterSnapshotIdentifier}", "更改{了}集群快照 {dBClusterSnapshotIdentifier} 的使用权限"),
    ("DeleteDBClusterSnapshot", "delete the cluster snapshot {dBClusterSnapshotIdentifier}", "删除{了}集群快照 {dBClusterSnapshotIdentifier}"),
    ("RestoreDBInstanceFromDBSnapshot", "restore the database {dBInstanceIdentifier} from snapshot {dBSnapshotIdentifier}", "从快照 {dBSnapshotIdentifier} 恢复{了}数据库 {dBInstanceIdentifier}"),
    ("RestoreDBInstanceToPointInTime", "restore the database {targetDBInstanceIdentifier}[ from {sourceDBInstanceIdentifier}]", "[从 {sourceDBInstanceIdentifier} ]恢复{了}数据库 {targetDBInstanceIdentifier}"),
    ("StartExportTask", "export the snapshot {sourceArn} to bucket {s3BucketName}", "将快照 {sourceArn} 导出到{了}存储桶 {s3BucketName}"),
];

#[rustfmt::skip]
const TABLES: &[Row] = &[
    ("CreateTable", "create the table {tableName}", "创建{了}表 {tableName}"),
    ("UpdateTable", "change the table {tableName}", "更改{了}表 {tableName}"),
    ("DeleteTable", "delete the table {tableName}", "删除{了}表 {tableName}"),
    ("DeleteBackup", "delete the backup {backupArn}", "删除{了}备份 {backupArn}"),
    ("UpdateContinuousBackups", "change the continuous backups of table {tableName}", "更改{了}表 {tableName} 的连续备份设置"),
    ("ExportTableToPointInTime", "export the table {tableArn} to bucket {s3Bucket}", "将表 {tableArn} 导出到{了}存储桶 {s3Bucket}"),
    ("PutResourcePolicy", "change the policy of {resourceArn}", "更改{了} {resourceArn} 的策略"),
    ("Scan", "scan the table {tableName}", "扫描{了}表 {tableName}"),
    ("Query", "query the table {tableName}", "查询{了}表 {tableName}"),
    ("GetItem", "read an item of table {tableName}", "读取{了}表 {tableName} 的条目"),
    ("PutItem", "write an item of table {tableName}", "写入{了}表 {tableName} 的条目"),
    ("DeleteItem", "delete an item of table {tableName}", "删除{了}表 {tableName} 的条目"),
];

#[rustfmt::skip]
const WAREHOUSES: &[Row] = &[
    ("DeleteCluster", "delete the cluster {clusterIdentifier}", "删除{了}集群 {clusterIdentifier}"),
    ("GetClusterCredentials", "get database credentials of cluster {clusterIdentifier}", "获取{了}集群 {clusterIdentifier} 的数据库凭证"),
    ("AuthorizeSnapshotAccess", "share the snapshot {snapshotIdentifier} with account {accountWithRestoreAccess}", "将快照 {snapshotIdentifier} 共享给{了}账户 {accountWithRestoreAccess}"),
];

#[rustfmt::skip]
const TOPICS: &[Row] = &[
    ("Subscribe", "subscribe {endpoint} to topic {topicArn}", "将 {endpoint} 订阅到{了}主题 {topicArn}"),
    ("Unsubscribe", "cancel the subscription {subscriptionArn}", "取消{了}订阅 {subscriptionArn}"),
    ("DeleteTopic", "delete the topic {topicArn}", "删除{了}主题 {topicArn}"),
    ("SetTopicAttributes", "change the {attributeName} of topic {topicArn}", "更改{了}主题 {topicArn} 的 {attributeName}"),
    ("Publish", "publish a message[ to {topicArn|targetArn}]", "[向 {topicArn|targetArn} ]发布{了}消息"),
];

#[rustfmt::skip]
const QUEUES: &[Row] = &[
    ("DeleteQueue", "delete the queue {queueUrl}", "删除{了}队列 {queueUrl}"),
    ("PurgeQueue", "empty the queue {queueUrl}", "清空{了}队列 {queueUrl}"),
    ("SetQueueAttributes", "change the attributes of queue {queueUrl}", "更改{了}队列 {queueUrl} 的属性"),
];

#[rustfmt::skip]
const MAIL: &[Row] = &[
    ("VerifyEmailIdentity", "ask to verify {emailAddress} as a sender", "申请{了}验证发件地址 {emailAddress}"),
    ("CreateEmailIdentity", "create the sender {emailIdentity}", "创建{了}发件身份 {emailIdentity}"),
    ("DeleteIdentity", "delete the sender {identity}", "删除{了}发件身份 {identity}"),
    ("UpdateAccountSendingEnabled", "switch the sending of mail in the account", "切换{了}账户的邮件发送状态"),
    ("PutAccountDetails", "ask for more mail sending rights", "申请{了}提升邮件发送权限"),
    ("GetSendQuota", "ask how much mail may be sent", "查询{了}邮件发送配额"),
    ("SendEmail", "send mail", "发送{了}邮件"),
    ("SendRawEmail", "send mail", "发送{了}邮件"),
];
