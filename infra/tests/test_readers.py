"""Whether anybody reads mails is looked at once an hour, and told by chat: a stack of its own on the local AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from emulator import REGION
from fleet import Fleet, launch

ACCOUNT = "333344445555"
CHAT = f"arn:aws:sns:{REGION}:{ACCOUNT}:chat"
ITEM = {"key": {"S": "mail#readers"}}


@pytest.fixture(scope="module")
def watched(fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A fleet with a chat room."""
    packaged = tmp_path_factory.mktemp("watched") / "packaged.yaml"
    running = launch(fleet.local, packaged, {"ChatTopicArn": CHAT}, account=ACCOUNT)
    running.client("sns").create_topic(Name="chat")
    running.capture(CHAT, "chat-captured")
    yield running


def looks(running: Fleet) -> list[dict]:
    """What was found each time that it was looked who reads."""
    return [line for line in running.metrics("alerts") if "ReadersConfirmed" in line]


def an_hour_later(running: Fleet) -> None:
    """Lets the last look have been two hours ago, and the clock tick."""
    table, name = running.client("dynamodb"), running.outputs["StateTable"]
    item = table.get_item(TableName=name, Key=ITEM, ConsistentRead=True).get("Item")
    if item:
        value = json.loads(item["value"]["B"])
        value["at"] = "2020-01-01T00:00:00Z"
        item["value"] = {"B": json.dumps(value).encode()}
        table.put_item(TableName=name, Item=item)
    running.tick()


def leave(running: Fleet, protocol: str) -> None:
    """Ends the subscriptions of this kind."""
    sns, topic = running.client("sns"), running.outputs["MailTopicArn"]
    for subscription in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
        if subscription["Protocol"] == protocol:
            sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])


def told(running: Fleet) -> list[dict]:
    """What the room was told since this was asked last."""
    return [json.loads(mail["Message"])["content"] for mail in running.mails("chat-captured")]


def test_a_reader_who_is_lost_is_noticed_counted_and_told_to_the_room_once(watched):
    sns, topic = watched.client("sns"), watched.outputs["MailTopicArn"]
    # The local AWS takes every address for confirmed.
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="maria@example.com")
    an_hour_later(watched)
    found = looks(watched)[-1]
    assert (found["ReadersConfirmed"], found["ReadersLost"]) == (2, 0)
    assert told(watched) == []

    leave(watched, "email")
    an_hour_later(watched)
    found = looks(watched)[-1]
    assert (found["ReadersConfirmed"], found["ReadersLost"]) == (1, 1)
    (content,) = told(watched)
    assert "1 subscription is gone" in content["description"] and "Nobody" not in content["description"]
    assert f"--topic-arn {topic}" in content["nextSteps"][0]

    leave(watched, "sqs")
    an_hour_later(watched)
    assert looks(watched)[-1]["ReadersConfirmed"] == 0
    (content,) = told(watched)
    assert "Nobody reads the mails" in content["description"]

    an_hour_later(watched)
    assert (looks(watched)[-1]["ReadersConfirmed"], looks(watched)[-1]["ReadersLost"]) == (0, 0)
    assert told(watched) == [], "told once"


def test_within_the_hour_it_is_not_looked_again(watched):
    an_hour_later(watched)
    before = len(looks(watched))
    for _ in range(3):
        watched.tick()
    assert len(looks(watched)) == before
