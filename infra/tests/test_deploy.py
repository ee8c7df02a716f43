"""A mistake in the file of parameters is told before anything is built or uploaded."""

from __future__ import annotations

import json

import pytest
from conftest import INFRA
from deploy import destroy, mistake, own_role, switched_on
from fleet import STACK, launch
from stack import CAPABILITIES

GOOD = {"MailAddress": "security@example.com"}


def test_the_example_is_complete_and_names_only_what_there_is(templates):
    example = json.loads((INFRA / "sam" / "parameters.example.json").read_text())["Parameters"]
    assert set(example) <= set(templates["template.yaml"]["Parameters"])


def test_the_example_is_good(tmp_path):
    path = tmp_path / "parameters.json"
    path.write_text((INFRA / "sam" / "parameters.example.json").read_text())
    assert mistake(path) is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "MailAddress is empty"),
        (GOOD | {"LogRetentionDays": 400}, "LogRetentionDays: put the value in quotes"),
        (GOOD | {"ExistingKeyArn": "arn:aws:kms:…"}, "belongs to ExistingBucket"),
        (GOOD | {"ExistingTopicArn": "arn:aws:sns:…"}, "belongs to ExistingBucket"),
    ],
)
def test_each_mistake_is_named(tmp_path, given, said):
    path = tmp_path / "parameters.json"
    path.write_text(json.dumps({"Parameters": given}))
    assert said in mistake(path)


def test_a_file_of_another_shape_or_none_is_named(tmp_path):
    path = tmp_path / "parameters.json"
    assert "does not exist" in mistake(path)
    for text in ("[]", "not json", json.dumps(GOOD)):
        path.write_text(text)
        assert str(path) in mistake(path)


@pytest.mark.parametrize(
    ("caller", "role"),
    [
        ("arn:aws:sts::111122223333:assumed-role/deploy/ci-4821", "arn:aws:iam::111122223333:role/deploy"),
        ("arn:aws-cn:sts::111122223333:assumed-role/deploy/x", "arn:aws-cn:iam::111122223333:role/deploy"),
        ("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/maria", None),
        ("arn:aws:iam::111122223333:user/maria", None),
        ("arn:aws:iam::111122223333:root", None),
    ],
)
def test_whoever_deploys_is_the_deploy_role_if_it_is_a_role(caller, role):
    assert own_role(caller) == role


def test_what_is_destroyed_is_gone(fleet, tmp_path):
    other = launch(fleet.local, tmp_path / "packaged.yaml", {}, account="444455556666")
    assert destroy(other.client("cloudformation"), STACK) == 0
    assert other.client("lambda").list_functions()["Functions"] == []
    assert other.client("dynamodb").list_tables()["TableNames"] == []
    queues = other.client("sqs").list_queues().get("QueueUrls", [])
    assert [url for url in queues if not url.endswith("-captured")] == []


def test_logs_their_policy_and_their_key_outlive_their_stack(fleet):
    """By itself, since the local AWS forgets what is to be kept when the stack is inside another."""
    formation, s3 = fleet.client("cloudformation"), fleet.client("s3")
    bucket = "kept-logs"
    numbers = {"LogVisibilitySeconds": "60", "EventVisibilitySeconds": "60"}
    empty = {"ExistingBucket": "", "ExistingTopicArn": "", "SourcePrefix": "local.", "OrganizationId": ""}
    doors = stand(formation, "doors", {"Prefix": "kept", "BucketName": bucket, **numbers, **empty})
    alone = {"OrganizationId": "", "TrailAccountId": "111122223333"}
    plain = {"MakeTrail": "false", "RetentionDays": "90", "Emulator": "true", **alone}
    queue = doors["LogQueueArn"]
    key = stand(formation, "logs", {"Prefix": "kept", "BucketName": bucket, "LogQueueArn": queue, **plain})
    s3.put_object(Bucket=bucket, Key="AWSLogs/kept", Body=b"a log file")

    for stack in ("kept-logs", "kept-doors"):
        assert destroy(formation, stack) == 0

    assert s3.get_object(Bucket=bucket, Key="AWSLogs/kept")["Body"].read() == b"a log file"
    assert "CloudTrailDelivers" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    assert fleet.client("kms").describe_key(KeyId=key["KeyArn"])["KeyMetadata"]["KeyState"] == "Enabled"


def test_each_region_that_is_switched_on_has_its_alarm(fleet):
    regions = switched_on(fleet.client("ec2"))
    assert {"eu-west-1", "us-east-1"} <= set(regions)
    formation = fleet.client("cloudformation")
    topic = "arn:aws:sns:us-east-1:111122223333:mail"
    stand(formation, "regions", {"Prefix": "kept", "AlarmTopicArn": topic, "Regions": ",".join(regions)})
    pages = fleet.client("cloudwatch").get_paginator("describe_alarms").paginate()
    silent = {
        alarm["Dimensions"][1]["Value"]
        for page in pages
        for alarm in page["MetricAlarms"]
        if alarm["AlarmName"].startswith("kept-") and alarm["AlarmName"].endswith("-silent")
    }
    assert silent == set(regions)
    assert destroy(formation, "kept-regions") == 0


def stand(formation, template: str, parameters: dict[str, str]) -> dict[str, str]:
    """Makes a stack of one of the templates; answers what it tells."""
    name = f"kept-{template}"
    formation.create_stack(
        StackName=name,
        TemplateBody=(INFRA / "sam" / f"{template}.yaml").read_text(),
        Capabilities=list(CAPABILITIES),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    outputs = formation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}
