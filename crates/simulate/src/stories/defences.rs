//! Going blind: the trail, the detectors, the flow logs.

use super::{Stage, Story};
use crate::calls::watch;
use crate::cast::{HOME, PROD, SECURITY, SOUTH};
use crate::clock::MINUTE;
use crate::record::{Call, Caller, Session};

const PACU: &str = "Boto3/1.35.10 md/Botocore#1.35.10 ua/2.0 os/linux#6.8.0-45-generic md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.35.10";

pub(super) const TRAIL_BLINDED: Story = Story {
    id: "trail-blinded",
    title: "The trail is narrowed, starved, stopped, deleted",
    description: "With hugo.martins' hijacked session somebody looks the trail up, drops management \
                  events from it, lets the bucket forget everything after a day, stops logging, and \
                  deletes the trail.",
    expected: &[
        "trail-management-events-excluded",
        "trail-bucket-short-lifecycle",
        "trail-logging-stopped",
        "trail-deleted",
    ],
    hour: 1,
    script: trail_blinded,
};

fn trail_blinded(stage: &mut Stage) {
    let session = Session::new("hugo.martins", stage.now() - 50 * MINUTE);
    let hijacker =
        Caller::permission_set(&SECURITY, "SecurityAdmin", session).from("203.0.113.77", PACU);
    for call in [
        &watch::DESCRIBE_TRAILS,
        &watch::GET_TRAIL_STATUS,
        &watch::GET_EVENT_SELECTORS,
    ] {
        stage.act(2, &hijacker, HOME, call);
    }
    stage.act(80, &hijacker, HOME, &PUT_EVENT_SELECTORS);
    stage.act(50, &hijacker, HOME, &PUT_BUCKET_LIFECYCLE);
    stage.act(4 * MINUTE, &hijacker, HOME, &STOP_LOGGING);
    stage.act(90, &hijacker, HOME, &DELETE_TRAIL);
}

const TRAIL: &str = r#"{"name":"arn:aws:cloudtrail:eu-west-1:$account:trail/acme-org"}"#;
const STOP_LOGGING: Call = Call::write("cloudtrail", "StopLogging", TRAIL, "null");
const DELETE_TRAIL: Call = Call::write("cloudtrail", "DeleteTrail", TRAIL, "null");
const PUT_EVENT_SELECTORS: Call = Call::write(
    "cloudtrail",
    "PutEventSelectors",
    r#"{"trailName":"acme-org","eventSelectors":[{"readWriteType":"ReadOnly","includeManagementEvents":false,"dataResources":[],"excludeManagementEventSources":[]}]}"#,
    r#"{"trailARN":"arn:aws:cloudtrail:eu-west-1:$account:trail/acme-org","eventSelectors":[{"readWriteType":"ReadOnly","includeManagementEvents":false,"dataResources":[],"excludeManagementEventSources":[]}]}"#,
);
const PUT_BUCKET_LIFECYCLE: Call = Call::write(
    "s3",
    "PutBucketLifecycle",
    r#"{"bucketName":"acme-org-cloudtrail","Host":"acme-org-cloudtrail.s3.$region.amazonaws.com","lifecycle":"","LifecycleConfiguration":{"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/","Rule":{"ID":"housekeeping","Status":"Enabled","Filter":{"Prefix":""},"Expiration":{"Days":1}}}}"#,
    "null",
)
.extra(r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":301,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"$s3host","bytesTransferredOut":0}"#)
.on(r#"[{"accountId":"$account","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::acme-org-cloudtrail"}]"#);

pub(super) const DEFENCES_DOWN: Story = Story {
    id: "defences-down",
    title: "Detector, recorder and flow logs go within minutes",
    description: "The keys of maria.santos, used from a rented server, delete the GuardDuty detector, \
                  stop and delete the Config recorder and its channel, delete the VPC flow logs, and \
                  switch default encryption of volumes off; then the same detector in Sydney.",
    expected: &[
        "guardduty-detector-deleted",
        "config-recorder-stopped",
        "config-recorder-or-channel-deleted",
        "flow-logs-deleted",
        "ebs-default-encryption-off",
    ],
    hour: 5,
    script: defences_down,
};

fn defences_down(stage: &mut Stage) {
    let intruder = Caller::user(&PROD, "maria.santos", 0).from("203.0.113.80", PACU);
    stage.act(0, &intruder, HOME, &watch::LIST_DETECTORS);
    stage.act(3, &intruder, HOME, &DELETE_DETECTOR);
    stage.act(20, &intruder, HOME, &watch::DESCRIBE_RECORDERS);
    stage.act(5, &intruder, HOME, &STOP_RECORDER);
    stage.act(4, &intruder, HOME, &DELETE_CHANNEL);
    stage.act(3, &intruder, HOME, &DELETE_RECORDER);
    stage.act(45, &intruder, HOME, &DESCRIBE_FLOW_LOGS);
    stage.act(6, &intruder, HOME, &DELETE_FLOW_LOGS);
    stage.act(30, &intruder, HOME, &DISABLE_EBS_ENCRYPTION);
    stage.act(90, &intruder, SOUTH, &DELETE_DETECTOR);
}

const DELETE_DETECTOR: Call = Call::write(
    "guardduty",
    "DeleteDetector",
    r#"{"detectorId":"12abc34d567e8fa901bc2d34e56789f0"}"#,
    "null",
);
const STOP_RECORDER: Call = Call::write(
    "config",
    "StopConfigurationRecorder",
    r#"{"configurationRecorderName":"default"}"#,
    "null",
);
const DELETE_RECORDER: Call = Call::write(
    "config",
    "DeleteConfigurationRecorder",
    r#"{"configurationRecorderName":"default"}"#,
    "null",
);
const DELETE_CHANNEL: Call = Call::write(
    "config",
    "DeleteDeliveryChannel",
    r#"{"deliveryChannelName":"default"}"#,
    "null",
);
const DESCRIBE_FLOW_LOGS: Call = Call::read(
    "ec2",
    "DescribeFlowLogs",
    r#"{"DescribeFlowLogsRequest":{"MaxResults":100}}"#,
);
const DELETE_FLOW_LOGS: Call = Call::write(
    "ec2",
    "DeleteFlowLogs",
    r#"{"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-0a3b5c7d9e1f20468"}}}"#,
    r#"{"DeleteFlowLogsResponse":{"xmlns":"http://ec2.amazonaws.com/doc/2016-11-15/","unsuccessful":"","requestId":"$iduuid"}}"#,
);
const DISABLE_EBS_ENCRYPTION: Call = Call::write(
    "ec2",
    "DisableEbsEncryptionByDefault",
    r#"{"DisableEbsEncryptionByDefaultRequest":""}"#,
    r#"{"DisableEbsEncryptionByDefaultResponse":{"xmlns":"http://ec2.amazonaws.com/doc/2016-11-15/","requestId":"$iduuid","ebsEncryptionByDefault":false}}"#,
);
