//! What watches an account: trails, recorders, detectors, logs, alarms, rules.

use super::{Row, Service};

pub(super) const SERVICES: &[Service] = &[
    Service {
        source: "cloudtrail",
        calls: TRAILS,
    },
    Service {
        source: "config",
        calls: CONFIG,
    },
    Service {
        source: "guardduty",
        calls: GUARDDUTY,
    },
    Service {
        source: "securityhub",
        calls: SECURITY_HUB,
    },
    Service {
        source: "macie2",
        calls: &[("DisableMacie", "switch off Macie", "关闭{了} Macie")],
    },
    Service {
        source: "inspector2",
        calls: &[("Disable", "switch off Inspector", "关闭{了} Inspector")],
    },
    Service {
        source: "detective",
        calls: &[("DeleteGraph", "switch off Detective", "关闭{了} Detective")],
    },
    Service {
        source: "logs",
        calls: LOGS,
    },
    Service {
        source: "monitoring",
        calls: ALARMS,
    },
    Service {
        source: "events",
        calls: EVENTS,
    },
];

#[rustfmt::skip]
const TRAILS: &[Row] = &[
    ("StopLogging", "stop the logging of trail {name}", "停止{了}跟踪 {name} 的日志记录"),
    ("StartLogging", "start the logging of trail {name}", "启动{了}跟踪 {name} 的日志记录"),
    ("CreateTrail", "create the trail {name}", "创建{了}跟踪 {name}"),
    ("UpdateTrail", "change the trail {name}", "更改{了}跟踪 {name}"),
    ("DeleteTrail", "delete the trail {name}", "删除{了}跟踪 {name}"),
    ("PutEventSelectors", "change what trail {trailName} records", "更改{了}跟踪 {trailName} 的记录范围"),
    ("PutInsightSelectors", "change the Insights of trail {trailName}", "更改{了}跟踪 {trailName} 的 Insights 设置"),
    ("DeleteEventDataStore", "delete the event data store {eventDataStore}", "删除{了}事件数据存储 {eventDataStore}"),
    ("StopEventDataStoreIngestion", "stop the event data store {eventDataStore}", "停止{了}事件数据存储 {eventDataStore} 的采集"),
    ("LookupEvents", "search the event history", "搜索{了}事件历史记录"),
    ("DescribeTrails", "list the trails", "查看{了}跟踪"),
    ("GetTrailStatus", "ask whether trail {name} is logging", "查询{了}跟踪 {name} 的状态"),
    ("GetEventSelectors", "ask what trail {trailName} records", "查询{了}跟踪 {trailName} 的记录范围"),
];

#[rustfmt::skip]
const CONFIG: &[Row] = &[
    ("StopConfigurationRecorder", "stop the configuration recorder {configurationRecorderName}", "停止{了}配置记录器 {configurationRecorderName}"),
    ("DeleteConfigurationRecorder", "delete the configuration recorder {configurationRecorderName}", "删除{了}配置记录器 {configurationRecorderName}"),
    ("PutConfigurationRecorder", "change the configuration recorder {configurationRecorder.name}", "更改{了}配置记录器 {configurationRecorder.name}"),
    ("DeleteDeliveryChannel", "delete the delivery channel {deliveryChannelName}", "删除{了}传输通道 {deliveryChannelName}"),
    ("DeleteConfigRule", "delete the Config rule {configRuleName}", "删除{了} Config 规则 {configRuleName}"),
    ("DeleteConformancePack", "delete the conformance pack {conformancePackName}", "删除{了}合规包 {conformancePackName}"),
];

#[rustfmt::skip]
const GUARDDUTY: &[Row] = &[
    ("DeleteDetector", "delete the GuardDuty detector {detectorId}", "删除{了} GuardDuty 检测器 {detectorId}"),
    ("UpdateDetector", "change the GuardDuty detector {detectorId}", "更改{了} GuardDuty 检测器 {detectorId}"),
    ("CreateIPSet", "create the list {name} of addresses that GuardDuty trusts", "创建{了} GuardDuty 信任 IP 列表 {name}"),
    ("UpdateIPSet", "change the list {name} of addresses that GuardDuty trusts", "更改{了} GuardDuty 信任 IP 列表 {name}"),
    ("CreateThreatIntelSet", "create the GuardDuty threat list {name}", "创建{了} GuardDuty 威胁列表 {name}"),
    ("UpdateThreatIntelSet", "change the GuardDuty threat list {name}", "更改{了} GuardDuty 威胁列表 {name}"),
    ("CreateFilter", "create the GuardDuty filter {name}", "创建{了} GuardDuty 筛选条件 {name}"),
    ("UpdateFilter", "change the GuardDuty filter {filterName}", "更改{了} GuardDuty 筛选条件 {filterName}"),
    ("ArchiveFindings", "archive GuardDuty findings", "归档{了} GuardDuty 检测结果"),
    ("DeleteMembers", "remove accounts {accountIds} from GuardDuty", "将账户 {accountIds} 移出{了} GuardDuty"),
    ("DisassociateMembers", "detach accounts {accountIds} from GuardDuty", "解除{了}账户 {accountIds} 与 GuardDuty 的关联"),
    ("StopMonitoringMembers", "stop GuardDuty in accounts {accountIds}", "停止{了} GuardDuty 对账户 {accountIds} 的监控"),
    ("DisassociateFromAdministratorAccount", "detach the account from its GuardDuty administrator", "解除{了}账户与 GuardDuty 管理员的关联"),
    ("DeletePublishingDestination", "delete a place where GuardDuty sends findings", "删除{了} GuardDuty 检测结果的发布目标"),
];

#[rustfmt::skip]
const SECURITY_HUB: &[Row] = &[
    ("DisableSecurityHub", "switch off Security Hub", "关闭{了} Security Hub"),
    ("BatchDisableStandards", "switch off standards of Security Hub", "停用{了} Security Hub 的安全标准"),
    ("DisableImportFindingsForProduct", "stop findings of another product in Security Hub", "停止{了} Security Hub 接收其他产品的检测结果"),
    ("BatchUpdateFindings", "change findings in Security Hub", "更改{了} Security Hub 的检测结果"),
    ("DeleteMembers", "remove accounts {accountIds} from Security Hub", "将账户 {accountIds} 移出{了} Security Hub"),
    ("DisassociateMembers", "detach accounts {accountIds} from Security Hub", "解除{了}账户 {accountIds} 与 Security Hub 的关联"),
];

#[rustfmt::skip]
const LOGS: &[Row] = &[
    ("CreateLogGroup", "create the log group {logGroupName}", "创建{了}日志组 {logGroupName}"),
    ("DeleteLogGroup", "delete the log group {logGroupName}", "删除{了}日志组 {logGroupName}"),
    ("CreateLogStream", "create the log stream {logStreamName} in log group {logGroupName}", "在日志组 {logGroupName} 中创建{了}日志流 {logStreamName}"),
    ("DeleteLogStream", "delete the log stream {logStreamName} from log group {logGroupName}", "从日志组 {logGroupName} 中删除{了}日志流 {logStreamName}"),
    ("PutRetentionPolicy", "keep the logs of {logGroupName}[ for {retentionInDays} days]", "更改{了}日志组 {logGroupName} 的保留期[，改为 {retentionInDays} 天]"),
    ("DeleteMetricFilter", "delete the metric filter {filterName} of log group {logGroupName}", "删除{了}日志组 {logGroupName} 的指标筛选器 {filterName}"),
    ("PutSubscriptionFilter", "forward the logs of {logGroupName}[ to {destinationArn}]", "转发{了}日志组 {logGroupName} 的日志[，目标为 {destinationArn}]"),
    ("DeleteSubscriptionFilter", "delete the subscription filter {filterName} of log group {logGroupName}", "删除{了}日志组 {logGroupName} 的订阅筛选器 {filterName}"),
    ("PutResourcePolicy", "write the log resource policy {policyName}", "写入{了}日志资源策略 {policyName}"),
    ("DescribeLogGroups", "list the log groups", "查看{了}日志组"),
];

#[rustfmt::skip]
const ALARMS: &[Row] = &[
    ("PutMetricAlarm", "set the alarm {alarmName}", "设置{了}警报 {alarmName}"),
    ("DeleteAlarms", "delete the alarms {alarmNames}", "删除{了}警报 {alarmNames}"),
    ("DisableAlarmActions", "silence the alarms {alarmNames}", "停用{了}警报 {alarmNames} 的操作"),
    ("SetAlarmState", "set the state of alarm {alarmName}[ to {stateValue}]", "设置{了}警报 {alarmName} 的状态[，改为 {stateValue}]"),
    ("PutDashboard", "write the dashboard {dashboardName}", "写入{了}控制面板 {dashboardName}"),
    ("DeleteDashboards", "delete the dashboards {dashboardNames}", "删除{了}控制面板 {dashboardNames}"),
];

#[rustfmt::skip]
const EVENTS: &[Row] = &[
    ("PutRule", "write the EventBridge rule {name}", "写入{了} EventBridge 规则 {name}"),
    ("DisableRule", "disable the EventBridge rule {name}", "停用{了} EventBridge 规则 {name}"),
    ("EnableRule", "enable the EventBridge rule {name}", "启用{了} EventBridge 规则 {name}"),
    ("DeleteRule", "delete the EventBridge rule {name}", "删除{了} EventBridge 规则 {name}"),
    ("PutTargets", "add targets to EventBridge rule {rule}", "为 EventBridge 规则 {rule} 添加{了}目标"),
    ("RemoveTargets", "remove targets from EventBridge rule {rule}", "移除{了} EventBridge 规则 {rule} 的目标"),
    ("PutPermission", "let others send events to bus {eventBusName}", "允许{了}其他账户向事件总线 {eventBusName} 发送事件"),
];
