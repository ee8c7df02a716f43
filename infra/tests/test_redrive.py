"""Dead letters come back whole, once, and none is lost."""

from __future__ import annotations

import pytest
from redrive import redrive

DEAD = "spare-dead"


@pytest.fixture
def sqs(fleet):
    """Two empty queues that no function works off."""
    client = fleet.client("sqs")
    urls = [client.create_queue(QueueName=name)["QueueUrl"] for name in ("spare", DEAD)]
    yield client
    for url in urls:
        client.delete_queue(QueueUrl=url)


def send(sqs, count: int) -> None:
    url = sqs.get_queue_url(QueueName=DEAD)["QueueUrl"]
    level = {"level": {"DataType": "String", "StringValue": "high"}}
    for number in range(count):
        sqs.send_message(QueueUrl=url, MessageBody=f"letter {number}", MessageAttributes=level)


def receive(sqs, queue: str) -> list[dict]:
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    found = []
    while batch := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=60
    ).get("Messages"):
        found += batch
    return found


def test_all_come_back_with_their_attributes(sqs):
    send(sqs, 25)
    assert redrive(sqs, "spare") == 25
    back = receive(sqs, "spare")
    assert {message["Body"] for message in back} == {f"letter {number}" for number in range(25)}
    assert all(message["MessageAttributes"]["level"]["StringValue"] == "high" for message in back)
    assert receive(sqs, DEAD) == []


def test_no_more_come_back_than_were_asked_for(sqs):
    send(sqs, 5)
    assert redrive(sqs, "spare", most=3) == 3
    assert (len(receive(sqs, "spare")), len(receive(sqs, DEAD))) == (3, 2)


def test_an_empty_queue_is_no_error(sqs):
    assert redrive(sqs, "spare") == 0
