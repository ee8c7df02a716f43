//! KMS, Secrets Manager, Parameter Store.

use crate::record::Call;

const KEY: &str = r#"[{"accountId":"$account","type":"AWS::KMS::Key","ARN":"arn:aws:kms:$region:$account:key/$kms"}]"#;

pub(crate) const DECRYPT_FOR_S3: Call = Call::read(
    "kms",
    "Decrypt",
    r#"{"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::$bucket/$object"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
)
.on(KEY);
pub(crate) const DECRYPT_FOR_SECRET: Call = Call::read(
    "kms",
    "Decrypt",
    r#"{"encryptionContext":{"SecretARN":"arn:aws:secretsmanager:$region:$account:secret:$secret-Xa41Bq","SecretVersionId":"$iduuid"},"keyId":"arn:aws:kms:$region:$account:key/$kms","encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
)
.on(KEY);
pub(crate) const DECRYPT_FOR_FUNCTION: Call = Call::read(
    "kms",
    "Decrypt",
    r#"{"encryptionContext":{"aws:lambda:FunctionArn":"arn:aws:lambda:$region:$account:function:$function"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
)
.on(KEY);
pub(crate) const GENERATE_DATA_KEY: Call = Call::read(
    "kms",
    "GenerateDataKey",
    r#"{"keyId":"arn:aws:kms:$region:$account:key/$kms","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::$bucket/$object"},"keySpec":"AES_256"}"#,
)
.on(KEY);
/// CloudTrail encrypting a log file that it is about to deliver.
pub(crate) const GENERATE_DATA_KEY_FOR_LOG: Call = Call::read(
    "kms",
    "GenerateDataKey",
    r#"{"keyId":"arn:aws:kms:$region:123456789012:key/$kms","encryptionContext":{"aws:cloudtrail:arn":"arn:aws:cloudtrail:eu-west-1:123456789012:trail/acme-org","aws:s3:arn":"arn:aws:s3:::acme-org-cloudtrail/AWSLogs/$account/CloudTrail/$region/$folders/$account_CloudTrail_$region_$stamp_$id16.json.gz"},"keySpec":"AES_256"}"#,
)
.on(KEY);
pub(crate) const DESCRIBE_KEY: Call = Call::read(
    "kms",
    "DescribeKey",
    r#"{"keyId":"arn:aws:kms:$region:$account:key/$kms"}"#,
)
.on(KEY);
pub(crate) const LIST_ALIASES: Call = Call::read("kms", "ListAliases", r#"{"limit":100}"#);

pub(crate) const GET_SECRET_VALUE: Call = Call::read(
    "secretsmanager",
    "GetSecretValue",
    r#"{"secretId":"$secret","versionStage":"AWSCURRENT"}"#,
);
pub(crate) const DESCRIBE_SECRET: Call = Call::read(
    "secretsmanager",
    "DescribeSecret",
    r#"{"secretId":"$secret"}"#,
);
pub(crate) const LIST_SECRETS: Call = Call::read(
    "secretsmanager",
    "ListSecrets",
    r#"{"maxResults":100,"includePlannedDeletion":false}"#,
);
pub(crate) const GET_PARAMETER: Call = Call::read(
    "ssm",
    "GetParameter",
    r#"{"name":"$parameter","withDecryption":false}"#,
)
.on(r#"[{"accountId":"$account","ARN":"arn:aws:ssm:$region:$account:parameter$parameter"}]"#);
pub(crate) const DESCRIBE_PARAMETERS: Call =
    Call::read("ssm", "DescribeParameters", r#"{"maxResults":50}"#);
