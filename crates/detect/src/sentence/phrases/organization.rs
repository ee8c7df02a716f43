//! Accounts as a whole: Organizations, Identity Center, account settings, quotas, sharing.

use super::{Row, Service};

pub(super) const SERVICES: &[Service] = &[
    Service {
        source: "organizations",
        calls: ORGANIZATIONS,
    },
    Service {
        source: "account",
        calls: ACCOUNT,
    },
    Service {
        source: "sso",
        calls: IDENTITY_CENTER,
    },
    Service {
        source: "sso-directory",
        calls: DIRECTORY,
    },
    Service {
        source: "identitystore",
        calls: DIRECTORY,
    },
    Service {
        source: "ram",
        calls: SHARES,
    },
    Service {
        source: "servicequotas",
        calls: &[(
            "RequestServiceQuotaIncrease",
            "request a higher quota[ of {serviceCode}]",
            "申请{了}提高[ {serviceCode} 的]服务配额",
        )],
    },
];

#[rustfmt::skip]
const ORGANIZATIONS: &[Row] = &[
    ("LeaveOrganization", "take the account out of its organization", "让账户退出{了}组织"),
    ("RemoveAccountFromOrganization", "remove account {accountId} from the organization", "将账户 {accountId} 移出{了}组织"),
    ("InviteAccountToOrganization", "invite account {target.id} to the organization", "邀请{了}账户 {target.id} 加入组织"),
    ("CreateAccount", "create the account {accountName}", "创建{了}账户 {accountName}"),
    ("CloseAccount", "close the account {accountId}", "关闭{了}账户 {accountId}"),
    ("MoveAccount", "move account {accountId}[ to {destinationParentId}]", "移动{了}账户 {accountId}[，目标为 {destinationParentId}]"),
    ("AttachPolicy", "attach the organization policy {policyId} to {targetId}", "将组织策略 {policyId} 附加到{了} {targetId}"),
    ("DetachPolicy", "detach the organization policy {policyId} from {targetId}", "将组织策略 {policyId} 从 {targetId} 上分离{了}"),
    ("CreatePolicy", "create the organization policy {name}", "创建{了}组织策略 {name}"),
    ("UpdatePolicy", "change the organization policy {policyId}", "更改{了}组织策略 {policyId}"),
    ("DeletePolicy", "delete the organization policy {policyId}", "删除{了}组织策略 {policyId}"),
    ("DisablePolicyType", "switch off {policyType} in the organization", "在组织中停用{了} {policyType}"),
    ("RegisterDelegatedAdministrator", "make account {accountId} the delegated administrator[ of {servicePrincipal}]", "将账户 {accountId} 设为{了}[ {servicePrincipal} 的]委派管理员"),
    ("DeregisterDelegatedAdministrator", "remove account {accountId} as delegated administrator[ of {servicePrincipal}]", "撤销{了}账户 {accountId} [对 {servicePrincipal} ]的委派管理员身份"),
    ("EnableAWSServiceAccess", "let {servicePrincipal} into the organization", "允许{了} {servicePrincipal} 访问组织"),
    ("DisableAWSServiceAccess", "shut {servicePrincipal} out of the organization", "取消{了} {servicePrincipal} 对组织的访问"),
    ("DescribeOrganization", "look up the organization", "查看{了}组织信息"),
    ("ListAccounts", "list the accounts of the organization", "列出{了}组织中的账户"),
];

#[rustfmt::skip]
const ACCOUNT: &[Row] = &[
    ("CloseAccount", "close the account {accountId}", "关闭{了}账户 {accountId}"),
    ("PutAlternateContact", "change the {alternateContactType} contact of the account", "更改{了}账户的 {alternateContactType} 联系人"),
    ("DeleteAlternateContact", "delete the {alternateContactType} contact of the account", "删除{了}账户的 {alternateContactType} 联系人"),
    ("PutContactInformation", "change the contact information of the account", "更改{了}账户的联系信息"),
    ("StartPrimaryEmailUpdate", "begin to change the root e-mail address", "开始更改{了}根用户电子邮件地址"),
    ("AcceptPrimaryEmailUpdate", "change the root e-mail address", "更改{了}根用户电子邮件地址"),
    ("EnableRegion", "enable the region {regionName|RegionName}", "启用{了}区域 {regionName|RegionName}"),
    ("DisableRegion", "disable the region {regionName|RegionName}", "停用{了}区域 {regionName|RegionName}"),
];

#[rustfmt::skip]
const IDENTITY_CENTER: &[Row] = &[
    ("CreatePermissionSet", "create the permission set {name}", "创建{了}权限集 {name}"),
    ("AttachManagedPolicyToPermissionSet", "attach policy {managedPolicyArn} to permission set {permissionSetArn}", "将策略 {managedPolicyArn} 附加到{了}权限集 {permissionSetArn}"),
    ("PutInlinePolicyToPermissionSet", "write the inline policy of permission set {permissionSetArn}", "写入{了}权限集 {permissionSetArn} 的内联策略"),
    ("CreateAccountAssignment", "assign permission set {permissionSetArn} in account {targetId}[ to {principalId}]", "分配{了}账户 {targetId} 的权限集 {permissionSetArn}[（授予 {principalId}）]"),
    ("DeleteAccountAssignment", "withdraw permission set {permissionSetArn} in account {targetId}[ from {principalId}]", "[从 {principalId} ]撤回{了}账户 {targetId} 的权限集 {permissionSetArn}"),
    ("Authenticate", "sign in to the access portal", "登录{了}访问门户"),
    ("Federate", "enter an account from the access portal", "从访问门户进入{了}账户"),
    ("ListPermissionSets", "list the permission sets", "列出{了}权限集"),
];

#[rustfmt::skip]
const DIRECTORY: &[Row] = &[
    ("CreateUser", "create a user of Identity Center", "创建{了} Identity Center 用户"),
    ("DeleteUser", "delete a user of Identity Center", "删除{了} Identity Center 用户"),
    ("AddMemberToGroup", "add a user to an Identity Center group", "将用户加入{了} Identity Center 用户组"),
    ("CreateGroupMembership", "add a user to an Identity Center group", "将用户加入{了} Identity Center 用户组"),
    ("UpdatePassword", "set the password of an Identity Center user", "设置{了} Identity Center 用户的密码"),
    ("DeleteMfaDeviceForUser", "remove the MFA device of an Identity Center user", "移除{了} Identity Center 用户的 MFA 设备"),
    ("ListUsers", "list the users of Identity Center", "列出{了} Identity Center 用户"),
];

#[rustfmt::skip]
const SHARES: &[Row] = &[
    ("CreateResourceShare", "create the resource share {name}", "创建{了}资源共享 {name}"),
    ("AssociateResourceShare", "extend the resource share {resourceShareArn}", "扩大{了}资源共享 {resourceShareArn} 的范围"),
    ("AcceptResourceShareInvitation", "accept a resource share", "接受{了}资源共享邀请"),
];
