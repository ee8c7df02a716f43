"""Brings dead letters back to the queue that they fell out of.

    redrive.py STACK QUEUE [MOST]     QUEUE is logs, events, findings, delivery, history or respond

Reads each message, sends it again, and only then deletes it: a message may come twice, which changes
nothing, but none is lost. SQS can move messages itself (StartMessageMoveTask), but not in China.
"""

from __future__ import annotations

import sys

import boto3
from botocore.exceptions import ClientError

QUEUES = ("logs", "events", "findings", "delivery", "history", "respond")
# A message that is in work longer than this is seen a second time.
VISIBILITY_SECONDS = 60


def main(arguments: list[str]) -> int:
    if not 2 <= len(arguments) <= 3 or arguments[1] not in QUEUES:
        print(f"usage: make redrive QUEUE={'|'.join(QUEUES)} [STACK=trailhound] [MOST=…]", file=sys.stderr)
        return 3
    most = int(arguments[2]) if len(arguments) == 3 else None
    try:
        moved = redrive(boto3.client("sqs"), f"{arguments[0]}-{arguments[1]}", most)
    except ClientError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    print(f"{moved} messages are back in {arguments[0]}-{arguments[1]}")
    return 0


def redrive(sqs, queue: str, most: int | None = None) -> int:
    """Moves up to `most` messages from `queue`-dead to `queue`; answers how many.

    Ends when a look finds nothing, or when it has moved as many as lay there at the start: what falls out
    again meanwhile is left for the next time, or we would go in circles.
    """
    dead = sqs.get_queue_url(QueueName=f"{queue}-dead")["QueueUrl"]
    alive = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    left = _count(sqs, dead) if most is None else most
    moved = 0
    while moved < left and (messages := _receive(sqs, dead, left - moved)):
        for message in messages:
            _move(sqs, message, dead, alive)
            moved += 1
    return moved


def _count(sqs, url: str) -> int:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def _receive(sqs, url: str, most: int) -> list[dict]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=min(10, most),
        MessageAttributeNames=["All"],
        VisibilityTimeout=VISIBILITY_SECONDS,
        WaitTimeSeconds=2,
    )
    return answer.get("Messages", [])


def _move(sqs, message: dict, dead: str, alive: str) -> None:
    attributes = {
        name: {part: value[part] for part in ("DataType", "StringValue", "BinaryValue") if part in value}
        for name, value in message.get("MessageAttributes", {}).items()
    }
    sqs.send_message(QueueUrl=alive, MessageBody=message["Body"], MessageAttributes=attributes)
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
