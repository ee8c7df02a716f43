"""Every command that a mail offers can be pasted: a shell reads it, the AWS CLI takes it, nobody rides on it."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
import yaml
from alerts import (
    BOOK,
    CALL,
    NASTY,
    REGIONS,
    TRAILHOUND,
    alerts,
    answered,
    call,
    commands,
    identities,
    of_the_rules,
    rules,
)
from emulator import emulator
from shell import Parser, Shell

@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Shell:
    return Shell.make(tmp_path_factory.mktemp("shell"))


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> list[dict]:
    """Alerts of every rule, of every call with steps, and of every principal in every partition."""
    everybody = [call(who, region) for region in REGIONS.values() for who in identities().values()]
    return alerts(everybody + answered() + of_the_rules(), tmp_path_factory.mktemp("alerts"))


def test_every_rule_is_heard(found):
    """Otherwise its commands would not be looked at."""
    silent = {rule["id"] for rule in rules() if rule["level"] == "informational"}
    tested = {rule["id"] for rule in rules() if rule.get("tests")}
    heard = {alert["rule"]["id"] for alert in found}
    missing = tested - silent - heard
    # Some stories need more than repetition: other names each time, or that nothing follows.
    together = {rule["id"] for rule in rules() if "correlation" in rule}
    assert not missing - together
    assert len(missing) < len(together) / 2


def test_every_step_of_the_book_is_offered_in_some_alert(found):
    book = yaml.safe_load(BOOK.read_text())
    chapters = [*book["principals"].values(), *(chapter["steps"] for chapter in book["calls"])]
    titles = {step["title"]["en"] for steps in chapters for step in steps}
    of_any = [alert for alert in found if alert["rule"]["title"] == "Any call"]
    offered = {step["title"]["en"] for alert in of_any for step in alert["response"]}
    assert titles and titles <= offered, titles - offered


def test_the_aws_cli_takes_every_command(found, shell, tmp_path, monkeypatch):
    # Some commands read what the one before has written.
    monkeypatch.chdir(tmp_path)
    Path("policy.json").write_text("{}")
    parser, refused, taken = Parser(), [], 0
    for command in commands(found):
        calls = shell.calls(command)
        assert calls, command
        for arguments in calls:
            complaint = parser.complaint(arguments)
            taken += complaint is None
            if complaint:
                refused.append(f"{command}\n    {complaint.strip().splitlines()[-1]}")
    print(f"{taken} calls in {len(commands(found))} commands")
    assert not refused, "\n".join(refused)
    assert taken > 400


def test_commands_stay_in_their_partition(found):
    crafted = [alert for alert in found if alert["events"][0]["event_name"] == CALL]
    assert {alert["partition"] for alert in crafted} == set(REGIONS)
    for alert in crafted:
        for step in alert["response"]:
            text = step["command"] + (step["undo"] or "")
            others = [name for name in REGIONS if name != alert["partition"] and f"arn:{name}:" in text]
            assert not others, text


def test_no_name_rides_on_a_command(shell, tmp_path):
    records = [
        call(
            who,
            eventSource=source,
            eventName=event,
            requestParameters={"userName": name, "name": name, "policyArn": name, "functionName": name},
            responseElements={"accessKey": {"userName": name, "accessKeyId": name}},
        )
        for name in [*NASTY, "x" * 5_000]
        for who in identities(name, name).values()
        for source, event in [
            ("iam.amazonaws.com", "CreateAccessKey"),
            ("iam.amazonaws.com", "AttachUserPolicy"),
            ("cloudtrail.amazonaws.com", "StopLogging"),
        ]
    ]
    offered = commands(alerts(records, tmp_path))
    assert len(offered) > 200
    for command in offered:
        hidden = [c for c in command if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"}]
        assert not hidden, repr(command)
        for arguments in shell.calls(command):
            assert arguments[0] in {"iam", "cloudtrail", "identitystore", "sso-admin", "organizations", "ec2"}
            assert not any(word.startswith("--endpoint-url") for word in arguments), command
    assert shell.litter() == []


def run(command: str, environment: dict[str, str]) -> str:
    """Runs a command with the real AWS CLI."""
    environment = environment | {"PATH": f"{Path(sys.executable).parent}:{environment['PATH']}"}
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


def test_what_stops_a_user_or_a_role_does_so_and_can_be_taken_back(tmp_path):
    with emulator(tmp_path / "aws") as aws:
        iam = aws.client("iam")
        iam.create_user(UserName="maria")
        key = iam.create_access_key(UserName="maria")["AccessKey"]["AccessKeyId"]
        iam.create_role(RoleName="maria", AssumeRolePolicyDocument="{}")
        who = identities()
        who["iam-user-key"]["accessKeyId"] = key
        # Only long-lived keys are switched off, and they begin so.
        assert key.startswith("AKIA")

        def policies() -> tuple:
            status = iam.list_access_keys(UserName="maria")["AccessKeyMetadata"][0]["Status"]
            user = iam.list_user_policies(UserName="maria")["PolicyNames"]
            role = iam.list_role_policies(RoleName="maria")["PolicyNames"]
            return status, user, role

        untouched = policies()
        states = set()
        kinds = ["iam-user-key", "iam-user-session", "role", "federation-token"]
        records = [call(who[kind], "us-east-1") for kind in kinds]
        for alert in alerts(records, tmp_path / "alerts"):
            for step in alert["response"]:
                run(step["command"], aws.environment())
                states.add(str(policies()))
                if step["undo"]:
                    assert policies() != untouched, step["command"]
                    run(step["undo"], aws.environment())
                assert policies() == untouched, step["command"]
        assert len(states) == 4, "untouched, key off, user frozen, role revoked"


def test_the_program_is_built():
    assert TRAILHOUND.exists(), "cargo build -p cli"
