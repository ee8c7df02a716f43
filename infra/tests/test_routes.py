"""Mails go to whom the table names: a stack with a table, in an account of its own on the local AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from conftest import INFRA
from emulator import REGION
from fleet import STACK, Fleet, launch, records_of
from permissions import listed
from roles import Role, statements

ACCOUNT = "222233334444"
TOPICS = {name: f"arn:aws:sns:{REGION}:{ACCOUNT}:{name}" for name in ("on-call", "chinese", "gone")}
TABLE = """
level = high, topic = on-call
rule = *snapshot*, topic = chinese, language = zh-CN
rule = *bucket*, topic = gone
"""


@pytest.fixture(scope="module")
def routed(fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A fleet with three topics beside its own, the last of which does not exist."""
    given = {
        "Routes": TABLE.strip().replace("\n", ";"),
        "RouteTopicArns": ",".join(TOPICS.values()),
        "MediumEverySeconds": "0",
    }
    running = launch(fleet.local, tmp_path_factory.mktemp("routed") / "packaged.yaml", given, account=ACCOUNT)
    for name in ("on-call", "chinese"):
        running.client("sns").create_topic(Name=name)
        running.capture(TOPICS[name], f"{name}-captured")
    yield running


def told(running: Fleet, events: str) -> dict[str, list[dict]]:
    """The mails about a story, by the queue in which they arrive."""
    running.put_events(records_of(INFRA.parent / "events" / f"{events}.json"))
    running.settle()
    queues = ("captured", "on-call-captured", "chinese-captured")
    return {queue.removesuffix("captured").rstrip("-"): running.mails(queue) for queue in queues}


def test_each_topic_gets_what_is_its_own_in_its_language(routed):
    mails = told(routed, "snapshot-shared")
    assert mails["on-call"] and all("WHAT HAPPENED" in mail["Message"] for mail in mails["on-call"])
    assert mails["chinese"] and all("发生了什么" in mail["Message"] for mail in mails["chinese"])
    assert {mail["MessageAttributes"]["language"]["Value"] for mail in mails["chinese"]} == {"zh-CN"}
    levels = {mail["MessageAttributes"]["level"]["Value"] for mail in mails["on-call"]}
    assert levels <= {"high", "critical"}


def test_what_a_topic_does_not_take_goes_to_that_of_the_stack_and_says_so(routed):
    mails = told(routed, "bucket-made-public")
    lost = [mail for mail in mails[""] if mail["Message"].startswith(f"Meant for the topic {TOPICS['gone']}")]
    assert lost, [mail["Subject"] for mail in mails[""]]
    assert any("takes no mails" in line for line in routed.logs("alerts"))


def test_the_function_may_publish_to_the_topics_of_the_table_and_to_no_other(routed):
    publish = [one for one in statements(routed, "alerts") if "sns:Publish" in listed(one["Action"])]
    resources = {resource for one in publish for resource in listed(one["Resource"])}
    # Canaries, which are no mails, have a topic of their own.
    canaries = routed.outputs["MailTopicArn"].replace(f"{STACK}-mail", f"{STACK}-canary")
    assert resources == {routed.outputs["MailTopicArn"], canaries, *TOPICS.values()}
    role = Role(routed, "alerts")
    other = routed.client("sns").create_topic(Name="other")["TopicArn"]
    assert role.may("sns", "publish", TopicArn=TOPICS["on-call"], Message="a mail")
    assert not role.may("sns", "publish", TopicArn=other, Message="a mail")
    routed.mails("on-call-captured")


def test_who_reads_is_looked_at_topic_by_topic(routed):
    table, name = routed.client("dynamodb"), routed.outputs["StateTable"]
    sns = routed.client("sns")
    for subscription in sns.list_subscriptions_by_topic(TopicArn=TOPICS["chinese"])["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    # Nobody has looked yet.
    table.delete_item(TableName=name, Key={"key": {"S": "mail#readers"}})
    routed.tick()
    look = [line for line in routed.metrics("alerts") if "ReadersConfirmed" in line][-1]
    assert look["ReadersConfirmed"] == 0, "the stack's own topic has a reader, and one of the table has none"
    log = [line for line in routed.logs("alerts") if "whether anybody reads at a topic" in line]
    assert log and all(TOPICS["gone"] in line for line in log), "what cannot be looked at is passed over"
    role = Role(routed, "alerts")
    other = sns.create_topic(Name="other")["TopicArn"]
    assert role.may("sns", "list_subscriptions_by_topic", TopicArn=TOPICS["on-call"])
    assert not role.may("sns", "list_subscriptions_by_topic", TopicArn=other)


def test_whoever_wants_what_is_urgent_alone_is_subscribed_with_a_filter(templates):
    subscription = templates["topics.yaml"]["Resources"]["UrgentMailSubscription"]
    assert subscription["Condition"] == "HasUrgentAddress"
    assert json.loads(json.dumps(subscription["Properties"]["FilterPolicy"])) == {
        "level_num": [{"numeric": [">=", 3]}]
    }
