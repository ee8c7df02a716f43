"""A mistake in the file of parameters is told before anything is built or uploaded."""

from __future__ import annotations

import json

import pytest
from conftest import INFRA
from deploy import mistake

GOOD = {"MailAddress": "security@example.com"}


def test_the_example_is_complete_and_names_only_what_there_is(templates):
    example = json.loads((INFRA / "sam" / "parameters.example.json").read_text())["Parameters"]
    assert set(example) <= set(templates["template.yaml"]["Parameters"])


def test_the_example_is_good(tmp_path):
    path = tmp_path / "parameters.json"
    path.write_text((INFRA / "sam" / "parameters.example.json").read_text())
    assert mistake(path) is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "MailAddress is empty"),
        (GOOD | {"LogRetentionDays": 400}, "LogRetentionDays: put the value in quotes"),
        (GOOD | {"ExistingKeyArn": "arn:aws:kms:…"}, "belongs to ExistingBucket"),
        (GOOD | {"ExistingTopicArn": "arn:aws:sns:…"}, "belongs to ExistingBucket"),
    ],
)
def test_each_mistake_is_named(tmp_path, given, said):
    path = tmp_path / "parameters.json"
    path.write_text(json.dumps({"Parameters": given}))
    assert said in mistake(path)


def test_a_file_of_another_shape_or_none_is_named(tmp_path):
    path = tmp_path / "parameters.json"
    assert "does not exist" in mistake(path)
    for text in ("[]", "not json", json.dumps(GOOD)):
        path.write_text(text)
        assert str(path) in mistake(path)
