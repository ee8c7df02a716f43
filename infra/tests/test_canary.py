"""A harmless message goes the way of an alert and no person hears of it; and what one door has not seen is missed."""

from __future__ import annotations

import json
import time
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from emulator import REGION
from fleet import FOR_EMULATOR, STACK, Fleet, Record, launch, wait_for
from permissions import listed
from roles import statements
from test_watchdog import look

ACCOUNT = "121212121212"
EVERY_MINUTES = 5
HOPS = ("bus", "findings", "topic", "queue")
FLIGHTS = {"key": {"S": "canary#flights"}}
SOURCE, KIND = "trailhound.canary", "Trailhound Canary"


@pytest.fixture(scope="module")
def flown(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A fleet in an account of its own that lets canaries fly, and compares all events."""
    packaged = tmp_path_factory.mktemp("flown") / "packaged.yaml"
    given = {"CanaryMinutes": str(EVERY_MINUTES), "ReconcileOneIn": "1", "Level": "low"}
    running = launch(fleet.local, packaged, given, account=ACCOUNT)
    # The local AWS does not know `events:source`, the condition of this right: here without it.
    allow = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    running.client("iam").put_role_policy(
        RoleName=running.role("watchdog"), PolicyName=FOR_EMULATOR, PolicyDocument=policy
    )
    yield running
    # Whatever was tried: nobody was mailed, nothing failed.
    assert running.mails() == []
    assert running.waiting("events-dead", "findings-dead") == 0


@pytest.fixture
def flying(flown: Fleet) -> Fleet:
    """The same, with none on its way."""
    flown.client("dynamodb").delete_item(TableName=flown.outputs["StateTable"], Key=FLIGHTS)
    flown.take("canary")
    return flown


def fly(running: Fleet) -> dict[str, Any]:
    """Takes canaries in, lets the next one fly, and waits until it has gone as far as it goes."""
    told = look(running, "canary")
    running.settle()
    return told


def let_time_pass(running: Fleet, minutes: int) -> None:
    """Makes all canaries that are remembered older."""
    dynamodb, table = running.client("dynamodb"), running.outputs["StateTable"]
    item = dynamodb.get_item(TableName=table, Key=FLIGHTS, ConsistentRead=True)["Item"]
    older = {}
    for slot, flight in json.loads(item["value"]["B"]).items():
        sent = datetime.fromisoformat(flight["sent"]) - timedelta(minutes=minutes)
        flight["sent"] = sent.isoformat().replace("+00:00", "Z")
        older[int(slot) - minutes // EVERY_MINUTES] = flight
    item["value"] = {"B": json.dumps(older).encode()}
    dynamodb.put_item(TableName=table, Item=item)


def put(running: Fleet, kind: str, detail: dict[str, Any]) -> None:
    """Puts on the bus what anybody may put there who may put anything."""
    entry = {"Source": SOURCE, "DetailType": kind, "Detail": json.dumps(detail)}
    assert running.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    running.settle()


def summed(running: Fleet, function: str, metric: str) -> int:
    """What a function has counted so far."""
    return sum(line.get(metric, 0) for line in running.metrics(function))


def stay_in_one_slot(seconds: float = 45) -> None:
    """Waits for the next slot, if this one is over so soon."""
    left = EVERY_MINUTES * 60 - time.time() % (EVERY_MINUTES * 60)
    if left < seconds:
        time.sleep(left + 1)


def test_it_goes_all_the_way_and_each_hop_is_timed(flying):
    stay_in_one_slot()
    before = len(flying.metrics("watchdog"))
    assert fly(flying)["canaries"] == {"arrived": [], "lost": 0, "strangers": 0}
    wait_for(lambda: flying.waiting("canary") == 1, "the canary to arrive")
    told = fly(flying)
    (hops,) = told["canaries"]["arrived"]
    assert tuple(sorted(hops)) == tuple(sorted(HOPS)), told
    assert all(0 <= seconds < 60 for seconds in hops.values()), hops
    lines = flying.metrics("watchdog")[before:]
    timed = {line["hop"]: line["CanarySeconds"] for line in lines if "hop" in line}
    assert set(timed) == set(HOPS)
    assert all(line["CanaryLost"] == 0 for line in lines if "hop" not in line)
    # In the same slot no other flies.
    assert flying.waiting("canary") == 0
    print("seconds of a canary:", hops)


def test_it_counts_for_nothing_on_its_way(flying):
    counted = [("eventbridge", "RecordsIn"), ("eventbridge", "AlertsPublished"), ("alerts", "FindingsIn")]
    counted += [("alerts", "MailsSent"), ("alerts", "AlertsTold"), ("alerts", "FindingsFailed")]
    before = [summed(flying, *metric) for metric in counted]
    fly(flying)
    wait_for(lambda: flying.waiting("canary") == 1, "the canary to arrive")
    assert [summed(flying, *metric) for metric in counted] == before
    assert flying.mails() == []


def test_where_the_rule_is_off_it_is_lost_and_a_metric_says_so(flying):
    events = flying.client("events")
    events.disable_rule(Name=f"{STACK}-events")
    try:
        fly(flying)
    finally:
        events.enable_rule(Name=f"{STACK}-events")
    assert flying.waiting("canary") == 0
    let_time_pass(flying, 10)
    before = summed(flying, "watchdog", "CanaryLost")
    told = fly(flying)
    assert (told["canaries"]["arrived"], told["canaries"]["lost"]) == ([], 1)
    assert summed(flying, "watchdog", "CanaryLost") == before + 1
    # The next one flies, now that the rule is on again; the lost one is told once.
    wait_for(lambda: flying.waiting("canary") == 1, "the next one to arrive")
    told = fly(flying)
    assert (len(told["canaries"]["arrived"]), told["canaries"]["lost"]) == (1, 0)


def test_a_forged_one_does_nothing(flying):
    fly(flying)
    wait_for(lambda: flying.waiting("canary") == 1, "the true one to arrive")
    now = datetime.now(UTC)
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    slot = int(now.timestamp()) // (EVERY_MINUTES * 60)
    form = {"schema": "trailhound.canary/1", "slot": slot, "nonce": uuid.uuid4().hex, "sent": stamp}
    stop = call("StopLogging", now, eventSource="cloudtrail.amazonaws.com")
    counted = [("eventbridge", "RecordsIn"), ("eventbridge", "AlertsPublished"), ("alerts", "FindingsIn")]
    before = [summed(flying, *metric) for metric in counted]
    put(flying, KIND, form)
    put(flying, KIND, stop)
    # Not even the rule takes this one.
    put(flying, "AWS API Call via CloudTrail", stop)
    topic = flying.outputs["FindingsTopicArn"]
    attributes = {"kind": {"DataType": "String", "StringValue": "canary"}}
    flying.client("sns").publish(TopicArn=topic, Message=json.dumps(form), MessageAttributes=attributes)
    flying.settle()
    assert [summed(flying, *metric) for metric in counted] == before
    assert flying.waiting("canary") == 1, "the true one alone"
    log = "\n".join(flying.logs("eventbridge") + flying.logs("alerts"))
    assert log.count("somebody has sent what looks like a canary") == 2


def test_none_flies_where_a_person_would_hear_of_it(flying):
    sns, topic = flying.client("sns"), flying.outputs["FindingsTopicArn"]
    person = sns.subscribe(
        TopicArn=topic, Protocol="email", Endpoint="maria@example.com", ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    try:
        told = fly(flying)
    finally:
        sns.unsubscribe(SubscriptionArn=person)
    assert "1 of the subscriptions" in told["canary"]["failed"], told
    assert flying.waiting("canary") == 0
    assert summed(flying, "watchdog", "WatchTasksFailed") >= 1


def test_the_watchdog_may_put_canaries_on_the_bus_and_nothing_else(flown):
    (put_events,) = [one for one in statements(flown, "watchdog") if "events:PutEvents" in listed(one["Action"])]
    assert put_events["Resource"] == f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
    assert put_events["Condition"] == {"StringEquals": {"events:source": SOURCE, "events:detail-type": KIND}}


def call(name: str, at: datetime, **fields: Any) -> Record:
    """A call that changes something, and no rule is about."""
    user = {"type": "IAMUser", "userName": "maria", "accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:user/maria"}
    return {
        "eventVersion": "1.11",
        "userIdentity": user,
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "glue.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "203.0.113.77",
        "userAgent": "console.amazonaws.com",
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    } | fields


def test_what_was_withheld_from_the_fast_door_is_missed(flown):
    # An hour that begins while this runs makes them older, which changes nothing.
    before, then = (datetime.now(UTC) - timedelta(hours=hours) for hours in (6, 4))
    first = [call("TagResource", before) for _ in range(3)]
    records = [call("TagResource", then) for _ in range(8)]
    elsewhere = [call("TagResource", then, awsRegion="eu-west-3") for _ in range(2)]
    flown.put_log_file(first + records)
    flown.put_log_file(elsewhere)
    flown.put_events(first + records[:-1])
    flown.settle()
    told = look(flown, "reconcile")["reconcile"]
    assert (told["EventBridgeMissed"], told["EventBridgeExpected"]) == (1, 8)
    assert told["EventBridgeLosing"] == told["LogsMissing"] == told["LogsLosing"] == 0
    log = [json.loads(line) for line in flown.logs("watchdog") if "EventBridge missed" in line]
    assert re.search(r"EventBridge missed 1 of 8, log files lack 0 of 0", json.dumps(log[-1]))
    assert f"{ACCOUNT}/eu-west-3" in json.dumps(log[-1]), "it is said that it is not forwarded"
    assert look(flown, "reconcile")["reconcile"] == {}, "an hour is compared once"


def test_log_files_without_what_the_fast_door_has_seen_are_missed(flown):
    table, dynamodb = flown.outputs["StateTable"], flown.client("dynamodb")
    dynamodb.delete_item(TableName=table, Key={"key": {"S": "bridge#known"}})
    before, then = (datetime.now(UTC) - timedelta(hours=hours) for hours in (12, 9))
    first = [call("TagResource", before) for _ in range(3)]
    absent = [call("TagResource", then) for _ in range(4)]
    flown.put_log_file(first)
    flown.put_events(first + absent)
    flown.settle()
    told = look(flown, "reconcile")["reconcile"]
    assert (told["LogsMissing"], told["LogsLosing"]) == (4, 2), "the place, and all"
    assert any("log files lack more than chance explains" in line for line in flown.logs("watchdog"))
