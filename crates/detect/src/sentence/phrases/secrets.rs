//! Keys, secrets, parameters, and commands run by Systems Manager.

use super::{Row, Service};

pub(super) const SERVICES: &[Service] = &[
    Service {
        source: "kms",
        calls: KEYS,
    },
    Service {
        source: "secretsmanager",
        calls: SECRETS,
    },
    Service {
        source: "ssm",
        calls: PARAMETERS,
    },
    Service {
        source: "ssm",
        calls: COMMANDS,
    },
    Service {
        source: "acm-pca",
        calls: &[(
            "IssueCertificate",
            "issue a certificate[ of {certificateAuthorityArn}]",
            "[由 {certificateAuthorityArn} ]签发{了}证书",
        )],
    },
];

#[rustfmt::skip]
const KEYS: &[Row] = &[
    ("CreateKey", "create a KMS key[ {responseElements.keyMetadata.keyId}]", "创建{了} KMS 密钥[ {responseElements.keyMetadata.keyId}]"),
    ("ScheduleKeyDeletion", "schedule the KMS key {keyId} for deletion[ in {pendingWindowInDays} days]", "为 KMS 密钥 {keyId} 安排{了}删除[（{pendingWindowInDays} 天后）]"),
    ("CancelKeyDeletion", "cancel the deletion of KMS key {keyId}", "取消{了}对 KMS 密钥 {keyId} 的删除"),
    ("DisableKey", "disable the KMS key {keyId}", "禁用{了} KMS 密钥 {keyId}"),
    ("EnableKey", "enable the KMS key {keyId}", "启用{了} KMS 密钥 {keyId}"),
    ("DisableKeyRotation", "switch off the rotation of KMS key {keyId}", "关闭{了} KMS 密钥 {keyId} 的轮换"),
    ("PutKeyPolicy", "change the policy of KMS key {keyId}", "更改{了} KMS 密钥 {keyId} 的策略"),
    ("CreateGrant", "grant {operations} with KMS key {keyId}[ to {granteePrincipal}]", "[向 {granteePrincipal} ]授予{了} KMS 密钥 {keyId} 的 {operations} 权限"),
    ("ImportKeyMaterial", "import key material into KMS key {keyId}", "向 KMS 密钥 {keyId} 导入{了}密钥材料"),
    ("DeleteImportedKeyMaterial", "delete the imported key material of KMS key {keyId}", "删除{了} KMS 密钥 {keyId} 中导入的密钥材料"),
    ("CreateAlias", "create the alias {aliasName}[ of KMS key {targetKeyId}]", "[为 KMS 密钥 {targetKeyId} ]创建{了}别名 {aliasName}"),
    ("DeleteAlias", "delete the KMS alias {aliasName}", "删除{了} KMS 别名 {aliasName}"),
    ("Decrypt", "decrypt data[ with KMS key {keyId}]", "[使用 KMS 密钥 {keyId} ]解密{了}数据"),
    ("Encrypt", "encrypt data[ with KMS key {keyId}]", "[使用 KMS 密钥 {keyId} ]加密{了}数据"),
    ("ReEncrypt", "re-encrypt data[ with KMS key {destinationKeyId}]", "[使用 KMS 密钥 {destinationKeyId} ]重新加密{了}数据"),
    ("GenerateDataKey", "generate a data key[ under KMS key {keyId}]", "[使用 KMS 密钥 {keyId} ]生成{了}数据密钥"),
];

#[rustfmt::skip]
const SECRETS: &[Row] = &[
    ("GetSecretValue", "read the secret {secretId}", "读取{了}机密 {secretId}"),
    ("BatchGetSecretValue", "read several secrets at once[, among them {secretIdList}]", "批量读取{了}机密[（包括 {secretIdList}）]"),
    ("ListSecrets", "list the secrets", "列出{了}机密"),
    ("DescribeSecret", "look up the secret {secretId}", "查看{了}机密 {secretId}"),
    ("CreateSecret", "create the secret {name}", "创建{了}机密 {name}"),
    ("PutSecretValue", "write a new value of secret {secretId}", "写入{了}机密 {secretId} 的新值"),
    ("UpdateSecret", "change the secret {secretId}", "更改{了}机密 {secretId}"),
    ("DeleteSecret", "delete the secret {secretId}", "删除{了}机密 {secretId}"),
    ("RestoreSecret", "restore the secret {secretId}", "恢复{了}机密 {secretId}"),
    ("PutResourcePolicy", "change the policy of secret {secretId}", "更改{了}机密 {secretId} 的策略"),
];

#[rustfmt::skip]
const PARAMETERS: &[Row] = &[
    ("GetParameter", "read the parameter {name}", "读取{了}参数 {name}"),
    ("GetParameters", "read the parameters {names}", "读取{了}参数 {names}"),
    ("GetParametersByPath", "read all parameters under {path}", "读取{了} {path} 下的全部参数"),
    ("GetParameterHistory", "read the history of parameter {name}", "读取{了}参数 {name} 的历史记录"),
    ("DescribeParameters", "list the parameters", "列出{了}参数"),
    ("PutParameter", "write the parameter {name}", "写入{了}参数 {name}"),
    ("DeleteParameter", "delete the parameter {name}", "删除{了}参数 {name}"),
];

#[rustfmt::skip]
const COMMANDS: &[Row] = &[
    ("SendCommand", "run {documentName}[ on {instanceIds|targets.values}]", "[在 {instanceIds|targets.values} 上]运行{了} {documentName}"),
    ("StartSession", "open a shell session on {target}", "在 {target} 上打开{了}命令行会话"),
    ("ResumeSession", "resume the shell session {sessionId}", "恢复{了}命令行会话 {sessionId}"),
    ("TerminateSession", "end the shell session {sessionId}", "结束{了}命令行会话 {sessionId}"),
    ("GetCommandInvocation", "read what command {commandId} answered[ on {instanceId}]", "读取{了}命令 {commandId} [在 {instanceId} 上]的执行结果"),
    ("DescribeInstanceInformation", "list the instances under Systems Manager", "查看{了} Systems Manager 管理的实例"),
    ("CreateDocument", "create the SSM document {name}", "创建{了} SSM 文档 {name}"),
    ("UpdateDocument", "change the SSM document {name}", "更改{了} SSM 文档 {name}"),
    ("ModifyDocumentPermission", "change who may use the SSM document {name}", "更改{了} SSM 文档 {name} 的使用权限"),
    ("CreateAssociation", "associate the SSM document {name} with machines", "将 SSM 文档 {name} 关联到{了}计算机"),
    ("StartAutomationExecution", "run the automation {documentName}", "运行{了}自动化 {documentName}"),
];
