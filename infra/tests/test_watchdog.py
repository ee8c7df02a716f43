"""The watchdog misses what does not come, and tells of it by mail."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fleet import STACK, Fleet, launch, let_publish_batches, wait_for
from permissions import listed
from roles import statements

ACCOUNT = "131313131313"
FUNCTION = f"{STACK}-watchdog"


@pytest.fixture(scope="module")
def watched(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A fleet in an account of its own, which is that of an organization."""
    packaged = tmp_path_factory.mktemp("watched") / "packaged.yaml"
    given = {"AskOrganizations": "true", "Language": "both"}
    watched = launch(fleet.local, packaged, given, account=ACCOUNT)
    let_publish_batches(watched, watched.outputs["FindingsTopicArn"], "watchdog")
    return watched


@pytest.fixture(scope="module")
def payments(watched: Fleet) -> str:
    """An account of the organization, two units down, with a name that would break a mail."""
    organizations = watched.client("organizations")
    (root,) = organizations.list_roots()["Roots"]
    parent = root["Id"]
    for name in ("Workloads", "Prod"):
        unit = organizations.create_organizational_unit(ParentId=parent, Name=name)
        parent = unit["OrganizationalUnit"]["Id"]
    made = organizations.create_account(AccountName="Payments\u202e https://evil.example", Email="a@example.com")
    account = made["CreateAccountStatus"]["AccountId"]
    organizations.move_account(AccountId=account, SourceParentId=root["Id"], DestinationParentId=parent)
    assert look(watched, "directory")["directory"]["AccountsListed"] == 2
    return account


def put_digest(fleet: Fleet, region: str, hours_ago: float, account: str = ACCOUNT) -> None:
    """Lays a digest into the bucket, named as CloudTrail names it."""
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    name = f"{account}_CloudTrail-Digest_{region}_main_us-east-1_{at:%Y%m%dT%H%M%SZ}.json.gz"
    key = f"AWSLogs/{account}/CloudTrail-Digest/{region}/{at:%Y/%m/%d}/{name}"
    fleet.client("s3").put_object(Bucket=fleet.outputs["Bucket"], Key=key, Body=b"{}")


def remembered(fleet: Fleet, change) -> None:
    """Changes what the watchdog remembers of accounts, as if time had passed."""
    table = fleet.client("dynamodb")
    name, key = fleet.outputs["StateTable"], {"key": {"S": "watch#coverage"}}
    item = table.get_item(TableName=name, Key=key)["Item"]
    coverage = json.loads(item["value"]["B"])
    change(coverage["accounts"])
    item["value"]["B"] = json.dumps(coverage).encode()
    table.put_item(TableName=name, Item=item)


def one_mail(fleet: Fleet) -> dict[str, Any]:
    """The one mail that was sent since the last call."""
    mails: list[dict[str, Any]] = []
    wait_for(lambda: mails.extend(fleet.mails()) or mails, "a mail")
    fleet.settle()
    assert len(mails) == 1, [mail["Subject"] for mail in mails]
    return mails[0]


def look(fleet: Fleet, *tasks: str) -> dict[str, Any]:
    """What a round of the watchdog says of each of its tasks."""
    payload = json.dumps({"tasks": tasks}) if tasks else "{}"
    answer = fleet.client("lambda").invoke(FunctionName=FUNCTION, Payload=payload)
    told = json.load(answer["Payload"])
    assert "FunctionError" not in answer, told
    return told


def test_it_does_what_it_is_asked_and_says_so(watched, payments):
    assert set(look(watched)) - {"canaries"} == {"directory", "coverage", "reconcile", "canary"}
    assert set(look(watched, "coverage")) == {"coverage"}
    (_, line) = watched.metrics("watchdog")[-2:]
    assert (line["WatchTasks"], line["WatchTasksFailed"]) == (1, 0)


def test_what_nobody_does_is_an_error(watched):
    answer = watched.client("lambda").invoke(FunctionName=FUNCTION, Payload='{"tasks": ["bark"]}')
    assert "it must be one of directory, coverage" in answer["Payload"].read().decode()
    assert "FunctionError" in answer


def test_the_clock_calls_it_and_asks_for_tasks_that_there_are(watched):
    events = watched.client("events")
    rule = events.describe_rule(Name=f"{FUNCTION}-hourly")
    assert (rule["State"], rule["ScheduleExpression"]) == ("ENABLED", "rate(1 hour)")
    (target,) = events.list_targets_by_rule(Rule=f"{FUNCTION}-hourly")["Targets"]
    tasks = json.loads(target["Input"])["tasks"]
    assert set(look(watched, *tasks)) == set(tasks)
    policy = json.loads(watched.client("lambda").get_policy(FunctionName=FUNCTION)["Policy"])
    canaries = events.describe_rule(Name=f"{FUNCTION}-canary")
    allowed = [allow["Condition"]["ArnLike"]["AWS:SourceArn"] for allow in policy["Statement"]]
    assert sorted(allowed) == sorted([rule["Arn"], canaries["Arn"]])


def test_it_may_look_and_tell_and_change_nothing(watched):
    granted = {action for one in statements(watched, "watchdog") for action in listed(one["Action"])}
    assert granted == {
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("dynamodb:BatchGetItem", "dynamodb:PutItem"),
        *("sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"),
        # Canaries: test_canary.py.
        *("events:PutEvents", "sns:ListSubscriptionsByTopic", "sqs:ReceiveMessage", "sqs:DeleteMessage"),
        "s3:ListBucket",
        *("organizations:ListRoots", "organizations:ListAccountsForParent"),
        "organizations:ListOrganizationalUnitsForParent",
    }


def test_a_region_that_falls_silent_is_one_mail_in_both_languages(watched, payments):
    for region, hours_ago in (("eu-west-1", 0), ("eu-west-2", 1), ("us-east-1", 5)):
        put_digest(watched, region, hours_ago)
    told = look(watched, "coverage")["coverage"]
    # The account was looked at before, so that its three regions are new; that waits for company.
    assert (told["RegionsSilent"], told["GapsTold"], told["AccountsLookedAt"]) == (1, 3 + 1, 2)
    mail = one_mail(watched)
    assert mail["Subject"].startswith("[CRITICAL] ") and "region us-east-1" in mail["Subject"]
    attributes = {name: one["Value"] for name, one in mail["MessageAttributes"].items()}
    assert (attributes["rule"], attributes["region"]) == ("trailhound-region-silent", "us-east-1")
    for part in ("WHAT TO DO", "如何处理", "aws cloudtrail describe-trails --region us-east-1"):
        assert part in mail["Message"]
    assert look(watched, "coverage")["coverage"]["GapsTold"] == 0, "it is told once"
    put_digest(watched, "us-east-1", 0)
    assert look(watched, "coverage")["coverage"]["RegionsSilent"] == 0


def test_an_account_that_nobody_hears_is_told_by_its_name_and_unit(watched, payments):
    look(watched, "coverage")

    def a_day_ago(accounts: dict[str, Any]) -> None:
        accounts[payments]["s"] -= 25 * 3600

    remembered(watched, a_day_ago)
    told = look(watched, "coverage")["coverage"]
    assert (told["AccountsSilent"], told["GapsTold"]) == (1, 1)
    mail = one_mail(watched)
    assert mail["Subject"].startswith("[HIGH] Payments")
    assert "https://" not in mail["Subject"]
    assert f"hxxps://evil.example ({payments}), unit Workloads/Prod" in mail["Message"]
    assert "组织单元 Workloads/Prod" in mail["Message"]
    assert "https://evil" not in mail["Message"] and "\u202e" not in mail["Message"]
    put_digest(watched, "eu-west-1", 0, account=payments)
    assert look(watched, "coverage")["coverage"]["AccountsSilent"] == 0


def test_a_new_region_and_a_new_account_wait_for_company(watched, payments):
    look(watched, "coverage")
    put_digest(watched, "me-south-1", 0)
    put_digest(watched, "eu-west-1", 0, account="999900001111")
    assert look(watched, "coverage")["coverage"]["GapsTold"] == 2
    watched.settle()
    assert watched.mails() == [], "those below high are gathered"


def test_a_bucket_that_cannot_be_listed_fails_this_task_alone(watched, payments):
    iam, role = watched.client("iam"), watched.role("watchdog")
    deny = {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam.put_role_policy(RoleName=role, PolicyName="deny", PolicyDocument=policy)
    try:
        told = look(watched)
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="deny")
    assert told["coverage"]["failed"].startswith("S3 does not list the bucket: 403 AccessDenied")
    assert told["directory"]["AccountsListed"] == 2
    assert watched.metrics("watchdog")[-1]["WatchTasksFailed"] == 1
