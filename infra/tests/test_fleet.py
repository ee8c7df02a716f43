"""The fleet end to end: what comes in by either door is mailed once, and what fails is not lost.

The functions run as they were built; the stack is the template's, on a local AWS that enforces policies.
"""

from __future__ import annotations

import json

import pytest
from conftest import INFRA
from fleet import STACK, log_file_key, records_of, wait_for
from redrive import redrive

EVENTS = INFRA.parent / "events"
STOLEN_KEY = records_of(EVENTS / "stolen-key-to-admin.json")
TRAIL_BLINDED = records_of(EVENTS / "trail-blinded.json")
SNAPSHOT_SHARED = records_of(EVENTS / "snapshot-shared.json")
CONSOLE_TAKEOVER = records_of(EVENTS / "console-takeover.json")
BUCKET_PUBLIC = records_of(EVENTS / "bucket-made-public.json")


@pytest.fixture(autouse=True)
def tidy(fleet):
    """Each test begins and ends with empty queues."""
    fleet.settle()
    fleet.mails()
    yield
    fleet.settle()


def subjects(fleet) -> list[str]:
    """The subjects of the mails that have been sent once all is worked off.

    Of the fleet's own: what EventBridge tells by itself of changes to trails carries no attributes.
    """
    fleet.settle()
    return sorted(mail["Subject"] for mail in fleet.mails() if mail.get("MessageAttributes"))


def test_a_log_file_becomes_mails(fleet):
    fleet.put_log_file(STOLEN_KEY)
    found = subjects(fleet)
    assert any("CRITICAL" in subject or "HIGH" in subject for subject in found), found


def test_what_one_door_has_told_the_other_does_not_tell_again(fleet):
    fleet.put_events(TRAIL_BLINDED)
    first = subjects(fleet)
    assert first
    fleet.put_log_file(TRAIL_BLINDED)
    fleet.put_log_file(TRAIL_BLINDED)
    fleet.put_events(TRAIL_BLINDED)
    again = [subject for subject in subjects(fleet) if subject in first]
    assert again == []


def test_a_mail_carries_what_subscribers_filter_by(fleet):
    fleet.put_log_file(SNAPSHOT_SHARED)
    fleet.settle()
    mails = fleet.mails()
    assert mails
    for mail in mails:
        assert {"level", "level_num", "account", "region", "rule", "kind"} <= set(mail["MessageAttributes"])
        assert len(mail["Subject"]) < 100 and mail["Subject"].isascii() and "\n" not in mail["Subject"]


def test_what_did_not_follow_is_told_once_the_clock_has_ticked(fleet):
    fleet.put_log_file(SNAPSHOT_SHARED)
    assert not any("not taken back" in subject for subject in subjects(fleet)), "nobody knows yet"
    tick = {"detail-type": "Scheduled Event", "time": "2030-01-01T00:00:00Z", "detail": {}}
    for _ in range(2):
        fleet.client("sqs").send_message(QueueUrl=fleet.queue("events"), MessageBody=json.dumps(tick))
    told = [subject for subject in subjects(fleet) if "not taken back" in subject]
    assert len(told) == 1, told


def test_what_cannot_be_read_ends_alone_and_comes_back_once_it_is_mended(fleet):
    sqs, bucket = fleet.client("sqs"), fleet.outputs["Bucket"]
    key = log_file_key(BUCKET_PUBLIC)
    policy = fleet.client("s3").get_bucket_policy(Bucket=bucket)["Policy"]
    forbid(fleet, bucket, key, policy)
    hidden = sqs.get_queue_attributes(QueueUrl=fleet.queue("logs"), AttributeNames=["VisibilityTimeout"])
    hidden = hidden["Attributes"]["VisibilityTimeout"]
    sqs.set_queue_attributes(QueueUrl=fleet.queue("logs"), Attributes={"VisibilityTimeout": "1"})

    fleet.put_log_file(BUCKET_PUBLIC[: len(BUCKET_PUBLIC) // 2], key=key)
    fleet.put_log_file(BUCKET_PUBLIC)
    wait_for(lambda: fleet.waiting("logs-dead") == 1, "the forbidden file to be given up")
    assert subjects(fleet), "its neighbour was judged all the same"
    assert any("access denied" in line for line in fleet.logs("s3-logs"))

    fleet.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    assert redrive(sqs, f"{STACK}-logs") == 1
    fleet.settle()
    assert fleet.waiting("logs-dead") == 0
    sqs.set_queue_attributes(QueueUrl=fleet.queue("logs"), Attributes={"VisibilityTimeout": hidden})


def test_what_comes_while_a_function_is_held_back_is_only_late(fleet):
    function = f"{STACK}-eventbridge"
    client = fleet.client("lambda")
    client.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    fleet.put_events(CONSOLE_TAKEOVER)
    wait_for(lambda: fleet.waiting("events") == len(CONSOLE_TAKEOVER), "the events to lie in the queue")
    assert fleet.mails() == []
    client.delete_function_concurrency(FunctionName=function)
    assert subjects(fleet)


def forbid(fleet, bucket: str, key: str, policy: str) -> None:
    """Keeps everybody from reading one object."""
    document = json.loads(policy)
    document["Statement"].append(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": f"arn:aws:s3:::{bucket}/{key}",
        }
    )
    fleet.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


def test_the_functions_log_lines_that_machines_read(fleet):
    fleet.put_log_file(SNAPSHOT_SHARED)
    fleet.settle()
    metrics = fleet.metrics("s3-logs")
    assert metrics
    for line in metrics:
        if "RecordsIn" in line:
            read = line["RecordsJudged"] + line["RecordsSkipped"] + line["RecordsFailed"]
            assert line["RecordsIn"] == read, line
