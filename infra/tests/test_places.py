"""A database of places that lies in a bucket of the user's own is read with the rights that the template gives."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fleet import Fleet, launch, records_of, wait_for

ACCOUNT = "141414141414"
BUCKET, KEY = "tables-of-our-own", "geo/places.mmdb"
EVENTS = Path(__file__).resolve().parents[2] / "events"
FUNCTIONS = ("s3-logs", "eventbridge")


@pytest.fixture(scope="module")
def placed(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A fleet in an account of its own that looks places up; its database lies there already."""
    packaged = tmp_path_factory.mktemp("placed") / "packaged.yaml"
    s3 = fleet.local.client("s3", ACCOUNT)
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=world("IE"))
    given = {"Behaviour": "on", "PlacesDatabase": f"s3://{BUCKET}/{KEY}"}
    return launch(fleet.local, packaged, given, account=ACCOUNT)


def world(country: str) -> bytes:
    """A database in MaxMind's format by which every IPv4 address lies in this country.

    Source: MaxMind DB File Format Specification, version 2.0.
    """

    def text(value: str) -> bytes:
        return bytes([2 << 5 | len(value)]) + value.encode()

    def short(value: int) -> bytes:
        return bytes([5 << 5 | 2]) + struct.pack(">H", value)

    def number(value: int) -> bytes:
        return bytes([6 << 5 | 4]) + struct.pack(">I", value)

    def table(members: dict[str, bytes]) -> bytes:
        return bytes([7 << 5 | len(members)]) + b"".join(text(key) + value for key, value in members.items())

    data = table({"country": table({"iso_code": text(country)})})
    nodes = 1
    branch = (nodes + 16).to_bytes(3, "big")
    about = {
        "node_count": number(nodes),
        "record_size": short(24),
        "ip_version": short(4),
        "database_type": text("World"),
        "languages": bytes([0, 4]),
        "binary_format_major_version": short(2),
        "binary_format_minor_version": short(0),
        "build_epoch": bytes([1, 2, 1]),
        "description": table({}),
    }
    return branch * 2 + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + table(about)


def test_a_database_in_a_bucket_is_read_by_both_doors(placed: Fleet):
    # Days that are closed are not looked at.
    now = datetime.now(UTC)
    records = [record | {"eventTime": f"{now:%Y-%m-%dT%H:%M:%SZ}"} for record in records_of(EVENTS / "stolen-key-to-admin.json")]
    placed.put_log_file(records)
    placed.put_events(records)
    for function in FUNCTIONS:
        wait_for(lambda name=function: told(placed, name, "places are known"), f"{function} to know places")
        assert not told(placed, function, "cannot be used")


def told(fleet: Fleet, function: str, words: str) -> list[str]:
    """The lines of the function's log that say so."""
    return [line for line in fleet.logs(function) if words in line]
