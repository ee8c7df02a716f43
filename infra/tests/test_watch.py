"""An alarm for each way in which the fleet can fail without a word; docs/operations.md knows each."""

from __future__ import annotations

import re
from typing import Any

import pytest
from conftest import INFRA

PREFIX = "${Prefix}-"
QUEUES = ("logs", "events", "findings", "delivery")
# What is wrong with the mail topic is told by another one as well.
ABOUT_MAILS = ("nobody-reads", "reader-lost", "reader-pending", "mails-refused", "canary")
FUNCTIONS = ("s3-logs", "eventbridge", "alerts", "delivery", "watchdog")


@pytest.fixture(scope="module")
def alarms(templates) -> dict[str, dict[str, Any]]:
    """The properties of all alarms, by their name without the prefix."""
    files = ("watch.yaml", "regions.yaml", "delivery.yaml", "watchdog.yaml")
    found = [resource for file in files for resource in templates[file]["Resources"].values()]
    properties = [resource["Properties"] for resource in found if resource["Type"] == "AWS::CloudWatch::Alarm"]
    return {alarm["AlarmName"]["Fn::Sub"].removeprefix(PREFIX): alarm for alarm in properties}


def watches(alarm: dict[str, Any]) -> tuple[str, str, str]:
    """Namespace, metric, and the resource's name without the prefix."""
    (dimension,) = alarm["Dimensions"]
    value = dimension["Value"]
    name = value["Fn::Sub"].removeprefix(PREFIX) if "Fn::Sub" in value else value["Ref"]
    return alarm["Namespace"], alarm["MetricName"], name


def test_every_alarm_tells_the_mail_topic_of_both_its_beginning_and_its_end(alarms):
    for name, alarm in alarms.items():
        topics = ["AlarmTopicArn"] + ["OtherWayTopicArn"] * (name in ABOUT_MAILS)
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic} for topic in topics], name
        assert alarm["AlarmDescription"], name


@pytest.mark.parametrize("queue", QUEUES)
def test_one_dead_letter_is_enough(alarms, queue):
    alarm = alarms[f"{queue}-dead"]
    assert watches(alarm) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible", f"{queue}-dead")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_that_grows_old_is_noticed_long_before_it_forgets(alarms, queue):
    alarm = alarms[f"{queue}-age"]
    assert watches(alarm) == ("AWS/SQS", "ApproximateAgeOfOldestMessage", queue)
    assert 0 < alarm["Threshold"] <= 3600


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_a_function_that_fails_or_is_held_back_is_noticed(alarms, function, metric):
    alarm = alarms[f"{function}-{metric.lower()}"]
    assert watches(alarm) == ("AWS/Lambda", metric, function)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)


def test_silence_of_the_trail_is_an_alarm_too(alarms):
    alarm = alarms["no-log-files"]
    assert watches(alarm) == ("AWS/SQS", "NumberOfMessagesSent", "logs")
    assert alarm["TreatMissingData"] == "breaching", "no data is just what it is there for"
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, {"Ref": "QuietMinutes"})


def test_that_nobody_reads_is_noticed_even_if_nobody_looks(alarms):
    alarm = alarms["nobody-reads"]
    assert (alarm["MetricName"], alarm["ComparisonOperator"], alarm["Threshold"]) == (
        "ReadersConfirmed",
        "LessThanThreshold",
        1,
    )
    assert alarm["TreatMissingData"] == "breaching"


def test_alarms_about_mails_go_to_a_topic_with_a_subscription_of_its_own(templates):
    main, topics = templates["template.yaml"]["Resources"], templates["topics.yaml"]["Resources"]
    ways = main["Watch"]["Properties"]["Parameters"]
    assert ways["OtherWayTopicArn"] != ways["AlarmTopicArn"]
    assert topics["AlarmSubscription"]["Properties"]["TopicArn"] == {"Ref": "AlarmTopic"}


def test_a_region_of_which_not_even_a_digest_comes_is_noticed(alarms, templates):
    alarm = alarms["${Region}-silent"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Trailhound", "FilesHeard")
    assert alarm["Dimensions"][1] == {"Name": "region", "Value": {"Fn::Sub": "${Region}"}}
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["Period"] * alarm["EvaluationPeriods"] >= 2 * 3600, "a digest may be an hour late"
    assert templates["template.yaml"]["Resources"]["WatchRegions"]["Condition"] == "MakesTrail"


def test_docs_say_what_to_do_about_each_alarm(alarms):
    page = (INFRA.parent / "docs" / "operations.md").read_text()
    told = set(re.findall(r"^\| `…-([A-Za-z0-9-]+)`", page, flags=re.MULTILINE))
    assert told == {name.replace("${Region}", "REGION") for name in alarms}


@pytest.mark.parametrize("function", ["s3-logs", "eventbridge"])
def test_what_was_read_but_not_accounted_for_is_noticed(alarms, function):
    alarm = alarms[f"{function}-sums"]
    lost, *sums = alarm["Metrics"]
    assert lost["Expression"] == "ABS(read - judged - skipped - failed)"
    metrics = {one["Id"]: one["MetricStat"]["Metric"] for one in sums}
    assert {name: metric["MetricName"] for name, metric in metrics.items()} == {
        "read": "RecordsIn",
        "judged": "RecordsJudged",
        "skipped": "RecordsSkipped",
        "failed": "RecordsFailed",
    }
    for metric in metrics.values():
        assert metric["Dimensions"] == [{"Name": "function", "Value": {"Fn::Sub": f"{PREFIX}{function}"}}]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)


def test_every_metric_of_ours_is_one_that_the_functions_emit(templates):
    text = "".join((INFRA / "sam" / name).read_text() for name in ("watch.yaml", "regions.yaml", "watchdog.yaml"))
    crates = INFRA.parent / "crates"
    sources = [*(crates / "aws" / "src" / name for name in ("metrics.rs", "log_bucket.rs")), *(crates / "lambda-watch" / "src").glob("*.rs")]
    code = "".join(path.read_text() for path in sources)
    dashboard = re.findall(r'\["Trailhound", "(\w+)"', text) + re.findall(r'\[".", "(\w+)", ".", "."\]', text)
    ours = set(re.findall(r"Namespace: Trailhound\n +MetricName: (\w+)", text)) | set(dashboard)
    ours.discard("NumberOfNotificationsFailed")
    assert ours and all(f'"{name}"' in code for name in ours), ours
    lines = (INFRA.parent / "crates" / "function" / "src" / "metrics.rs").read_text()
    assert 'NAMESPACE: &str = "Trailhound"' in lines and 'dimensions: vec!["function"]' in lines
