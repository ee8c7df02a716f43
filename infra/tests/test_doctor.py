"""The program's questions to an account, answered by the local AWS: what is broken is found, and the command
that the program names mends it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from emulator import ACCOUNT, REGION, Emulator, emulator

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PROGRAM = TARGET / "debug" / "trailhound"
BUCKET = "acme-trail"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main"
# All of which rules want data events, so that none of them is blind.
KINDS = (
    "AWS::S3::Object",
    "AWS::Lambda::Function",
    "AWS::DynamoDB::Table",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::Cognito::IdentityPool",
)
PATTERN = json.dumps({"source": [{"prefix": "aws."}], "detail-type": [{"suffix": " via CloudTrail"}]})


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A local AWS with a trail that is as it should be."""
    with emulator(tmp_path_factory.mktemp("doctor")) as local:
        furnish(local)
        yield local


def allow(action: str, resource: str) -> dict:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": action,
        "Resource": resource,
        "Condition": {"StringEquals": {"aws:SourceArn": TRAIL}},
    }


def furnish(local: Emulator) -> None:
    s3, trail = local.client("s3"), local.client("cloudtrail")
    s3.create_bucket(Bucket=BUCKET)
    bucket = f"arn:aws:s3:::{BUCKET}"
    tls = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket, f"{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = {
        "Version": "2012-10-17",
        "Statement": [allow("s3:GetBucketAcl", bucket), allow("s3:PutObject", f"{bucket}/*"), tls],
    }
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    s3.put_public_access_block(
        Bucket=BUCKET,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    # Log files are kept for long enough, and not for ever.
    keep = {"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "AWSLogs/"}, "Expiration": {"Days": 400}}
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [keep]})
    s3.put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    trail.create_trail(
        Name="main",
        S3BucketName=BUCKET,
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
    )
    trail.start_logging(Name="main")
    data = [{"Type": kind, "Values": [f"arn:{kind}"]} for kind in KINDS]
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": data}
    trail.put_event_selectors(TrailName="main", EventSelectors=[selector])
    queue = local.client("sqs").create_queue(QueueName="events")["QueueUrl"].rsplit("/", 1)[-1]
    events = local.client("events")
    events.put_rule(Name="trailhound-events", EventPattern=PATTERN)
    target = {"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"}
    events.put_targets(Rule="trailhound-events", Targets=[target])


def run(local: Emulator, *arguments: str) -> subprocess.CompletedProcess[str]:
    return start(local, [str(PROGRAM), *arguments])


def start(local: Emulator, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Runs a command that speaks to the local AWS, with the AWS CLI of this Python on its path."""
    tools = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = local.environment() | {"PATH": tools}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)


def doctor(local: Emulator, *arguments: str) -> dict[str, dict]:
    """Findings by their ids, but for what costs money and is no mistake."""
    answer = run(local, "doctor", "--region", REGION, "--format", "json", *arguments)
    assert answer.returncode == 0, answer.stderr
    findings = json.loads(answer.stdout)["findings"]
    optional = {"no-data-events", "no-key", "insights-off"}
    return {one["id"]: one for one in findings if one["id"] not in optional}


def test_nothing_is_wrong_with_a_sound_account(aws: Emulator) -> None:
    assert doctor(aws) == {}


def stop_logging(local: Emulator) -> None:
    local.client("cloudtrail").stop_logging(Name="main")


def one_region(local: Emulator) -> None:
    local.client("cloudtrail").update_trail(Name="main", IsMultiRegionTrail=False)


def no_validation(local: Emulator) -> None:
    local.client("cloudtrail").update_trail(Name="main", EnableLogFileValidation=False)


def writes_only(local: Emulator) -> None:
    selector = {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}
    local.client("cloudtrail").put_event_selectors(TrailName="main", EventSelectors=[selector])


def no_notification(local: Emulator) -> None:
    local.client("s3").put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={})


def no_block(local: Emulator) -> None:
    local.client("s3").delete_public_access_block(Bucket=BUCKET)


def no_versions(local: Emulator) -> None:
    local.client("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})


def no_lifecycle(local: Emulator) -> None:
    local.client("s3").delete_bucket_lifecycle(Bucket=BUCKET)


def rule_off(local: Emulator) -> None:
    local.client("events").disable_rule(Name="trailhound-events")


@pytest.mark.parametrize(
    ("found", "break_it"),
    [
        ("not-logging", stop_logging),
        ("one-region", one_region),
        ("no-validation", no_validation),
        ("bucket-is-silent", no_notification),
        ("bucket-may-be-public", no_block),
        ("bucket-forgets", no_versions),
        ("bucket-keeps-for-ever", no_lifecycle),
        ("rule-disabled", rule_off),
        # Last, for its command replaces all selectors.
        ("writes-only", writes_only),
    ],
)
def test_what_is_broken_is_found_and_mended_by_the_command(aws: Emulator, found: str, break_it) -> None:
    break_it(aws)
    finding = doctor(aws)[found]
    shell = start(aws, ["sh", "-c", finding["command"]])
    assert shell.returncode == 0, f"{finding['command']}\n{shell.stderr}"
    assert doctor(aws) == {}


def test_log_files_that_are_deleted_soon_are_found(aws: Emulator) -> None:
    s3 = aws.client("s3")
    kept = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    soon = {"ID": "soon", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [soon]})
    assert "after 30 days" in doctor(aws)["bucket-expires-early"]["what"]
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": kept})


def test_each_region_is_asked_how_it_delivers(aws: Emulator) -> None:
    answer = run(aws, "doctor", "--region", REGION, "--region", "ap-south-1", "--format", "json")
    deliveries = json.loads(answer.stdout)["deliveries"]
    # Nothing is delivered by the local AWS; both regions have answered.
    assert {one["region"] for one in deliveries} == {REGION, "ap-south-1"}
    assert all(one["log_file"] is None for one in deliveries)


def test_a_topic_without_listeners_is_found(aws: Emulator) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name="mail")["TopicArn"]
    assert "nobody-listens" in doctor(aws, "--topic", topic)
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    # The local AWS takes every subscription for confirmed.
    assert doctor(aws, "--topic", topic) == {}
    assert "topic-gone" in doctor(aws, "--topic", f"arn:aws:sns:{REGION}:{ACCOUNT}:gone")


def test_a_key_that_is_switched_off_is_found(aws: Emulator) -> None:
    kms, trail = aws.client("kms"), aws.client("cloudtrail")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    trail.update_trail(Name="main", KmsKeyId=key)
    assert "key-shuts-cloudtrail-out" in doctor(aws)
    kms.disable_key(KeyId=key)
    assert "key-unusable" in doctor(aws)
    trail.update_trail(Name="main", KmsKeyId="")


def test_a_bucket_is_verified_and_asked_for_what_is_not_there(aws: Emulator) -> None:
    answer = run(aws, "verify", f"s3://{BUCKET}")
    assert answer.returncode == 4
    assert "no digests and no log files of a trail" in answer.stderr
    answer = run(aws, "verify", "s3://nobody-has-this")
    assert answer.returncode == 4
    assert "there is no such thing" in answer.stderr
