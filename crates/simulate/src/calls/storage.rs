//! S3, volume snapshots, AWS Backup.

use crate::record::Call;

const S3_EXTRA: &str = r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"$s3host","bytesTransferredOut":$n5}"#;
const S3_PUT_EXTRA: &str = r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":$n5,"SSEApplied":"Default_SSE_KMS","AuthenticationMethod":"AuthHeader","x-amz-id-2":"$s3host","bytesTransferredOut":0}"#;
const OBJECT: &str = r#"[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::$bucket/$object"},{"accountId":"$account","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::$bucket"}]"#;
const BUCKET: &str =
    r#"[{"accountId":"$account","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::$bucket"}]"#;

pub(crate) const LIST_BUCKETS: Call = Call::read(
    "s3",
    "ListBuckets",
    r#"{"Host":"s3.$region.amazonaws.com"}"#,
)
.extra(S3_EXTRA);

const fn bucket_setting(name: &'static str, request: &'static str) -> Call {
    Call::read("s3", name, request).extra(S3_EXTRA).on(BUCKET)
}

pub(crate) const GET_BUCKET_LOCATION: Call = bucket_setting(
    "GetBucketLocation",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","location":""}"#,
);
pub(crate) const GET_BUCKET_ACL: Call = bucket_setting(
    "GetBucketAcl",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","acl":""}"#,
);
pub(crate) const GET_BUCKET_POLICY: Call = bucket_setting(
    "GetBucketPolicy",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","policy":""}"#,
);
pub(crate) const GET_BUCKET_POLICY_STATUS: Call = bucket_setting(
    "GetBucketPolicyStatus",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","policyStatus":""}"#,
);
pub(crate) const GET_BUCKET_PUBLIC_ACCESS_BLOCK: Call = bucket_setting(
    "GetBucketPublicAccessBlock",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","publicAccessBlock":""}"#,
);
pub(crate) const GET_BUCKET_VERSIONING: Call = bucket_setting(
    "GetBucketVersioning",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","versioning":""}"#,
);
pub(crate) const GET_BUCKET_ENCRYPTION: Call = bucket_setting(
    "GetBucketEncryption",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","encryption":""}"#,
);
pub(crate) const LIST_OBJECTS: Call = Call::read(
    "s3",
    "ListObjects",
    r#"{"list-type":"2","bucketName":"$bucket","prefix":"","delimiter":"/","encoding-type":"url","Host":"$bucket.s3.$region.amazonaws.com"}"#,
)
.data()
.extra(S3_EXTRA)
.on(r#"[{"type":"AWS::S3::Object","ARNPrefix":"arn:aws:s3:::$bucket/"},{"accountId":"$account","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::$bucket"}]"#);
pub(crate) const GET_OBJECT: Call = Call::read(
    "s3",
    "GetObject",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","key":"$object"}"#,
)
.data()
.extra(S3_EXTRA)
.on(OBJECT);
pub(crate) const HEAD_OBJECT: Call = Call {
    name: "HeadObject",
    ..GET_OBJECT
};
pub(crate) const PUT_OBJECT: Call = Call::write(
    "s3",
    "PutObject",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","key":"$object"}"#,
    r#"{"x-amz-server-side-encryption":"aws:kms","x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:$region:$account:key/$kms","x-amz-version-id":"$hex32"}"#,
)
.data()
.extra(S3_PUT_EXTRA)
.on(OBJECT);

/// CloudTrail laying down one of its own log files.
pub(crate) const DELIVER_LOG: Call = Call::write(
    "s3",
    "PutObject",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","x-amz-acl":"bucket-owner-full-control","x-amz-server-side-encryption":"AES256","key":"AWSLogs/$account/CloudTrail/$region/$folders/$account_CloudTrail_$region_$stamp_$id16.json.gz"}"#,
    r#"{"x-amz-server-side-encryption":"AES256","x-amz-expiration":"expiry-date=\"Tue, 01 Dec 2026 00:00:00 GMT\", rule-id=\"keep-for-a-year\""}"#,
)
.data()
.extra(r#"{"SignatureVersion":"SigV4","CipherSuite":"ECDHE-RSA-AES128-GCM-SHA256","bytesTransferredIn":$n4.0,"SSEApplied":"SSE_S3","AuthenticationMethod":"AuthHeader","x-amz-id-2":"$s3host","bytesTransferredOut":0.0}"#)
.on(r#"[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::$bucket/AWSLogs/$account/CloudTrail/$region/$folders/$account_CloudTrail_$region_$stamp_$id16.json.gz"},{"accountId":"123456789012","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::$bucket"}]"#);
/// Flow log delivery that has no permission on its bucket and never gives up: common, and harmless.
pub(crate) const DELIVER_FLOW_LOG_DENIED: Call = Call::write(
    "s3",
    "PutObject",
    r#"{"bucketName":"acme-flow-logs","Host":"acme-flow-logs.s3.$region.amazonaws.com","x-amz-acl":"bucket-owner-full-control","key":"AWSLogs/$account/vpcflowlogs/$region/$folders/$account_vpcflowlogs_$region_fl-0a3b5c7d9e1f20468_$stamp_$id8.log.gz"}"#,
    "null",
)
.data()
.extra(r#"{"SignatureVersion":"SigV4","CipherSuite":"ECDHE-RSA-AES128-GCM-SHA256","bytesTransferredIn":0.0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"$s3host","bytesTransferredOut":243.0}"#)
.on(r#"[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::acme-flow-logs/AWSLogs/$account/vpcflowlogs/$region/$folders/$account_vpcflowlogs_$region_fl-0a3b5c7d9e1f20468_$stamp_$id8.log.gz"},{"accountId":"$account","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::acme-flow-logs"}]"#)
.fails("AccessDenied", "Access Denied");

pub(crate) const DESCRIBE_SNAPSHOTS: Call = Call::read(
    "ec2",
    "DescribeSnapshots",
    r#"{"maxResults":1000,"snapshotSet":{},"ownersSet":{"items":[{"owner":"self"}]},"sharedUsersSet":{},"filterSet":{}}"#,
);
pub(crate) const CREATE_SNAPSHOT: Call = Call::write(
    "ec2",
    "CreateSnapshot",
    r#"{"volumeId":"$item","description":"This snapshot is created by the AWS Backup service.","tagSpecificationSet":{"items":[{"resourceType":"snapshot","tags":[{"key":"aws:backup:source-resource","value":"$item"}]}]}}"#,
    r#"{"requestId":"$iduuid","snapshotId":"snap-$id17","volumeId":"$item","status":"pending","startTime":$epoch,"progress":"","ownerId":"$account","volumeSize":"200","description":"This snapshot is created by the AWS Backup service.","encrypted":true}"#,
);
pub(crate) const DELETE_SNAPSHOT: Call = Call::write(
    "ec2",
    "DeleteSnapshot",
    r#"{"snapshotId":"snap-$id17"}"#,
    r#"{"requestId":"$iduuid","_return":true}"#,
);
pub(crate) const START_BACKUP_JOB: Call = Call::write(
    "backup",
    "StartBackupJob",
    r#"{"backupVaultName":"nightly","resourceArn":"arn:aws:ec2:$region:$account:volume/$item","iamRoleArn":"arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole","lifecycle":{"deleteAfterDays":35}}"#,
    r#"{"backupJobId":"$uuid","creationDate":"$date"}"#,
);
