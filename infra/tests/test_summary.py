"""Each day has its summary, sent once: a stack of its own on the local AWS, whose yesterday is made of today."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from conftest import INFRA
from fleet import Fleet, launch, records_of

ACCOUNT = "555566667777"
RECORDS = records_of(INFRA.parent / "events" / "snapshot-shared.json")


@pytest.fixture(scope="module")
def counted(fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A fleet whose summaries go out at midnight, and which has read a log file twice."""
    packaged = tmp_path_factory.mktemp("counted") / "packaged.yaml"
    running = launch(fleet.local, packaged, {"SummaryHour": "0"}, account=ACCOUNT)
    running.tick()
    for _ in range(2):
        running.put_log_file(RECORDS)
        running.settle()
    running.mails()
    yield running


def item(running: Fleet, key: str) -> dict:
    """An item of state."""
    table = running.client("dynamodb")
    answer = table.get_item(TableName=running.outputs["StateTable"], Key={"key": {"S": key}}, ConsistentRead=True)
    return answer["Item"]


def put(running: Fleet, key: str, entry: dict, value: dict) -> None:
    """Saves an item under another name, with another value."""
    entry = entry | {"key": {"S": key}, "value": {"B": json.dumps(value).encode()}}
    running.client("dynamodb").put_item(TableName=running.outputs["StateTable"], Item=entry)


def test_a_day_is_told_once(counted):
    today = datetime.now(UTC).date()
    yesterday = today - timedelta(days=1)
    for kind in ("files", "alerts"):
        entry = item(counted, f"day#{today}#{kind}")
        put(counted, f"day#{yesterday}#{kind}", entry, json.loads(entry["value"]["B"]))
    sent = item(counted, "mail#summary")
    # As if the last summary had been sent long ago; that of the week is not asked for here.
    put(counted, "mail#summary", sent, json.loads(sent["value"]["B"]) | {"day": "2020-01-01", "week": "2999-01-01"})
    for _ in range(3):
        counted.tick()
    (mail,) = [mail for mail in counted.mails() if mail["Subject"].startswith("[trailhound] Day")]
    assert mail["MessageAttributes"]["kind"]["Value"] == "summary"
    assert f"Day {yesterday}" in mail["Subject"] and f"{2 * len(RECORDS)} records" in mail["Subject"]
    assert "in 2 log files" in mail["Message"]
    assert mail["Message"].count("alert th-") == len(set(mail["Message"].split("alert th-")[1:])), "none twice"
    assert any(line.get("SummariesSent") == 1 for line in counted.metrics("alerts"))
