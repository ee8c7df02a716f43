"""The watchdog misses what does not come, and tells of it by mail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fleet import STACK, Fleet, launch
from permissions import listed
from roles import statements

ACCOUNT = "666677778888"
FUNCTION = f"{STACK}-watchdog"


@pytest.fixture(scope="module")
def watched(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A fleet in an account of its own."""
    packaged = tmp_path_factory.mktemp("watched") / "packaged.yaml"
    return launch(fleet.local, packaged, {}, account=ACCOUNT)


def look(fleet: Fleet, *tasks: str) -> dict[str, Any]:
    """What a round of the watchdog says of each of its tasks."""
    payload = json.dumps({"tasks": tasks}) if tasks else "{}"
    answer = fleet.client("lambda").invoke(FunctionName=FUNCTION, Payload=payload)
    told = json.load(answer["Payload"])
    assert "FunctionError" not in answer, told
    return told


def test_it_does_what_it_is_asked_and_says_so(watched):
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
    (allow,) = policy["Statement"]
    assert allow["Condition"] == {"ArnLike": {"AWS:SourceArn": rule["Arn"]}}


def test_it_may_look_and_tell_and_change_nothing(watched):
    granted = {action for one in statements(watched, "watchdog") for action in listed(one["Action"])}
    assert granted == {
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("dynamodb:BatchGetItem", "dynamodb:PutItem"),
        *("sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"),
        # Canaries: test_canary.py.
        *("events:PutEvents", "sns:ListSubscriptionsByTopic", "sqs:ReceiveMessage", "sqs:DeleteMessage"),
    }
