"""Judges log files from before the fleet, and mails nobody.

    history.py STACK start PREFIX     judges the objects of the bucket below AWSLogs/…, all that there are
    history.py STACK status           how far that is, what was found, what failed
    history.py STACK take FILE        appends the alerts found so far to a file, one a line, and forgets them

The stack must have been deployed with the parameter History. An alert may be taken twice, but none is lost.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

# A message that is in work longer than this is seen a second time.
VISIBILITY_SECONDS = 60


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case [stack, "start", prefix]:
                return start(boto3.client("stepfunctions"), machine(stack), prefix)
            case [stack, "status"]:
                return status(boto3.client("stepfunctions"), boto3.client("sqs"), stack)
            case [stack, "take", file]:
                print(f"{take(boto3.client('sqs'), stack, Path(file))} alerts were added to {file}")
                return 0
    except ClientError as problem:
        print(f"error: {problem}", file=sys.stderr)
        print("  hint: is the stack deployed with History = true?", file=sys.stderr)
        return 1
    print(__doc__, file=sys.stderr)
    return 3


def machine(stack: str) -> str:
    """The ARN of the state machine."""
    caller = boto3.client("sts").get_caller_identity()["Arn"].split(":")
    region = boto3.session.Session().region_name
    return f"arn:{caller[1]}:states:{region}:{caller[4]}:stateMachine:{stack}-history"


def start(states, machine: str, prefix: str) -> int:
    """Begins; answers 3 for a prefix below which no trail writes, and while another run is on."""
    if "AWSLogs/" not in f"{prefix}/":
        print(f"error: {prefix} is not below AWSLogs/, where trails write", file=sys.stderr)
        return 3
    if states.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]:
        print("error: a run is on; wait for its end, or stop it in the console", file=sys.stderr)
        return 3
    states.start_execution(stateMachineArn=machine, input=json.dumps({"prefix": prefix}))
    print(f"judging what lies below {prefix}")
    return 0


def status(states, sqs, stack: str) -> int:
    """Prints the last run, and what lies in the queues."""
    runs = states.list_executions(stateMachineArn=machine(stack), maxResults=1)["executions"]
    for run in runs:
        print(f"{run['status'].lower():12} since {run['startDate']:%Y-%m-%d %H:%M}")
        for part in states.list_map_runs(executionArn=run["executionArn"])["mapRuns"]:
            counts = states.describe_map_run(mapRunArn=part["mapRunArn"])["itemCounts"]
            print(f"{counts['total']:12,} objects, {counts['succeeded']:,} done, {counts['failed']:,} failed")
    for name, what in {
        "history": "large files go on",
        "history-found": "alerts",
        "history-dead": "set aside",
    }.items():
        print(f"{waiting(sqs, f'{stack}-{name}'):12,} {what}")
    return 0


def waiting(sqs, queue: str) -> int:
    """How many messages are in a queue, those in work included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(answer[name]) for name in names)


def take(sqs, stack: str, file: Path) -> int:
    """Moves all alerts from the queue to the file; each is on disk before it leaves the queue."""
    url, taken = sqs.get_queue_url(QueueName=f"{stack}-history-found")["QueueUrl"], 0
    with file.open("a") as lines:
        while messages := receive(sqs, url):
            lines.writelines(f"{message['Body']}\n" for message in messages)
            lines.flush()
            os.fsync(lines.fileno())
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            taken += len(messages)
    return taken


def receive(sqs, url: str) -> list[dict[str, Any]]:
    """Up to ten messages; none means that the queue is empty."""
    answer = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=VISIBILITY_SECONDS
    )
    return answer.get("Messages", [])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
