"""How long it takes from an event at the EventBridge door to its mail, with functions that are awake.

What is asserted is generous, for whoever is busy; the figures are printed.
"""

from __future__ import annotations

import json
import statistics
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from conftest import INFRA
from fleet import Fleet, Record, launch, records_of, wait_for

EVENTS = 20
# Whoever waits longer than this has lost a mail.
BOUND_SECONDS = 60
SHARED = records_of(INFRA.parent / "events" / "snapshot-shared.json")[-1]


@pytest.fixture(scope="module")
def awake(fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A fleet of its own, whose mails are not held back, and which has been used."""
    packaged = tmp_path_factory.mktemp("awake") / "packaged.yaml"
    running = launch(fleet.local, packaged, {"MailsPerSecond": "5"}, account="444455556667")
    for number in range(3):
        seconds_to_mail(running, f"first-{number}")
    yield running


def shared_by(name: str) -> Record:
    """A call of now, by somebody of whom nobody has heard."""
    record = json.loads(json.dumps(SHARED))
    who = record["userIdentity"]
    who["userName"], who["arn"] = name, who["arn"].rsplit("/", 1)[0] + f"/{name}"
    # By which alerts of this rule are told apart.
    record["requestParameters"]["snapshotId"] = f"snap-0{uuid.uuid4().hex[:16]}"
    record["eventID"] = str(uuid.uuid4())
    record["eventTime"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return record


def seconds_to_mail(running: Fleet, name: str) -> float:
    """From the event to the mail about it in the reader's box."""
    began = time.monotonic()
    running.put_events([shared_by(name)])

    def has_come() -> bool:
        return any(name in mail["Message"] for mail in running.mails())

    wait_for(has_come, f"the mail about {name}", BOUND_SECONDS)
    return time.monotonic() - began


def test_an_event_is_a_mail_within_seconds(awake, capsys):
    took = [seconds_to_mail(awake, f"user-{number}-{uuid.uuid4().hex[:8]}") for number in range(EVENTS)]
    with capsys.disabled():
        print(
            f"\nfrom event to mail, {EVENTS} events, warm: "
            f"median {statistics.median(took):.2f} s, maximum {max(took):.2f} s"
        )
    assert max(took) < BOUND_SECONDS
