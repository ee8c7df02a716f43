"""Years of history: old log files are judged, nobody is mailed, and the present is left as it is."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cfnlint.decode import cfn_yaml
from conftest import INFRA
from emulator import ACCOUNT, REGION
from fleet import STACK, Fleet, launch, let_publish_batches, log_file_key, records_of, wait_for
from history import start, take, waiting

EVENTS = INFRA.parent / "events"
OLD = ("stolen-key-to-admin", "trail-blinded", "snapshot-shared")
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{STACK}-history"
HISTORIAN = "777788889999"


@pytest.fixture(scope="module")
def past(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A fleet of another account, with what judges history."""
    packaged = tmp_path_factory.mktemp("past") / "packaged.yaml"
    running = launch(fleet.local, packaged, {"History": "true"}, account=HISTORIAN)
    topic = running.client("sns").create_topic(Name=f"{STACK}-history")["TopicArn"]
    let_publish_batches(running, topic, "history")
    return running


@pytest.fixture(scope="module")
def judged(past: Fleet) -> dict[str, int]:
    """A run over three old log files, one that may not be read, and none outside the prefix."""
    stop_present(past)
    for name in OLD:
        lay_down(past, name, "AWSLogs/old")
    forbid(past, lay_down(past, "bucket-ransom", "AWSLogs/old"))
    lay_down(past, "lambda-backdoor", "AWSLogs/other")
    states = past.client("stepfunctions")
    machine = MACHINE.replace(ACCOUNT, HISTORIAN)
    assert start(states, machine, "AWSLogs/old/") == 0

    def ended() -> str | None:
        (run,) = states.list_executions(stateMachineArn=machine)["executions"]
        return None if run["status"] == "RUNNING" else run["executionArn"]

    arn = wait_for(ended, "the run to end")
    run = states.describe_execution(executionArn=arn)
    assert run["status"] == "SUCCEEDED", run
    (part,) = states.list_map_runs(executionArn=arn)["mapRuns"]
    return states.describe_map_run(mapRunArn=part["mapRunArn"])["itemCounts"]


def lay_down(past: Fleet, story: str, folder: str) -> str:
    """Puts the log file of a story into a folder of the bucket; answers its key."""
    records = records_of(EVENTS / f"{story}.json")
    return past.put_log_file(records, key=f"{folder}/{log_file_key(records).removeprefix('AWSLogs/')}")


def forbid(past: Fleet, key: str) -> None:
    """Keeps everybody from reading one object."""
    s3, bucket = past.client("s3"), past.outputs["Bucket"]
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    actions = ["s3:GetObject", "s3:GetObjectVersion"]
    policy["Statement"].append(
        {"Effect": "Deny", "Principal": "*", "Action": actions, "Resource": f"arn:aws:s3:::{bucket}/{key}"}
    )
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def stop_present(past: Fleet) -> None:
    """The bucket of this test tells nobody: its files are to be those from before the fleet."""
    bucket = past.outputs["Bucket"]
    past.client("s3").put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})


def test_all_objects_below_the_prefix_are_judged_and_one_that_cannot_be_read_is_set_aside(past, judged):
    assert (judged["total"], judged["succeeded"], judged["failed"]) == (4, 4, 0)
    (aside,) = [json.loads(body) for body in past.take("history-dead")]
    assert aside["detail-type"] == "Object Created"
    assert aside["detail"]["object"]["key"].startswith("AWSLogs/old/")


def test_nobody_is_mailed_and_the_present_remembers_nothing_of_it(past, judged):
    past.settle()
    assert past.mails() == []
    assert past.waiting("findings", "findings-dead") == 0
    dynamo = past.client("dynamodb")
    assert dynamo.scan(TableName=f"{STACK}-history")["Count"] > 0
    held = dynamo.scan(TableName=f"{STACK}-state")["Items"]
    assert not any("alert" in json.dumps(item) for item in held), "windows of the clock at most"


def test_what_was_found_can_be_taken_into_a_file(past, judged, tmp_path):
    sqs, file = past.client("sqs"), tmp_path / "history.jsonl"
    there = waiting(sqs, f"{STACK}-history-found")
    assert take(sqs, STACK, file) == there > 3
    alerts = [json.loads(line) for line in file.read_text().splitlines()]
    assert {alert["schema"] for alert in alerts} == {"trailhound.alert/1"}
    assert any("Trail" in alert["rule"]["title"] for alert in alerts)
    assert take(sqs, STACK, file) == 0


def test_a_prefix_below_which_no_trail_writes_is_refused(past, capsys):
    assert start(past.client("stepfunctions"), MACHINE, "backups/") == 3
    assert "not below AWSLogs/" in capsys.readouterr().err


def test_a_fleet_has_no_history_unless_it_is_asked_for(fleet, templates):
    main = templates["template.yaml"]
    assert main["Parameters"]["History"]["Default"] == "false"
    assert main["Resources"]["Past"]["Condition"] == "JudgesHistory"
    assert fleet.client("stepfunctions").list_state_machines()["stateMachines"] == []


def test_nobody_is_subscribed_to_what_is_found(templates):
    resources = templates["history.yaml"]["Resources"]
    subscriptions = [
        one["Properties"] for one in resources.values() if one["Type"] == "AWS::SNS::Subscription"
    ]
    assert [(one["Protocol"], one["Endpoint"]) for one in subscriptions] == [
        ("sqs", {"Fn::GetAtt": ["Found", "Arn"]})
    ]
    variables = resources["Function"]["Properties"]["Environment"]["Variables"]
    own = {
        "TRAILHOUND_STATE_TABLE": "Table",
        "TRAILHOUND_FINDINGS_TOPIC_ARN": "Topic",
        "TRAILHOUND_LOG_QUEUE_URL": "Queue",
    }
    for name, resource in own.items():
        assert variables[name] == {"Ref": resource}, "none of the present's"


def test_the_function_is_s3_logs_but_for_what_is_its_own(templates):
    old = templates["history.yaml"]["Resources"]["Function"]["Properties"]
    new = templates["template.yaml"]["Resources"]["S3Logs"]["Properties"]
    assert old["Code"] == new["CodeUri"] and old["MemorySize"] == new["MemorySize"]
    # Mornings sum up the present, what is usual is that of now, and so is what both doors see: the past is not
    # counted for them.
    present = {"TRAILHOUND_SUMMARY_HOUR", "TRAILHOUND_BEHAVIOUR", "TRAILHOUND_GEO", "TRAILHOUND_RECONCILE_ONE_IN"}
    assert set(old["Environment"]["Variables"]) == set(new["Environment"]["Variables"]) - present
    shared = templates["template.yaml"]["Globals"]["Function"]
    assert {name: old[name] for name in shared} == shared


def test_a_child_outlives_the_function_and_ends_before_aws_ends_it(templates):
    resources = templates["history.yaml"]["Resources"]
    judge = each(resources)["ItemProcessor"]["States"]["Judge"]
    assert resources["Function"]["Properties"]["Timeout"] < judge["TimeoutSeconds"] < 300
    assert (
        resources["Queue"]["Properties"]["VisibilityTimeout"]
        >= 6 * resources["Function"]["Properties"]["Timeout"]
    )


def test_whatever_goes_wrong_is_set_aside_and_stops_nothing(templates):
    states = each(templates["history.yaml"]["Resources"])["ItemProcessor"]["States"]
    (caught,) = states["Judge"]["Catch"]
    assert (caught["ErrorEquals"], caught["Next"]) == (["States.ALL"], "SetAside")
    assert states["WasItRead"]["Choices"][0]["Next"] == "SetAside"
    assert states["SetAside"]["Parameters"]["MessageBody.$"] == "States.JsonToString($.notice)"


def each(resources):
    machine = json.loads(resources["Machine"]["Properties"]["DefinitionString"])
    assert machine["StartAt"] == "EachLogFile" and machine["States"]["EachLogFile"]["ResultPath"] is None
    return machine["States"]["EachLogFile"]


def test_the_definition_is_sound_where_its_schema_knows_the_partition(tmp_path):
    """The schema of cfn-lint takes `arn:aws:` alone; written so, it has nothing against the rest."""
    template = copy.deepcopy(cfn_yaml.load(str(INFRA / "sam" / "history.yaml")))
    del template["Resources"]["Machine"]["Metadata"]
    text = json.dumps(template, default=str)
    assert lint(tmp_path / "good.json", text.replace("arn:${Partition}:states", "arn:aws:states")) == ""
    broken = text.replace("arn:${Partition}:states", "arn:aws:states").replace('"Choice\\"', '"Choise\\"')
    assert "Choise" in lint(tmp_path / "broken.json", broken), "it does look"


def test_every_state_is_reached_and_every_way_leads_to_one(templates):
    """Which no schema sees."""
    processor = each(templates["history.yaml"]["Resources"])["ItemProcessor"]
    written = json.dumps(processor)
    led_to = set(re.findall(r'"(?:Next|Default|StartAt)": "(\w+)"', written))
    assert led_to == set(processor["States"])


def lint(path: Path, text: str) -> str:
    path.write_text(text)
    command = [str(Path(sys.executable).parent / "cfn-lint"), "--non-zero-exit-code", "error", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
