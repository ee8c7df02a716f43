//! CloudWatch, logs, CloudTrail, Config, GuardDuty, cost.

use crate::record::Call;

pub(crate) const GET_METRIC_DATA: Call = Call::read(
    "monitoring",
    "GetMetricData",
    r#"{"metricDataQueries":[{"id":"m1","metricStat":{"metric":{"namespace":"AWS/ApplicationELB","metricName":"TargetResponseTime","dimensions":[{"name":"LoadBalancer","value":"app/$service/50dc6c495c0c9188"}]},"period":60,"stat":"p99"},"returnData":true}],"startTime":"$date","endTime":"$date","scanBy":"TimestampDescending"}"#,
);
pub(crate) const LIST_METRICS: Call = Call::read(
    "monitoring",
    "ListMetrics",
    r#"{"namespace":"AWS/SQS","recentlyActive":"PT3H"}"#,
);
pub(crate) const DESCRIBE_ALARMS: Call = Call::read(
    "monitoring",
    "DescribeAlarms",
    r#"{"maxRecords":100,"alarmTypes":["MetricAlarm","CompositeAlarm"]}"#,
);
pub(crate) const GET_DASHBOARD: Call = Call::read(
    "monitoring",
    "GetDashboard",
    r#"{"dashboardName":"shop-overview"}"#,
);
pub(crate) const PUT_METRIC_ALARM: Call = Call::write(
    "monitoring",
    "PutMetricAlarm",
    r#"{"alarmName":"$queue-backlog","comparisonOperator":"GreaterThanThreshold","evaluationPeriods":3,"metricName":"ApproximateNumberOfMessagesVisible","namespace":"AWS/SQS","period":300,"statistic":"Maximum","threshold":$n3.0,"alarmActions":["arn:aws:sns:$region:$account:ops-alarms"],"dimensions":[{"name":"QueueName","value":"$queue"}],"treatMissingData":"notBreaching"}"#,
    "null",
);
pub(crate) const FILTER_LOG_EVENTS: Call = Call::read(
    "logs",
    "FilterLogEvents",
    r#"{"logGroupName":"/ecs/$service","startTime":$epoch,"filterPattern":"ERROR","limit":100}"#,
);
pub(crate) const START_LOG_QUERY: Call = Call::read(
    "logs",
    "StartQuery",
    r#"{"logGroupNames":["/ecs/$service"],"startTime":$epoch,"endTime":$epoch,"queryString":"fields @timestamp, @message | filter level = 'error' | sort @timestamp desc | limit 100"}"#,
);
pub(crate) const DESCRIBE_LOG_GROUPS: Call = Call::read(
    "logs",
    "DescribeLogGroups",
    r#"{"logGroupNamePrefix":"/ecs/","limit":50}"#,
);
pub(crate) const CREATE_LOG_STREAM: Call = Call::write(
    "logs",
    "CreateLogStream",
    r#"{"logGroupName":"/aws/lambda/$function","logStreamName":"$folders/[$$LATEST]$hex32"}"#,
    "null",
);

pub(crate) const LOOKUP_EVENTS: Call = Call::read(
    "cloudtrail",
    "LookupEvents",
    r#"{"maxResults":50,"lookupAttributes":[{"attributeKey":"ReadOnly","attributeValue":"false"}]}"#,
);
pub(crate) const DESCRIBE_TRAILS: Call = Call::read(
    "cloudtrail",
    "DescribeTrails",
    r#"{"includeShadowTrails":true,"trailNameList":[]}"#,
);
pub(crate) const GET_TRAIL_STATUS: Call = Call::read(
    "cloudtrail",
    "GetTrailStatus",
    r#"{"name":"arn:aws:cloudtrail:eu-west-1:123456789012:trail/acme-org"}"#,
);
pub(crate) const GET_EVENT_SELECTORS: Call = Call::read(
    "cloudtrail",
    "GetEventSelectors",
    r#"{"trailName":"arn:aws:cloudtrail:eu-west-1:123456789012:trail/acme-org"}"#,
);
pub(crate) const DESCRIBE_RECORDERS: Call =
    Call::read("config", "DescribeConfigurationRecorders", "null");
pub(crate) const DESCRIBE_COMPLIANCE: Call = Call::read(
    "config",
    "DescribeComplianceByConfigRule",
    r#"{"complianceTypes":["NON_COMPLIANT"]}"#,
);
pub(crate) const LIST_DETECTORS: Call = Call::read("guardduty", "ListDetectors", "null");
pub(crate) const LIST_FINDINGS: Call = Call::read(
    "guardduty",
    "ListFindings",
    r#"{"detectorId":"12abc34d567e8fa901bc2d34e56789f0","findingCriteria":{"criterion":{"service.archived":{"eq":["false"]},"severity":{"gte":4}}},"maxResults":50}"#,
);
pub(crate) const GET_FINDINGS: Call = Call::read(
    "guardduty",
    "GetFindings",
    r#"{"detectorId":"12abc34d567e8fa901bc2d34e56789f0","findingIds":["$hex32"]}"#,
);
pub(crate) const DESCRIBE_HUB_FINDINGS: Call = Call::read(
    "securityhub",
    "GetFindings",
    r#"{"filters":{"workflowStatus":[{"value":"NEW","comparison":"EQUALS"}],"recordState":[{"value":"ACTIVE","comparison":"EQUALS"}]},"maxResults":20}"#,
);
pub(crate) const GET_COST_AND_USAGE: Call = Call::read(
    "ce",
    "GetCostAndUsage",
    r#"{"timePeriod":{"start":"2026-01-01","end":"2026-12-31"},"granularity":"MONTHLY","metrics":["UnblendedCost"],"groupBy":[{"type":"DIMENSION","key":"SERVICE"}]}"#,
);
pub(crate) const GET_COST_FORECAST: Call = Call::read(
    "ce",
    "GetCostForecast",
    r#"{"timePeriod":{"start":"2026-01-01","end":"2026-12-31"},"metric":"UNBLENDED_COST","granularity":"MONTHLY"}"#,
);
pub(crate) const DESCRIBE_HEALTH: Call = Call::read(
    "health",
    "DescribeEventAggregates",
    r#"{"aggregateField":"eventTypeCategory","filter":{"eventStatusCodes":["open","upcoming"]}}"#,
);
pub(crate) const GET_BILL: Call = Call::read("billingconsole", "GetBillsForBillingPeriod", "null");
