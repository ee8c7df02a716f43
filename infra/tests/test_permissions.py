"""docs/permissions.md is what the templates say, and every right has a reason."""

from __future__ import annotations

import copy

import pytest
import yaml
from permissions import PAGE, WHY, Unexplained, of_resources, of_roles, page, templates


@pytest.fixture(scope="module")
def why():
    return yaml.safe_load(WHY.read_text())


def test_the_page_is_what_the_templates_say(why):
    assert PAGE.read_text() == page(templates(), why), (
        "run target/venv/bin/python infra/permissions.py --write"
    )


def test_every_statement_has_a_name_and_stands_in_the_page():
    text = PAGE.read_text()
    rights = [*of_roles(templates()), *of_resources(templates())]
    assert len(rights) > 30
    for right in rights:
        assert right.sid, right
        assert f"| `{right.holder}` |" in text


def test_a_right_without_a_reason_is_refused(why):
    given = templates()
    role = given["template.yaml"]["Resources"]["AlertsRole"]["Properties"]["Policies"][0]
    role["PolicyDocument"]["Statement"].append(
        {"Sid": "Purge", "Effect": "Allow", "Action": "sqs:PurgeQueue", "Resource": "*"}
    )
    with pytest.raises(Unexplained, match=r"AlertsRole / Purge \(sqs:PurgeQueue\)"):
        page(given, why)


def test_an_action_without_a_reason_is_refused(why):
    given = templates()
    role = given["template.yaml"]["Resources"]["AlertsRole"]["Properties"]["Policies"][0]
    (remember,) = [one for one in role["PolicyDocument"]["Statement"] if one.get("Sid") == "Remember"]
    remember["Action"].append("dynamodb:DeleteItem")
    with pytest.raises(Unexplained, match="AlertsRole / Remember / dynamodb:DeleteItem"):
        page(given, why)


def test_a_reason_that_has_lost_its_right_is_refused(why):
    given = copy.deepcopy(why)
    given["AlertsRole"]["Gone"] = "No longer"
    given["AlertsRole"]["Remember"]["dynamodb:Scan"] = "Never was"
    with pytest.raises(Unexplained, match=r"(?s)AlertsRole / Remember / dynamodb:Scan.*AlertsRole / Gone"):
        page(templates(), given)
