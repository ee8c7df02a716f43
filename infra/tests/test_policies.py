"""Each function may do what its code does, and nothing else.

What the code does is read from the Rust sources: each call of an SDK client is one action, and so are
an object that is read and a call that we sign ourselves. What nobody
calls by name, but needs, is listed here with its reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import boto3
import pytest
from botocore import xform_name
from conftest import INFRA
from emulator import ACCOUNT, REGION
from fleet import STACK
from permissions import listed
from roles import Role, documents, statements

# The functions that every fleet has; test_delivery.py looks at the other one.
FUNCTIONS = ("s3-logs", "eventbridge", "alerts")
CRATES = INFRA.parent / "crates"
ADAPTERS = [path for name in ("aws", "function") for path in (CRATES / name / "src").glob("**/*.rs")]

# Which function takes which adapter with it; crates/aws/src/boot.rs puts them together.
USES = {
    "s3-logs": {"log_bucket", "own_queue", "state_table", "alert_topic"},
    "eventbridge": {"state_table", "alert_topic"},
    "alerts": {"state_table", "mail_topic", "event_history"},
    "response": {"state_table", "plan_topic"},  # and calls that plans name: test_response.py
}

# Who speaks only where a parameter says so, and has the right only then.
IF_ASKED = {"places"}

# Calls whose action has another name.
ACTIONS = {
    "s3:GetObject": {"s3:GetObject", "s3:GetObjectVersion"},  # with a version it is the second
    "sns:PublishBatch": {"sns:Publish"},
    "sqs:SendMessageBatch": {"sqs:SendMessage"},
}

# What Lambda does with the function's role.
BY_LAMBDA = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
}

# What a service does with the function's role.
BY_SERVICE = {
    "s3-logs": {
        "s3:ListBucket",  # asked by S3 before it says that an object is gone, and not merely denied
        "kms:Decrypt",  # of log files; and of the topic's key, as SNS asks for
        "kms:GenerateDataKey",  # by SNS, to encrypt what is published
    },
    "eventbridge": {"kms:Decrypt", "kms:GenerateDataKey"},
    "alerts": {"kms:Decrypt", "kms:GenerateDataKey"},
}


def calls(source: str) -> Iterator[str]:
    """The actions that a Rust source calls: through an SDK client, or signed by ourselves."""
    if "objects.get(" in source:
        yield "s3:GetObject"
    for service, operation in re.findall(r'"Amazon(\w+)\.(\w+)"', source):
        yield f"{service.lower()}:{operation}"
    for service in set(re.findall(r"aws_sdk_(\w+)::Client\b", source)):
        model = boto3.client(service, region_name=REGION).meta.service_model
        operations = {xform_name(name): name for name in model.operation_names}
        for method in re.findall(r"\.(\w+)\(\)", source):
            if method in operations:
                yield f"{service}:{operations[method]}"


def called_by(function: str) -> set[str]:
    """The actions that the code of a function calls."""
    sources = [path.read_text() for path in ADAPTERS if path.stem in USES[function]]
    found = {action for source in sources for action in calls(source)}
    return set().union(*(ACTIONS.get(action, {action}) for action in found))


def test_no_other_file_speaks_to_aws():
    speaking = {path.stem for path in ADAPTERS if set(calls(path.read_text()))}
    assert speaking == set().union(IF_ASKED, *USES.values())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_role_grants_what_the_code_calls_and_nothing_else(fleet, function):
    granted = {action for statement in statements(fleet, function) for action in listed(statement["Action"])}
    assert granted == called_by(function) | BY_LAMBDA | BY_SERVICE[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_statement_names_one_resource_of_ours(fleet, function):
    for statement in statements(fleet, function):
        assert statement["Effect"] == "Allow" and "NotAction" not in statement, statement
        assert all("*" not in action for action in listed(statement["Action"])), statement
        if listed(statement["Action"]) == ["cloudtrail:LookupEvents"]:
            assert statement["Resource"] == "*", "AWS knows no narrower one"
            continue
        for resource in listed(statement["Resource"]):
            # Objects and log streams are named when they are made; nothing else is left open.
            fixed = resource.removesuffix("/*AWSLogs/*").removesuffix(":*")
            assert "*" not in fixed, statement["Sid"]
            assert f":{ACCOUNT}:" in resource or resource.startswith(f"arn:aws:s3:::{STACK}-logs-{ACCOUNT}-")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_parliament_has_nothing_against_the_policy(fleet, function):
    from parliament import analyze_policy_string  # slow to load, and needed here alone

    for document in documents(fleet, function):
        findings = analyze_policy_string(json.dumps(document)).findings
        assert [str(finding) for finding in findings] == []


@pytest.fixture(scope="module")
def roles(fleet) -> dict[str, Role]:
    return {function: Role(fleet, function) for function in FUNCTIONS}


def test_each_role_may_do_its_work(fleet, roles):
    key = fleet.put_log_file([], key="AWSLogs/aside.json.gz")
    table, outputs = fleet.outputs["StateTable"], fleet.outputs
    item = {"key": {"S": "test"}, "version": {"N": "1"}}
    for function in FUNCTIONS:
        assert roles[function].may("dynamodb", "put_item", TableName=table, Item=item)
        wanted = {table: {"Keys": [{"key": {"S": "test"}}]}}
        assert roles[function].may("dynamodb", "batch_get_item", RequestItems=wanted)
    assert roles["s3-logs"].may("s3", "get_object", Bucket=outputs["Bucket"], Key=key)
    assert roles["s3-logs"].may("sqs", "get_queue_attributes", QueueUrl=fleet.queue("logs"))


def test_no_role_may_do_more(fleet, roles):
    table, outputs = fleet.outputs["StateTable"], fleet.outputs
    logs = {"Bucket": outputs["Bucket"], "Key": fleet.put_log_file([], key="AWSLogs/aside.json.gz")}
    mail, findings = outputs["MailTopicArn"], outputs["FindingsTopicArn"]
    for function, service, call, arguments in [
        ("s3-logs", "s3", "put_object", logs),
        ("s3-logs", "s3", "delete_object", logs),
        ("s3-logs", "sns", "publish", {"TopicArn": mail, "Message": "a forged mail"}),
        ("s3-logs", "sqs", "purge_queue", {"QueueUrl": fleet.queue("logs")}),
        ("s3-logs", "sqs", "send_message", {"QueueUrl": fleet.queue("findings"), "MessageBody": "forged"}),
        ("s3-logs", "dynamodb", "scan", {"TableName": table}),
        ("eventbridge", "s3", "get_object", logs),
        ("eventbridge", "sqs", "send_message", {"QueueUrl": fleet.queue("logs"), "MessageBody": "forged"}),
        ("eventbridge", "sns", "publish", {"TopicArn": mail, "Message": "a forged mail"}),
        ("eventbridge", "dynamodb", "delete_item", {"TableName": table, "Key": {"key": {"S": "test"}}}),
        ("alerts", "sns", "publish", {"TopicArn": findings, "Message": "a forged finding"}),
        ("alerts", "s3", "get_object", logs),
        ("alerts", "dynamodb", "delete_table", {"TableName": table}),
    ]:
        assert not roles[function].may(service, call, **arguments), f"{function} may {service} {call}"
