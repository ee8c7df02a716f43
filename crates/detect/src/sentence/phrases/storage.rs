//! Where things are kept: S3, EFS, backups.

use super::{Row, Service};

pub(super) const SERVICES: &[Service] = &[
    Service {
        source: "s3",
        calls: BUCKETS,
    },
    Service {
        source: "s3",
        calls: BUCKET_SETTINGS,
    },
    Service {
        source: "s3",
        calls: OBJECTS,
    },
    Service {
        source: "elasticfilesystem",
        calls: FILE_SYSTEMS,
    },
    Service {
        source: "backup",
        calls: BACKUPS,
    },
    Service {
        source: "ebs",
        calls: &[(
            "GetSnapshotBlock",
            "read a block of snapshot {snapshotId}",
            "读取{了}快照 {snapshotId} 的数据块",
        )],
    },
    Service {
        source: "datasync",
        calls: &[(
            "CreateTask",
            "create a DataSync task[ to copy to {destinationLocationArn}]",
            "创建{了}[复制到 {destinationLocationArn} 的] DataSync 任务",
        )],
    },
    Service {
        source: "transfer",
        calls: &[
            (
                "CreateServer",
                "create a file transfer server",
                "创建{了}文件传输服务器",
            ),
            (
                "CreateUser",
                "create the file transfer user {userName}",
                "创建{了}文件传输用户 {userName}",
            ),
        ],
    },
];

#[rustfmt::skip]
const BUCKETS: &[Row] = &[
    ("ListBuckets", "list the buckets", "列出{了}存储桶"),
    ("CreateBucket", "create the bucket {bucketName}", "创建{了}存储桶 {bucketName}"),
    ("DeleteBucket", "delete the bucket {bucketName}", "删除{了}存储桶 {bucketName}"),
    ("HeadBucket", "look whether bucket {bucketName} exists", "检查{了}存储桶 {bucketName} 是否存在"),
    ("GetBucketLocation", "ask where bucket {bucketName} lies", "查询{了}存储桶 {bucketName} 所在的区域"),
    ("GetBucketAcl", "read the ACL of bucket {bucketName}", "读取{了}存储桶 {bucketName} 的 ACL"),
    ("GetBucketPolicy", "read the policy of bucket {bucketName}", "读取{了}存储桶 {bucketName} 的策略"),
    ("GetBucketPolicyStatus", "ask whether bucket {bucketName} is public", "查询{了}存储桶 {bucketName} 是否公开"),
    ("GetBucketPublicAccessBlock", "read the public access block of bucket {bucketName}", "读取{了}存储桶 {bucketName} 的“阻止公有访问”设置"),
    ("GetBucketVersioning", "ask whether bucket {bucketName} keeps versions", "查询{了}存储桶 {bucketName} 的版本控制状态"),
    ("GetAccountPublicAccessBlock", "read the public access block of the account", "读取{了}账户的“阻止公有访问”设置"),
];

#[rustfmt::skip]
const BUCKET_SETTINGS: &[Row] = &[
    ("PutBucketPolicy", "change the policy of bucket {bucketName}", "更改{了}存储桶 {bucketName} 的策略"),
    ("DeleteBucketPolicy", "delete the policy of bucket {bucketName}", "删除{了}存储桶 {bucketName} 的策略"),
    ("PutBucketAcl", "change the ACL of bucket {bucketName}", "更改{了}存储桶 {bucketName} 的 ACL"),
    ("PutBucketPublicAccessBlock", "change the public access block of bucket {bucketName}", "更改{了}存储桶 {bucketName} 的“阻止公有访问”设置"),
    ("DeleteBucketPublicAccessBlock", "remove the public access block of bucket {bucketName}", "移除{了}存储桶 {bucketName} 的“阻止公有访问”设置"),
    ("PutAccountPublicAccessBlock", "change the public access block of the account", "更改{了}账户的“阻止公有访问”设置"),
    ("DeleteAccountPublicAccessBlock", "remove the public access block of the account", "移除{了}账户的“阻止公有访问”设置"),
    ("PutBucketVersioning", "set the versioning of bucket {bucketName}[ to {VersioningConfiguration.Status}]", "更改{了}存储桶 {bucketName} 的版本控制[，改为 {VersioningConfiguration.Status}]"),
    ("PutBucketLogging", "change the access log of bucket {bucketName}", "更改{了}存储桶 {bucketName} 的访问日志设置"),
    ("PutBucketLifecycle", "change the lifecycle rules of bucket {bucketName}", "更改{了}存储桶 {bucketName} 的生命周期规则"),
    ("PutBucketLifecycleConfiguration", "change the lifecycle rules of bucket {bucketName}", "更改{了}存储桶 {bucketName} 的生命周期规则"),
    ("PutBucketReplication", "change the replication of bucket {bucketName}", "更改{了}存储桶 {bucketName} 的复制设置"),
    ("PutBucketEncryption", "change the encryption of bucket {bucketName}", "更改{了}存储桶 {bucketName} 的加密设置"),
    ("DeleteBucketEncryption", "remove the encryption setting of bucket {bucketName}", "移除{了}存储桶 {bucketName} 的加密设置"),
    ("PutBucketCors", "change the cross-origin rules of bucket {bucketName}", "更改{了}存储桶 {bucketName} 的跨源规则"),
    ("PutBucketWebsite", "make bucket {bucketName} a website", "将存储桶 {bucketName} 设为{了}网站"),
    ("PutBucketNotification", "change the notifications of bucket {bucketName}", "更改{了}存储桶 {bucketName} 的事件通知"),
    ("PutBucketOwnershipControls", "change the object ownership of bucket {bucketName}", "更改{了}存储桶 {bucketName} 的对象所有权设置"),
    ("PutBucketObjectLockConfiguration", "change the object lock of bucket {bucketName}", "更改{了}存储桶 {bucketName} 的对象锁定"),
];

#[rustfmt::skip]
const OBJECTS: &[Row] = &[
    ("ListObjects", "list the objects in bucket {bucketName}", "列出{了}存储桶 {bucketName} 中的对象"),
    ("ListObjectsV2", "list the objects in bucket {bucketName}", "列出{了}存储桶 {bucketName} 中的对象"),
    ("ListObjectVersions", "list the object versions in bucket {bucketName}", "列出{了}存储桶 {bucketName} 中的对象版本"),
    ("GetObject", "download the object {key} of bucket {bucketName}", "下载{了}存储桶 {bucketName} 中的对象 {key}"),
    ("HeadObject", "look up the object {key} of bucket {bucketName}", "查看{了}存储桶 {bucketName} 中的对象 {key}"),
    ("PutObject", "store the object {key} in bucket {bucketName}", "将对象 {key} 存入{了}存储桶 {bucketName}"),
    ("CopyObject", "copy {x-amz-copy-source} to {key} in bucket {bucketName}", "将 {x-amz-copy-source} 复制到{了}存储桶 {bucketName} 中的对象 {key}"),
    ("PutObjectAcl", "change the ACL of the object {key} in bucket {bucketName}", "更改{了}存储桶 {bucketName} 中对象 {key} 的 ACL"),
    ("DeleteObject", "delete the object {key} of bucket {bucketName}", "删除{了}存储桶 {bucketName} 中的对象 {key}"),
    ("DeleteObjects", "delete several objects from bucket {bucketName}", "批量删除{了}存储桶 {bucketName} 中的对象"),
    ("RestoreObject", "restore the object {key} in bucket {bucketName} from the archive", "从归档中恢复{了}存储桶 {bucketName} 中的对象 {key}"),
];

#[rustfmt::skip]
const FILE_SYSTEMS: &[Row] = &[
    ("DeleteFileSystem", "delete the file system {fileSystemId}", "删除{了}文件系统 {fileSystemId}"),
    ("PutFileSystemPolicy", "change the policy of file system {fileSystemId}", "更改{了}文件系统 {fileSystemId} 的策略"),
    ("DeleteMountTarget", "delete the mount target {mountTargetId}", "删除{了}挂载目标 {mountTargetId}"),
];

#[rustfmt::skip]
const BACKUPS: &[Row] = &[
    ("DeleteBackupVault", "delete the backup vault {backupVaultName}", "删除{了}备份保管库 {backupVaultName}"),
    ("DeleteRecoveryPoint", "delete a recovery point[ from vault {backupVaultName}]", "[从保管库 {backupVaultName} ]删除{了}恢复点"),
    ("DeleteBackupPlan", "delete the backup plan {backupPlanId}", "删除{了}备份计划 {backupPlanId}"),
    ("DeleteBackupVaultLockConfiguration", "unlock the backup vault {backupVaultName}", "解除{了}备份保管库 {backupVaultName} 的锁定"),
    ("PutBackupVaultAccessPolicy", "change the policy of backup vault {backupVaultName}", "更改{了}备份保管库 {backupVaultName} 的策略"),
    ("StartCopyJob", "copy a recovery point[ from vault {sourceBackupVaultName}]", "[从保管库 {sourceBackupVaultName} ]复制{了}恢复点"),
];
