//! Machines misused: mining, doors for SSH, borrowed instance credentials, remote commands.

use super::{Stage, Story};
use crate::calls::{compute, identity::*, secrets, storage};
use crate::cast::{GLOBAL, HOME, PROD, SECOND, STAGING};
use crate::clock::{HOUR, MINUTE};
use crate::record::{Call, Caller, Session};

const CLI: &str =
    "aws-cli/2.13.5 Python/3.11.4 Linux/5.15.0-112-generic exe/x86_64.ubuntu.22 prompt/off command";
const BOTO: &str = "Boto3/1.34.69 md/Botocore#1.34.69 ua/2.0 os/linux#5.15.0-112-generic md/arch#x86_64 lang/python#3.10.12 md/pyimpl#CPython Botocore/1.34.69";
/// An opt-in region in which the company has nothing.
const FAR: &str = "me-central-1";

pub(super) const CRYPTO_MINING: Story = Story {
    id: "crypto-mining",
    title: "GPU instances in a region that nobody uses",
    description: "A developer's stolen session switches on a new region in the staging account, tries \
                  the largest GPU machines, hits the quota, and settles for eight smaller ones.",
    expected: &[
        "region-enabled",
        "instance-unusual-type",
        "unused-region-activity",
        "instance-launch-burst",
    ],
    hour: 3,
    script: crypto_mining,
};

fn crypto_mining(stage: &mut Stage) {
    let session = Session::new("ben.okafor", stage.now() - 2 * HOUR);
    let miner = Caller::permission_set(&STAGING, "Developer", session).from("203.0.113.210", BOTO);
    stage.act(0, &miner, HOME, &GET_CALLER_IDENTITY);
    stage.act(6, &miner, HOME, &compute::DESCRIBE_REGIONS);
    stage.act_on(30, &miner, GLOBAL, &ENABLE_REGION, FAR);
    stage.act(25 * MINUTE, &miner, FAR, &GET_QUOTA);
    stage.act(9, &miner, FAR, &CREATE_KEY_PAIR);
    stage.act_on(7, &miner, FAR, &RUN_TOO_LARGE, "p5.48xlarge");
    stage.act_on(6, &miner, FAR, &RUN_TOO_LARGE, "p4d.24xlarge");
    for _ in 0..8 {
        stage.act_on(5, &miner, FAR, &RUN, "g5.12xlarge");
    }
    stage.act(60, &miner, FAR, &compute::DESCRIBE_INSTANCES);
}

const ENABLE_REGION: Call = Call::write(
    "account",
    "EnableRegion",
    r#"{"regionName":"$item"}"#,
    "null",
);
const GET_QUOTA: Call = Call::read(
    "servicequotas",
    "GetServiceQuota",
    r#"{"serviceCode":"ec2","quotaCode":"L-417A185B"}"#,
);
const CREATE_KEY_PAIR: Call = Call::write(
    "ec2",
    "CreateKeyPair",
    r#"{"keyName":"k1","keyType":"ed25519","keyFormat":"pem"}"#,
    r#"{"requestId":"$iduuid","keyName":"k1","keyFingerprint":"HIDDEN_DUE_TO_SECURITY_REASONS","keyPairId":"key-$hex17","keyMaterial":"<sensitiveDataRemoved>"}"#,
);
const RUN: Call = Call::write(
    "ec2",
    "RunInstances",
    r#"{"instancesSet":{"items":[{"imageId":"ami-0ff1ce5a1ad0b6c7d","minCount":1,"maxCount":1,"keyName":"k1"}]},"instanceType":"$item","blockDeviceMapping":{},"monitoring":{"enabled":false},"disableApiTermination":true,"disableApiStop":false,"clientToken":"$uuid"}"#,
    r#"{"requestId":"$iduuid","reservationId":"r-$hex17","ownerId":"$account","groupSet":{},"instancesSet":{"items":[{"instanceId":"i-$hex17","imageId":"ami-0ff1ce5a1ad0b6c7d","instanceState":{"code":0,"name":"pending"},"keyName":"k1","amiLaunchIndex":0,"instanceType":"$item","launchTime":$epoch,"placement":{"availabilityZone":"$zone","tenancy":"default"},"monitoring":{"state":"disabled"},"privateIpAddress":"172.31.7.$n2","architecture":"x86_64","hypervisor":"xen"}]}}"#,
);
const RUN_TOO_LARGE: Call = RUN.fails(
    "Client.VcpuLimitExceeded",
    "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the specified instance type belongs to.",
);

pub(super) const SSH_DOOR_OPENED: Story = Story {
    id: "ssh-door-opened",
    title: "Port 22 opened to the world, keys pushed to instances",
    description: "An intruder with daan.visser's session opens SSH on the nodes' security group to \
                  every address and pushes a public key to three instances.",
    expected: &[
        "sg-admin-port-open-to-world",
        "instance-connect-key-pushed",
        "sg-changed",
    ],
    hour: 20,
    script: ssh_door_opened,
};

fn ssh_door_opened(stage: &mut Stage) {
    let session = Session::new("daan.visser", stage.now() - 3 * HOUR);
    let intruder = Caller::permission_set(&PROD, "Operator", session).from("203.0.113.44", CLI);
    stage.act(0, &intruder, HOME, &compute::DESCRIBE_SECURITY_GROUPS);
    stage.act(40, &intruder, HOME, &OPEN_SSH);
    for (pause, instance) in [75, 20, 18].into_iter().zip(PROD.things.instance) {
        stage.act_on(pause, &intruder, HOME, &PUSH_KEY, instance);
    }
}

const OPEN_SSH: Call = Call::write(
    "ec2",
    "AuthorizeSecurityGroupIngress",
    r#"{"groupId":"sg-0a9b8c7d6e5f40312","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"ipv6Ranges":{},"prefixListIds":{}}]}}"#,
    r#"{"requestId":"$iduuid","_return":true,"securityGroupRuleSet":{"items":[{"groupOwnerId":"$account","groupId":"sg-0a9b8c7d6e5f40312","securityGroupRuleId":"sgr-$hex17","isEgress":false,"ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIpv4":"0.0.0.0/0"}]}}"#,
);
const PUSH_KEY: Call = Call::write(
    "ec2-instance-connect",
    "SendSSHPublicKey",
    r#"{"instanceId":"$item","instanceOSUser":"ec2-user","sSHPublicKey":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXA"}"#,
    r#"{"requestId":"$iduuid","success":true}"#,
);

pub(super) const INSTANCE_CREDENTIALS_ABROAD: Story = Story {
    id: "instance-credentials-abroad",
    title: "An instance's credentials at work on a stranger's machine",
    description: "The role credentials of one orders worker, read through its metadata service, are \
                  used from a rented server: who am I, what is here, and the one secret it may read.",
    expected: &[
        "instance-credentials-outside-aws",
        "instance-role-enumeration",
    ],
    hour: 13,
    script: instance_credentials_abroad,
};

fn instance_credentials_abroad(stage: &mut Stage) {
    let session = Session::new("i-05d2c9b8a7f6e4310", stage.now() - 2 * HOUR);
    let thief = Caller::role(&PROD, "/", "orders-worker", session).from("203.0.113.68", CLI);
    stage.act(0, &thief, HOME, &GET_CALLER_IDENTITY);
    for call in [&storage::LIST_BUCKETS, &LIST_USERS, &GET_ACCOUNT_SUMMARY] {
        stage.act(4, &thief, HOME, &denied(call));
    }
    stage.act(9, &thief, HOME, &denied(&storage::DESCRIBE_SNAPSHOTS));
    stage.act(12, &thief, HOME, &secrets::GET_SECRET_VALUE);
    stage.act(33, &thief, HOME, &storage::LIST_OBJECTS);
    for _ in 0..6 {
        stage.act(3, &thief, HOME, &storage::GET_OBJECT);
    }
}

fn denied(call: &Call) -> Call {
    call.fails("AccessDenied", "User: $arn is not authorized to perform this action because no identity-based policy allows it")
}

pub(super) const COMMAND_BURST: Story = Story {
    id: "command-burst",
    title: "Shell commands sent to every instance",
    description: "tom.becker's key, which never touched Systems Manager, lists the managed instances \
                  and sends shell commands to all of them, then once more by tag.",
    expected: &["ssm-command-many-instances", "ssm-command-sent"],
    hour: 21,
    script: command_burst,
};

fn command_burst(stage: &mut Stage) {
    let intruder = Caller::user(&PROD, "tom.becker", 0).from("203.0.113.21", BOTO);
    stage.act(0, &intruder, HOME, &compute::DESCRIBE_INSTANCE_INFORMATION);
    stage.act(25, &intruder, HOME, &SEND_COMMAND);
    stage.act(8, &intruder, HOME, &LIST_INVOCATIONS);
    stage.act(50, &intruder, HOME, &SEND_COMMAND);
    stage.act(70, &intruder, HOME, &SEND_BY_TAG);
    stage.act(15, &intruder, SECOND, &SEND_BY_TAG);
}

const SEND_COMMAND: Call = Call::write(
    "ssm",
    "SendCommand",
    r#"{"documentName":"AWS-RunShellScript","instanceIds":["i-0a1f4c2e9b7d80355","i-0c27b5d9e1f3a4861","i-0e93d6a8b2c4f7109","i-04b8e2f6a9c1d3570"],"interactive":false,"parameters":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#,
    r#"{"command":{"commandId":"$uuid","documentName":"AWS-RunShellScript","documentVersion":"$$DEFAULT","instanceIds":["i-0a1f4c2e9b7d80355","i-0c27b5d9e1f3a4861","i-0e93d6a8b2c4f7109","i-04b8e2f6a9c1d3570"],"targets":[],"targetCount":4,"completedCount":0,"errorCount":0,"parameters":"HIDDEN_DUE_TO_SECURITY_REASONS","requestedDateTime":"$date","expiresAfter":"$expires","maxConcurrency":"50","maxErrors":"0","status":"Pending","statusDetails":"Pending","timeoutSeconds":3600}}"#,
);
const SEND_BY_TAG: Call = Call {
    request: r#"{"documentName":"AWS-RunShellScript","targets":[{"key":"tag:env","values":["prod"]}],"interactive":false,"parameters":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#,
    response: r#"{"command":{"commandId":"$uuid","documentName":"AWS-RunShellScript","documentVersion":"$$DEFAULT","instanceIds":[],"targets":[{"key":"tag:env","values":["prod"]}],"targetCount":0,"parameters":"HIDDEN_DUE_TO_SECURITY_REASONS","requestedDateTime":"$date","expiresAfter":"$expires","maxConcurrency":"50","maxErrors":"0","status":"Pending","statusDetails":"Pending","timeoutSeconds":3600}}"#,
    ..SEND_COMMAND
};
const LIST_INVOCATIONS: Call = Call::read(
    "ssm",
    "ListCommandInvocations",
    r#"{"details":true,"maxResults":50}"#,
);
