"""Runs one function on one sample event, on a local AWS that is made for it and gone afterwards.

    invoke.py EVENT [FUNCTION]

EVENT is a file of events/: a log file goes to s3-logs by way of the bucket, an EventBridge event or another
single record to eventbridge, an alert to alerts. FUNCTION names another one. Prints what the function
answers, what it logged, and what it published.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import fleet as fleets
from stack import FUNCTIONS, ROOT

FOLDER = ROOT / "target" / "invoke"


def main(arguments: list[str]) -> int:
    if not 1 <= len(arguments) <= 2 or (len(arguments) == 2 and arguments[1] not in FUNCTIONS):
        print(f"usage: make invoke EVENT=events/… [FUNCTION={'|'.join(FUNCTIONS)}]", file=sys.stderr)
        return 3
    content = json.loads(Path(arguments[0]).read_text())
    function = arguments[1] if len(arguments) == 2 else function_for(content)
    shutil.rmtree(FOLDER, ignore_errors=True)
    with fleets.fleet(FOLDER) as fleet:
        return invoke(fleet, function, content)


def function_for(content: Any) -> str:
    """Which function such an event is meant for."""
    if not isinstance(content, dict):
        return "s3-logs"
    if str(content.get("schema", "")).startswith("trailhound.alert/"):
        return "alerts"
    return "eventbridge" if "detail" in content else "s3-logs"


def invoke(fleet: fleets.Fleet, function: str, content: Any) -> int:
    stop_polling(fleet)
    payload = message(notice(fleet, content) if function == "s3-logs" else content)
    answer = fleet.client("lambda").invoke(
        FunctionName=f"{fleets.STACK}-{function}", Payload=json.dumps(payload).encode()
    )
    print(f"{function} answers: {answer['Payload'].read().decode()}")
    for line in fleet.logs(function):
        print(line.rstrip())
    for body in fleet.take("findings"):
        print(f"published: {body}")
    for mail in fleet.mails():
        print(f"mailed: {mail.get('Subject')}\n{mail['Message']}")
    return 1 if "FunctionError" in answer else 0


def stop_polling(fleet: fleets.Fleet) -> None:
    """Takes the functions off their queues, so that only our own call runs one."""
    client = fleet.client("lambda")
    for mapping in client.list_event_source_mappings()["EventSourceMappings"]:
        client.delete_event_source_mapping(UUID=mapping["UUID"])


def notice(fleet: fleets.Fleet, content: Any) -> dict[str, Any]:
    """Lays the log file into the bucket; answers what S3 would say of it."""
    key = fleet.put_log_file(content["Records"])
    place = {"bucket": {"name": fleet.outputs["Bucket"]}, "object": {"key": key}}
    return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": place}]}


def message(body: Any) -> dict[str, Any]:
    """A batch of one, as Lambda takes it from a queue."""
    return {"Records": [{"messageId": "sample", "eventSource": "aws:sqs", "body": json.dumps(body)}]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
