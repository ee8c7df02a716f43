"""The whole fleet on this machine: a stolen key is used, and the mails about it are read.

    local.py [EVENTS…]      files of events/; without any, the stolen key

The records of each file come by both doors, as a log file and as single events, as they would on AWS: what
one door has told, the other does not tell again.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import fleet as fleets
from stack import ROOT

FOLDER = ROOT / "target" / "local"
STOLEN_KEY = ROOT / "events" / "stolen-key-to-admin.json"


def main(arguments: list[str]) -> int:
    paths = [Path(argument) for argument in arguments] or [STOLEN_KEY]
    shutil.rmtree(FOLDER, ignore_errors=True)
    say("starting a local AWS and deploying infra/sam/template.yaml")
    begun = time.monotonic()
    with fleets.fleet(FOLDER) as fleet:
        say(f"the fleet stands after {time.monotonic() - begun:.1f} s at {fleet.local.url}")
        for path in paths:
            feed(fleet, path)
        fleet.settle()
        mails = fleet.mails()
        for mail in mails:
            show(mail)
        dead = {name: fleet.waiting(f"{name}-dead") for name in ("logs", "events", "findings")}
        say(f"{len(mails)} mails; dead letters: {dead}; what the emulator said is in {FOLDER}")
        return 1 if any(dead.values()) or not mails else 0


def feed(fleet: fleets.Fleet, path: Path) -> None:
    """Lets the records of a file come in by both doors."""
    records = fleets.records_of(path)
    fleet.put_events(records)
    key = fleet.put_log_file(records)
    say(
        f"{path.name}: {len(records)} records as events on the bus, and as s3://{fleet.outputs['Bucket']}/{key}"
    )


def show(mail: dict) -> None:
    """Prints a mail as a person would see it."""
    attributes = mail.get("MessageAttributes", {})
    filters = " ".join(f"{name}={attributes[name]['Value']}" for name in sorted(attributes))
    print(f"\n{'─' * 78}\nSubject: {mail.get('Subject')}\n({filters})\n\n{mail['Message']}")


def say(text: str) -> None:
    print(f"local: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
