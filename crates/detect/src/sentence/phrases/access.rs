//! Who may do what: IAM and the tokens of STS, sign-ins.

use super::{Row, Service};

pub(super) const SERVICES: &[Service] = &[
    Service {
        source: "iam",
        calls: USERS,
    },
    Service {
        source: "iam",
        calls: POLICIES,
    },
    Service {
        source: "iam",
        calls: ROLES,
    },
    Service {
        source: "iam",
        calls: LOOKING,
    },
    Service {
        source: "sts",
        calls: TOKENS,
    },
    Service {
        source: "signin",
        calls: SIGN_INS,
    },
    Service {
        source: "rolesanywhere",
        calls: ROLES_ANYWHERE,
    },
    Service {
        source: "access-analyzer",
        calls: &[(
            "DeleteAnalyzer",
            "delete the access analyzer {analyzerName}",
            "删除{了}访问分析器 {analyzerName}",
        )],
    },
];

#[rustfmt::skip]
const USERS: &[Row] = &[
    ("CreateUser", "create the IAM user {userName}", "创建{了} IAM 用户 {userName}"),
    ("DeleteUser", "delete the IAM user {userName}", "删除{了} IAM 用户 {userName}"),
    ("UpdateUser", "rename the IAM user {userName}[ to {newUserName}]", "重命名{了} IAM 用户 {userName}[，新名称为 {newUserName}]"),
    ("CreateAccessKey", "create an access key[ for user {userName|responseElements.accessKey.userName}]", "[为用户 {userName|responseElements.accessKey.userName} ]创建{了}访问密钥"),
    ("DeleteAccessKey", "delete the access key {accessKeyId}[ of user {userName}]", "删除{了}[用户 {userName} 的]访问密钥 {accessKeyId}"),
    ("UpdateAccessKey", "set the access key {accessKeyId}[ of user {userName}][ to {status}]", "更改{了}[用户 {userName} 的]访问密钥 {accessKeyId} 的状态[，改为 {status}]"),
    ("CreateLoginProfile", "create a console password[ for user {userName}]", "[为用户 {userName} ]创建{了}控制台密码"),
    ("UpdateLoginProfile", "change the console password[ of user {userName}]", "更改{了}[用户 {userName} 的]控制台密码"),
    ("DeleteLoginProfile", "delete the console password[ of user {userName}]", "删除{了}[用户 {userName} 的]控制台密码"),
    ("ChangePassword", "change its own console password", "更改{了}自己的控制台密码"),
    ("CreateGroup", "create the IAM group {groupName}", "创建{了} IAM 用户组 {groupName}"),
    ("DeleteGroup", "delete the IAM group {groupName}", "删除{了} IAM 用户组 {groupName}"),
    ("AddUserToGroup", "add user {userName} to group {groupName}", "将用户 {userName} 加入{了}用户组 {groupName}"),
    ("RemoveUserFromGroup", "remove user {userName} from group {groupName}", "将用户 {userName} 移出{了}用户组 {groupName}"),
    ("CreateVirtualMFADevice", "create the virtual MFA device {virtualMFADeviceName}", "创建{了}虚拟 MFA 设备 {virtualMFADeviceName}"),
    ("EnableMFADevice", "enable an MFA device[ for user {userName}]", "[为用户 {userName} ]启用{了} MFA 设备"),
    ("DeactivateMFADevice", "switch off an MFA device[ of user {userName}]", "停用{了}[用户 {userName} 的] MFA 设备"),
    ("DeleteVirtualMFADevice", "delete the virtual MFA device {serialNumber}", "删除{了}虚拟 MFA 设备 {serialNumber}"),
    ("UploadSSHPublicKey", "upload an SSH public key[ for user {userName}]", "[为用户 {userName} ]上传{了} SSH 公钥"),
    ("UploadSigningCertificate", "upload a signing certificate[ for user {userName}]", "[为用户 {userName} ]上传{了}签名证书"),
    ("CreateServiceSpecificCredential", "create a credential[ of user {userName}][ for {serviceName}]", "[为用户 {userName} ]创建{了}[用于 {serviceName} 的]服务专用凭证"),
    ("UpdateAccountPasswordPolicy", "change the password policy of the account", "更改{了}账户的密码策略"),
    ("DeleteAccountPasswordPolicy", "delete the password policy of the account", "删除{了}账户的密码策略"),
    ("CreateAccountAlias", "set the account alias {accountAlias}", "设置{了}账户别名 {accountAlias}"),
];

#[rustfmt::skip]
const POLICIES: &[Row] = &[
    ("AttachUserPolicy", "attach policy {policyArn} to user {userName}", "将策略 {policyArn} 附加到{了}用户 {userName}"),
    ("AttachRolePolicy", "attach policy {policyArn} to role {roleName}", "将策略 {policyArn} 附加到{了}角色 {roleName}"),
    ("AttachGroupPolicy", "attach policy {policyArn} to group {groupName}", "将策略 {policyArn} 附加到{了}用户组 {groupName}"),
    ("DetachUserPolicy", "detach policy {policyArn} from user {userName}", "分离{了}用户 {userName} 的策略 {policyArn}"),
    ("DetachRolePolicy", "detach policy {policyArn} from role {roleName}", "分离{了}角色 {roleName} 的策略 {policyArn}"),
    ("DetachGroupPolicy", "detach policy {policyArn} from group {groupName}", "分离{了}用户组 {groupName} 的策略 {policyArn}"),
    ("PutUserPolicy", "write the inline policy {policyName} of user {userName}", "写入{了}用户 {userName} 的内联策略 {policyName}"),
    ("PutRolePolicy", "write the inline policy {policyName} of role {roleName}", "写入{了}角色 {roleName} 的内联策略 {policyName}"),
    ("PutGroupPolicy", "write the inline policy {policyName} of group {groupName}", "写入{了}用户组 {groupName} 的内联策略 {policyName}"),
    ("DeleteUserPolicy", "delete the inline policy {policyName} of user {userName}", "删除{了}用户 {userName} 的内联策略 {policyName}"),
    ("DeleteRolePolicy", "delete the inline policy {policyName} of role {roleName}", "删除{了}角色 {roleName} 的内联策略 {policyName}"),
    ("DeleteGroupPolicy", "delete the inline policy {policyName} of group {groupName}", "删除{了}用户组 {groupName} 的内联策略 {policyName}"),
    ("CreatePolicy", "create the policy {policyName}", "创建{了}策略 {policyName}"),
    ("CreatePolicyVersion", "write a new version of policy {policyArn}", "写入{了}策略 {policyArn} 的新版本"),
    ("SetDefaultPolicyVersion", "switch policy {policyArn} to version {versionId}", "将策略 {policyArn} 切换到{了}版本 {versionId}"),
    ("DeletePolicy", "delete the policy {policyArn}", "删除{了}策略 {policyArn}"),
    ("DeletePolicyVersion", "delete version {versionId} of policy {policyArn}", "删除{了}策略 {policyArn} 的版本 {versionId}"),
    ("PutUserPermissionsBoundary", "set the permissions boundary of user {userName}[ to {permissionsBoundary}]", "设置{了}用户 {userName} 的权限边界[ {permissionsBoundary}]"),
    ("PutRolePermissionsBoundary", "set the permissions boundary of role {roleName}[ to {permissionsBoundary}]", "设置{了}角色 {roleName} 的权限边界[ {permissionsBoundary}]"),
    ("DeleteUserPermissionsBoundary", "remove the permissions boundary of user {userName}", "移除{了}用户 {userName} 的权限边界"),
    ("DeleteRolePermissionsBoundary", "remove the permissions boundary of role {roleName}", "移除{了}角色 {roleName} 的权限边界"),
];

#[rustfmt::skip]
const ROLES: &[Row] = &[
    ("CreateRole", "create the role {roleName}", "创建{了}角色 {roleName}"),
    ("DeleteRole", "delete the role {roleName}", "删除{了}角色 {roleName}"),
    ("UpdateRole", "change the role {roleName}", "更改{了}角色 {roleName}"),
    ("UpdateAssumeRolePolicy", "change who may assume the role {roleName}", "更改{了}角色 {roleName} 的信任策略"),
    ("CreateServiceLinkedRole", "create the service-linked role[ of {aWSServiceName}]", "创建{了}[ {aWSServiceName} 的]服务相关角色"),
    ("CreateInstanceProfile", "create the instance profile {instanceProfileName}", "创建{了}实例配置文件 {instanceProfileName}"),
    ("AddRoleToInstanceProfile", "add role {roleName} to instance profile {instanceProfileName}", "将角色 {roleName} 加入{了}实例配置文件 {instanceProfileName}"),
    ("CreateSAMLProvider", "create the SAML identity provider {name}", "创建{了} SAML 身份提供商 {name}"),
    ("UpdateSAMLProvider", "replace the metadata of SAML identity provider {sAMLProviderArn}", "替换{了} SAML 身份提供商 {sAMLProviderArn} 的元数据"),
    ("DeleteSAMLProvider", "delete the SAML identity provider {sAMLProviderArn}", "删除{了} SAML 身份提供商 {sAMLProviderArn}"),
    ("CreateOpenIDConnectProvider", "create an OpenID Connect identity provider[ for {url}]", "[为 {url} ]创建{了} OpenID Connect 身份提供商"),
    ("DeleteOpenIDConnectProvider", "delete the OpenID Connect identity provider {openIDConnectProviderArn}", "删除{了} OpenID Connect 身份提供商 {openIDConnectProviderArn}"),
    ("AddClientIDToOpenIDConnectProvider", "let the client {clientID} in by identity provider {openIDConnectProviderArn}", "允许{了}客户端 {clientID} 使用身份提供商 {openIDConnectProviderArn}"),
    ("UpdateOpenIDConnectProviderThumbprint", "change the certificate thumbprints of identity provider {openIDConnectProviderArn}", "更改{了}身份提供商 {openIDConnectProviderArn} 的证书指纹"),
];

#[rustfmt::skip]
const LOOKING: &[Row] = &[
    ("ListUsers", "list the IAM users", "列出{了} IAM 用户"),
    ("ListRoles", "list the roles", "列出{了}角色"),
    ("ListGroups", "list the IAM groups", "列出{了} IAM 用户组"),
    ("ListPolicies", "list the policies", "列出{了}策略"),
    ("ListAccessKeys", "list the access keys[ of user {userName}]", "列出{了}[用户 {userName} 的]访问密钥"),
    ("ListUserPolicies", "list the inline policies[ of user {userName}]", "列出{了}[用户 {userName} 的]内联策略"),
    ("ListAttachedUserPolicies", "list the policies attached[ to user {userName}]", "列出{了}附加[到用户 {userName} ]的策略"),
    ("GetUser", "look up the IAM user {userName}", "查看{了} IAM 用户 {userName}"),
    ("GetRole", "look up the role {roleName}", "查看{了}角色 {roleName}"),
    ("GetPolicyVersion", "read version {versionId} of policy {policyArn}", "读取{了}策略 {policyArn} 的版本 {versionId}"),
    ("GetAccountSummary", "read the summary of the account's IAM", "读取{了}账户的 IAM 概要"),
    ("GetAccountAuthorizationDetails", "download all users, roles and policies of the account", "下载{了}账户的全部用户、角色和策略"),
    ("GenerateCredentialReport", "request the credential report of the account", "请求{了}生成账户的凭证报告"),
    ("GetCredentialReport", "download the credential report of the account", "下载{了}账户的凭证报告"),
];

#[rustfmt::skip]
const TOKENS: &[Row] = &[
    ("GetCallerIdentity", "ask whose credentials it holds", "查询{了}所持凭证的身份"),
    ("AssumeRole", "assume the role {roleArn}[ as session {roleSessionName}]", "担任{了}角色 {roleArn}[（会话 {roleSessionName}）]"),
    ("AssumeRoleWithSAML", "assume the role {roleArn} by SAML", "通过 SAML 担任{了}角色 {roleArn}"),
    ("AssumeRoleWithWebIdentity", "assume the role {roleArn} by web identity", "通过 Web 身份担任{了}角色 {roleArn}"),
    ("AssumeRoot", "take a root session in account {targetPrincipal}", "取得{了}账户 {targetPrincipal} 的根用户会话"),
    ("GetSessionToken", "get a session token", "获取{了}会话令牌"),
    ("GetFederationToken", "get a federation token[ named {name}]", "获取{了}联合令牌[ {name}]"),
    ("GetAccessKeyInfo", "ask which account owns the access key {accessKeyId}", "查询{了}访问密钥 {accessKeyId} 所属的账户"),
    ("DecodeAuthorizationMessage", "decode an authorization failure message", "解码{了}授权失败消息"),
];

#[rustfmt::skip]
const SIGN_INS: &[Row] = &[
    ("ConsoleLogin", "sign in to the AWS console", "登录{了} AWS 控制台"),
    ("CheckMfa", "enter a second factor at sign-in", "在登录时进行{了} MFA 验证"),
    ("SwitchRole", "switch roles in the console", "在控制台中切换{了}角色"),
    ("ExitRole", "leave a role in the console", "在控制台中退出{了}角色"),
    ("GetSigninToken", "turn credentials into a console session", "将凭证换成{了}控制台会话"),
    ("PasswordRecoveryRequested", "ask for a new root password", "申请{了}重置根用户密码"),
    ("PasswordRecoveryCompleted", "set a new root password by recovery", "通过找回流程重置{了}根用户密码"),
    ("PasswordUpdated", "change the root password", "更改{了}根用户密码"),
    ("EmailUpdated", "change the root e-mail address", "更改{了}根用户电子邮件地址"),
];

#[rustfmt::skip]
const ROLES_ANYWHERE: &[Row] = &[
    ("CreateTrustAnchor", "create the trust anchor {name} for outside certificates", "创建{了}信任外部证书的信任锚点 {name}"),
    ("UpdateTrustAnchor", "change the trust anchor {trustAnchorId}", "更改{了}信任锚点 {trustAnchorId}"),
    ("CreateProfile", "create the Roles Anywhere profile {name}", "创建{了} Roles Anywhere 配置文件 {name}"),
    ("UpdateProfile", "change the Roles Anywhere profile {profileId}", "更改{了} Roles Anywhere 配置文件 {profileId}"),
];
