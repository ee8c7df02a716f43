"""Whoever changes the fleet is told of by EventBridge and SNS alone; what the fleet does all day is not.

On the local AWS no function is in the way of these messages either: what comes out of the mail topic without
the attributes of a mail has been sent by the rule itself.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from conftest import INFRA
from emulator import ACCOUNT, REGION
from fleet import SOURCE_PREFIX, STACK, Record, matches, wait_for

OWN = INFRA.parent / "crates" / "aws" / "src" / "own.rs"
RULES = ("code", "roads", "stores")
SOMEBODY = {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/maria", "userName": "maria"}
QUEUE = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{STACK}-logs"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:{STACK}-mail"

# One change to each kind of thing that the fleet consists of: service, call, and how the record names it.
CHANGES = [
    ("lambda", "DeleteFunction20150331", {"functionName": f"{STACK}-alerts"}),
    (
        "lambda",
        "UpdateFunctionCode20150331v2",
        {"functionName": f"arn:aws:lambda:x:1:function:{STACK}-alerts"},
    ),
    ("iam", "DeleteRolePolicy", {"roleName": f"{STACK}-AlertsRole-1A2B3C", "policyName": "alerts"}),
    ("logs", "DeleteLogGroup", {"logGroupName": f"/aws/lambda/{STACK}-alerts"}),
    ("cloudformation", "DeleteStack", {"stackName": f"arn:aws:cloudformation:x:1:stack/{STACK}/0a1b"}),
    ("events", "DisableRule", {"name": f"{STACK}-events"}),
    ("events", "RemoveTargets", {"rule": f"{STACK}-guard-code", "ids": ["mail"]}),
    ("events", "RemovePermission", {"eventBusName": f"{STACK}-central"}),
    ("sqs", "PurgeQueue", {"queueUrl": QUEUE}),
    ("sns", "SetTopicAttributes", {"topicArn": TOPIC, "attributeName": "Policy"}),
    ("sns", "Unsubscribe", {"subscriptionArn": f"{TOPIC}:0a1b2c3d"}),
    ("monitoring", "DeleteAlarms", {"alarmNames": ["other", f"{STACK}-logs-dead"]}),
    ("monitoring", "PutMetricAlarm", {"alarmName": f"{STACK}-logs-dead"}),
    ("dynamodb", "UpdateTimeToLive", {"tableName": f"{STACK}-state"}),
    ("kms", "DeleteAlias", {"aliasName": f"alias/{STACK}-topics"}),
    ("cloudtrail", "StopLogging", {"name": "whichever"}),
]


def change(service: str, call: str, parameters: dict[str, Any], **fields: Any) -> Record:
    """The record of somebody's call that worked."""
    return {
        "eventVersion": "1.11",
        "eventTime": "2026-11-22T14:02:11Z",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": call,
        "awsRegion": REGION,
        "sourceIPAddress": "203.0.113.77",
        "eventID": f"guard-{service}-{call}",
        "eventType": "AwsApiCall",
        "readOnly": False,
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "userIdentity": SOMEBODY,
        "requestParameters": parameters,
    } | fields


def by_role(arn: str) -> dict[str, Any]:
    """The identity of a session of a role."""
    issuer = {"type": "Role", "arn": arn, "accountId": ACCOUNT, "userName": arn.rsplit("/", 1)[-1]}
    return {"type": "AssumedRole", "sessionContext": {"sessionIssuer": issuer}}


@pytest.fixture(scope="module")
def guarded(fleet):
    """Which of the guard's rules tell of a record, asked of EventBridge itself."""
    events = fleet.client("events")
    patterns = {rule: events.describe_rule(Name=f"{STACK}-guard-{rule}")["EventPattern"] for rule in RULES}

    def told(record: Record, patterns: dict[str, str] = patterns) -> set[str]:
        return {rule for rule, pattern in patterns.items() if matches(events, pattern, record)}

    told.patterns = patterns
    return told


@pytest.mark.parametrize(("service", "call", "parameters"), CHANGES)
def test_a_change_to_each_kind_of_thing_is_told_once(guarded, service, call, parameters):
    assert len(guarded(change(service, call, parameters))) == 1


@pytest.mark.parametrize(("service", "call", "parameters"), CHANGES)
def test_a_read_a_failed_try_and_a_neighbour_are_not(guarded, service, call, parameters):
    assert not guarded(change(service, call, parameters, readOnly=True))
    assert not guarded(change(service, call, parameters, errorCode="AccessDenied"))
    assert not guarded(change(service, call, parameters, managementEvent=False))
    if service != "cloudtrail":
        other = json.loads(json.dumps(parameters).replace(STACK, "shop"))
        assert not guarded(change(service, call, other))


def test_bucket_and_keys_are_known_by_what_they_are(fleet, guarded):
    kms = fleet.client("kms")
    for alias in ("logs", "topics"):
        arn = kms.describe_key(KeyId=f"alias/{STACK}-{alias}")["KeyMetadata"]["Arn"]
        record = change("kms", "ScheduleKeyDeletion", {"keyId": arn}, resources=[{"ARN": arn}])
        assert guarded(record) == {"stores"}, alias
    assert guarded(change("s3", "PutBucketPolicy", {"bucketName": fleet.outputs["Bucket"]})) == {"stores"}
    assert not guarded(change("s3", "PutBucketPolicy", {"bucketName": "shop"}))


def test_who_confirms_a_subscription_has_been_asked_to(guarded):
    assert not guarded(change("sns", "ConfirmSubscription", {"topicArn": TOPIC}))
    assert guarded(change("sns", "Subscribe", {"topicArn": TOPIC})) == {"roads"}


def test_the_deploy_role_alone_is_not_told_of(guarded):
    """The stack that stands has no deploy role; the pattern with one differs by its ARN."""
    role = f"arn:aws:iam::{ACCOUNT}:role/deploy"
    named = {rule: pattern.replace('"nobody"', f'"{role}"') for rule, pattern in guarded.patterns.items()}
    assert named != guarded.patterns
    for service, call, parameters in CHANGES:
        assert not guarded(change(service, call, parameters, userIdentity=by_role(role)), named), call
        other = by_role(f"arn:aws:iam::{ACCOUNT}:role/admin")
        assert guarded(change(service, call, parameters, userIdentity=other), named), call
        assert guarded(change(service, call, parameters), named), call


def ordinary() -> list[tuple[str, str]]:
    """Service and call of what the functions do all day, as the functions themselves have it."""
    table = OWN.read_text().split("const ORDINARY", 1)[1].split("];", 1)[0]
    return re.findall(r'\("(\w+)\.amazonaws\.com", "(\w+)"\)', table)


def test_what_the_fleet_does_all_day_calls_for_no_message(fleet, guarded):
    """Else a message could bring about the next. All are by our own roles, on our own things."""
    calls = ordinary()
    assert len(calls) >= 14
    key = fleet.client("kms").describe_key(KeyId=f"alias/{STACK}-topics")["KeyMetadata"]["Arn"]
    things = {
        "cloudtrail": {"maxResults": 50},
        "dynamodb": {"tableName": f"{STACK}-state"},
        "events": {"eventBusName": "default"},
        "kms": {"keyId": key},
        "logs": {"logGroupName": f"/aws/lambda/{STACK}-alerts"},
        "organizations": {},
        "s3": {"bucketName": fleet.outputs["Bucket"]},
        "sns": {"topicArn": TOPIC},
        "sqs": {"queueUrl": QUEUE},
    }
    for service, call in calls:
        record = change(
            service, call, things[service], userIdentity=by_role(f"arn:aws:iam::{ACCOUNT}:role/{STACK}-x")
        )
        record["resources"] = [{"ARN": key}]
        if service in ("cloudtrail", "kms", "organizations"):
            record["readOnly"] = True  # as CloudTrail has it of what keys are used for
        elif service != "logs":
            record["managementEvent"] = False
        assert not guarded(record), f"{service} {call}"


def test_an_event_that_aws_has_not_sent_is_nothing(guarded, templates):
    pattern = templates["guard.yaml"]["Resources"]["Code"]["Properties"]["EventPattern"]
    assert pattern["source"] == [{"prefix": {"Ref": "SourcePrefix"}}]
    forged = {rule: text.replace(SOURCE_PREFIX, "aws.") for rule, text in guarded.patterns.items()}
    assert not guarded(change(*CHANGES[0]), forged)


def test_a_pattern_is_short_enough_for_aws_whatever_the_names(guarded):
    longest = {f"{STACK}-": "s" * 40 + "-", "nobody": f"arn:aws-us-gov:iam::{ACCOUNT}:role/" + "r" * 64}
    for rule, text in guarded.patterns.items():
        text = json.dumps(json.loads(text), separators=(",", ":"))
        for short, long in longest.items():
            text = text.replace(short, long)
        assert len(text) <= 2048, rule


def test_the_message_reads_well_and_passes_no_function(fleet):
    fleet.settle()
    fleet.mails()
    fleet.put_events([change("lambda", "DeleteFunction20150331", {"functionName": f"{STACK}-alerts"})])
    mails = wait_for(fleet.mails, "the guard's message")
    (message,) = [mail["Message"] for mail in mails if not mail.get("MessageAttributes")]
    lines = message.splitlines()
    assert lines[0] == f'"[CRITICAL] Trailhound itself was changed, in account {ACCOUNT}, region {REGION}."'
    assert (
        f"IAMUser arn:aws:iam::{ACCOUNT}:user/maria, from 203.0.113.77, at 2026-11-22T14:02:11Z" in lines[1]
    )
    assert lines[2] == f'"On: {STACK}-alerts"'
    assert "<" not in message, "every gap is filled"
    fleet.settle()
    fleet.mails()


def test_all_rules_say_the_same_and_leave_no_gap_open(templates):
    rules = templates["guard.yaml"]["Resources"].values()
    said = set()
    for rule in rules:
        (target,) = rule["Properties"]["Targets"]
        assert target["DeadLetterConfig"]["Arn"] == {"Ref": "DeadLettersArn"}
        transformer = target["InputTransformer"]
        gaps = set(re.findall(r"<(\w+)>", transformer["InputTemplate"]))
        assert gaps == set(transformer["InputPathsMap"])
        said.add(re.sub(r"On: [^\"]*", "On:", transformer["InputTemplate"]))
    assert len(said) == 1
