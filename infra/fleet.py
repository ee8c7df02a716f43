"""The fleet on the local AWS: deployed from the template that goes to AWS, fed, and watched.

What differs from AWS: no trail (we lay down log files ourselves), events whose source does not begin with
`aws.` (nobody but AWS may send such), HTTP, an action that AWS does not know, and a queue that is subscribed
to the mails in place of a person.
"""

from __future__ import annotations

import gzip
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import stack as stacks
from emulator import ACCOUNT, REGION, Emulator, emulator

STACK = "trailhound"
ARTIFACTS = "artifacts"
SOURCE_PREFIX = "local."
# The name of a policy that a role has here and not on AWS.
FOR_EMULATOR = "for-emulator"
PARAMETERS = {
    "CreateTrail": "false",
    "Architecture": "x86_64",
    "EventSourcePrefix": SOURCE_PREFIX,
    "Emulator": "true",
}
PATIENCE_SECONDS = 60

Record = dict[str, Any]
T = TypeVar("T")


class TimeIsUp(Exception):
    """Something was waited for that did not come."""


@dataclass
class Fleet:
    """A fleet that runs on the local AWS."""

    local: Emulator
    outputs: dict[str, str]
    account: str = ACCOUNT
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str):
        """The client of a service, made once."""
        if service not in self._clients:
            self._clients[service] = self.local.client(service, self.account)
        return self._clients[service]

    def queue(self, name: str) -> str:
        """The URL of one of the fleet's queues: logs, events, findings, each with -dead, or captured."""
        return self.client("sqs").get_queue_url(QueueName=f"{STACK}-{name}")["QueueUrl"]

    def role(self, function: str) -> str:
        """The name of the role of a function."""
        name = f"{STACK}-{function}"
        return self.client("lambda").get_function_configuration(FunctionName=name)["Role"].rsplit("/", 1)[-1]

    def put_log_file(self, records: list[Record], key: str | None = None) -> str:
        """Lays a log file into the bucket, named as CloudTrail names it; answers its key."""
        key = key or log_file_key(records)
        body = gzip.compress(json.dumps({"Records": records}).encode())
        self.client("s3").put_object(Bucket=self.outputs["Bucket"], Key=key, Body=body)
        return key

    def put_events(self, records: list[Record]) -> None:
        """Puts records on the bus, as EventBridge brings those of a trail."""
        entries = [event(record) for record in records]
        for start in range(0, len(entries), 10):
            answer = self.client("events").put_events(Entries=entries[start : start + 10])
            if answer["FailedEntryCount"]:
                raise RuntimeError(f"EventBridge refused events: {answer['Entries']}")

    def waiting(self, *queues: str) -> int:
        """How many messages are in these queues, those in work included."""
        return sum(self._waiting(queue) for queue in queues or ("logs", "events", "findings"))

    def _waiting(self, queue: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.client("sqs").get_queue_attributes(QueueUrl=self.queue(queue), AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def settle(self) -> None:
        """Waits until all that came in has been worked off, and stays so for a moment."""
        quiet = 0

        def worked_off() -> bool:
            nonlocal quiet
            quiet = quiet + 1 if self.waiting() == 0 else 0
            return quiet >= 5

        wait_for(worked_off, "the queues to be worked off")

    def take(self, queue: str) -> list[str]:
        """Takes all messages out of a queue."""
        url = self.queue(queue)
        bodies = []
        while messages := self._receive(url):
            for message in messages:
                bodies.append(message["Body"])
                self.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def _receive(self, url: str) -> list[dict[str, Any]]:
        answer = self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        return answer.get("Messages", [])

    def mails(self, queue: str = "captured") -> list[dict[str, Any]]:
        """The mails sent since the last call, as SNS hands them over: Subject, Message, MessageAttributes."""
        return [json.loads(body) for body in self.take(queue)]

    def capture(self, topic: str, queue: str = "captured") -> str:
        """Makes a queue and subscribes it to a topic, in place of a person; answers the subscription."""
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=f"{STACK}-{queue}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return self.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]

    def tick(self) -> None:
        """What the clock does each minute: the function looks what is due."""
        answer = self.client("lambda").invoke(FunctionName=f"{STACK}-alerts", Payload=b"{}")
        if "FunctionError" in answer:
            raise RuntimeError(answer["Payload"].read().decode())

    def metrics(self, function: str) -> list[dict[str, Any]]:
        """The lines that a function has written for CloudWatch."""
        lines = [line for line in self.logs(function) if line.startswith("{") and '"_aws"' in line]
        return [json.loads(line) for line in lines]

    def logs(self, function: str) -> list[str]:
        """What a function has logged."""
        answer = self.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{STACK}-{function}")
        return [entry["message"] for entry in answer["events"]]


@contextmanager
def fleet(folder: Path, parameters: Mapping[str, str] | None = None) -> Iterator[Fleet]:
    """Starts a local AWS in `folder`, and the fleet on it; both are gone when the block ends."""
    with emulator(folder) as local:
        yield launch(local, folder / "packaged.yaml", parameters or {})


def launch(local: Emulator, packaged: Path, parameters: Mapping[str, str], account: str = ACCOUNT) -> Fleet:
    """Deploys the fleet into an account of the local AWS, and subscribes a queue to its mails."""
    local.client("s3", account).create_bucket(Bucket=f"{ARTIFACTS}-{account}")
    stacks.package(f"{ARTIFACTS}-{account}", packaged, local.environment(account))
    return adopt(local, packaged.read_text(), PARAMETERS | dict(parameters), account)


def adopt(local: Emulator, template: str, given: Mapping[str, str], account: str) -> Fleet:
    """Makes the stack of a template of which all parts are uploaded, and subscribes a queue to its mails."""
    formation = local.client("cloudformation", account)
    formation.create_stack(
        StackName=STACK,
        TemplateBody=template,
        Capabilities=list(stacks.CAPABILITIES),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
    )
    running = Fleet(local, _outputs(formation), account)
    let_publish_batches(running, running.outputs["FindingsTopicArn"], "s3-logs", "eventbridge")
    running.capture(running.outputs["MailTopicArn"])
    return running


def _outputs(formation) -> dict[str, str]:
    """What the stack tells once it stands; raises `RuntimeError` with the reasons if it does not."""

    def ended() -> str | None:
        status = formation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
        return None if status.endswith("_IN_PROGRESS") else status

    status = wait_for(ended, "the stack to stand")
    if status != "CREATE_COMPLETE":
        events = formation.describe_stack_events(StackName=STACK)["StackEvents"]
        reasons = [f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}" for e in events]
        raise RuntimeError(f"the stack is {status}:\n" + "\n".join(reasons))
    outputs = formation.describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


def let_publish_batches(running: Fleet, topic: str, *functions: str) -> None:
    """On AWS whoever may `sns:Publish` may publish batches; the emulator asks for an action of their own."""
    iam = running.client("iam")
    allow = {"Effect": "Allow", "Action": "sns:PublishBatch", "Resource": topic}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    for function in functions:
        iam.put_role_policy(RoleName=running.role(function), PolicyName=FOR_EMULATOR, PolicyDocument=policy)


def wait_for(answer: Callable[[], T], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """Asks until the answer is true; raises `TimeIsUp` if it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := answer():
            return result
        time.sleep(0.1)
    raise TimeIsUp(f"waited {seconds:.0f} s for {what}")


def records_of(path: Path) -> list[Record]:
    """The records of a file of events/."""
    return json.loads(path.read_text())["Records"]


def log_file_key(records: list[Record]) -> str:
    """Where CloudTrail would lay these records, with a name of its own."""
    first = records[0]
    account = first.get("recipientAccountId", ACCOUNT)
    region = first.get("awsRegion", REGION)
    at = datetime.fromisoformat(first["eventTime"]).astimezone(UTC)
    name = f"{account}_CloudTrail_{region}_{at:%Y%m%dT%H%MZ}_{uuid.uuid4().hex[:16]}.json.gz"
    return f"AWSLogs/{account}/CloudTrail/{region}/{at:%Y/%m/%d}/{name}"


def matches(events, pattern: str, record: Record, account: str = ACCOUNT) -> bool:
    """Whether a rule with this pattern takes the record of an account, asked of EventBridge itself."""
    entry = event(record)
    envelope = {
        "version": "0",
        "id": record["eventID"],
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": account,
        "time": record["eventTime"],
        "region": record["awsRegion"],
        "resources": [],
        "detail": record,
    }
    return events.test_event_pattern(EventPattern=pattern, Event=json.dumps(envelope))["Result"]


def event(record: Record) -> dict[str, Any]:
    """The entry by which a record comes to the bus."""
    service = record["eventSource"].removesuffix(".amazonaws.com")
    signs_in = record.get("eventType") == "AwsConsoleSignIn"
    kind = "AWS Console Sign In via CloudTrail" if signs_in else "AWS API Call via CloudTrail"
    return {"Source": f"{SOURCE_PREFIX}{service}", "DetailType": kind, "Detail": json.dumps(record)}
