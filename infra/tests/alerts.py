"""Alerts about crafted records, made by the program itself."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from conftest import INFRA

ROOT = INFRA.parent
TRAILHOUND = ROOT / "target" / "debug" / "trailhound"

# Matches whatever comes and brings no steps: then those of the call and of the principal are shown.
ANY = """
title: Any call
id: 5d0a4b1e-7f0b-4a1c-9d55-3a1f4d5be003
logsource: { product: aws, service: cloudtrail }
detection: { selection: { eventName: '*' }, condition: selection }
level: high
trailhound: { group-by: [eventID] }
"""

# What is called where nothing hangs on it.
CALL = "GetLoginProfile"
BOOK = ROOT / "crates" / "detect" / "data" / "containment.yml"
# What a name may be, if its owner is up to something.
NASTY = json.loads((ROOT / "crates" / "detect" / "data" / "nasty.json").read_text())
# In every partition one region.
REGIONS = {"aws": "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


def identities(name: str = "maria", session: str = "i-0123456789abcdef0") -> dict[str, dict[str, Any]]:
    """An identity of each kind that can be stopped, by the key of its steps in the book."""
    account, iam = "111122223333", "arn:aws:iam::111122223333"

    def role(arn: str, role: str, session: str) -> dict[str, Any]:
        return {
            "type": "AssumedRole",
            "accountId": account,
            "principalId": f"AROACKCEVSQ6C2EXAMPLE:{session}",
            "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "arn": arn, "accountId": account, "userName": role}
            },
        }

    user = {"type": "IAMUser", "userName": name, "accountId": account, "arn": f"{iam}:user/{name}"}
    sso = "AWSReservedSSO_Admin_0123456789abcdef"
    token = role(f"{iam}:user/{name}", name, "x")
    token |= {"type": "FederatedUser", "arn": f"arn:aws:sts::{account}:federated-user/x"}
    token["sessionContext"]["sessionIssuer"]["type"] = "IAMUser"
    return {
        "iam-user-key": user | {"accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
        "iam-user-session": user | {"accessKeyId": "ASIAIOSFODNN7EXAMPLE"},
        "role": role(f"{iam}:role/{name}", name, "ci"),
        "instance-role": role(f"{iam}:role/{name}", name, session),
        "identity-center": role(f"{iam}:role/aws-reserved/sso.amazonaws.com/{sso}", sso, name),
        "root": {"type": "Root", "accountId": account, "arn": f"{iam}:root"},
        "federation-token": token,
        "federated": {
            "type": "WebIdentityUser",
            "userName": f"repo:{name}/x",
            "identityProvider": "token.example",
        },
    }


def call(identity: dict[str, Any], region: str = "eu-west-1", **fields: Any) -> dict[str, Any]:
    """A record of a call that only the rule for any call is about."""
    return {
        "eventSource": "iam.amazonaws.com",
        "eventName": CALL,
        "eventTime": "2026-11-22T14:02:11Z",
        "awsRegion": region,
        "recipientAccountId": "111122223333",
        "userIdentity": identity,
    } | fields


def answered() -> list[dict[str, Any]]:
    """Calls that are taken back by what the service has answered."""
    user = identities()["iam-user-key"]
    rules = {"items": [{"securityGroupRuleId": "sgr-0123456789abcdef0"}]}
    return [
        call(
            user,
            eventSource="ec2.amazonaws.com",
            eventName="AuthorizeSecurityGroupIngress",
            requestParameters={"groupId": "sg-0123456789abcdef0"},
            responseElements={"securityGroupRuleSet": rules},
        ),
        call(
            user,
            eventSource="ssm.amazonaws.com",
            eventName="StartSession",
            requestParameters={"target": "i-0123456789abcdef0"},
            responseElements={"sessionId": "maria-0123456789abcdef0"},
        ),
        *(call(user, **fields) for fields in changes()),
    ]


def changes() -> list[dict[str, Any]]:
    """Calls that leave something behind, as the services record them."""
    policy = {"policyName": "p", "policyDocument": json.dumps({"Version": "2012-10-17", "Statement": []})}
    sso = "arn:aws:sso:::"
    assigned = {
        "instanceArn": f"{sso}instance/ssoins-0123456789abcdef",
        "targetId": "111122223333",
        "targetType": "AWS_ACCOUNT",
        "permissionSetArn": f"{sso}permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef",
        "principalType": "USER",
        "principalId": "0123456789-01234567-0123-0123-0123-0123456789ab",
    }
    calls = {
        "iam PutUserPolicy": {"userName": "eve", **policy},
        "iam PutRolePolicy": {"roleName": "door", **policy},
        "iam PutGroupPolicy": {"groupName": "doors", **policy},
        "iam AttachGroupPolicy": {"groupName": "doors", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "iam CreateLoginProfile": {"userName": "eve"},
        "iam CreateRole": {"roleName": "door"},
        "iam DeactivateMFADevice": {"userName": "eve"},
        "ec2 CreateKeyPair": {"keyName": "door"},
        "lambda UpdateFunctionCode20150331v2": {"functionName": "door"},
        "events PutRule": {"name": "door"},
        "sso CreateAccountAssignment": assigned,
    }
    split = ((*name.split(), parameters) for name, parameters in calls.items())
    return [
        {"eventSource": f"{service}.amazonaws.com", "eventName": name, "requestParameters": parameters}
        for service, name, parameters in split
    ]


def of_the_rules() -> list[dict[str, Any]]:
    """The records that the built-in rules and correlations say they match."""
    tests = [test for rule in rules() for test in rule.get("tests") or [] if test["expect"] == "match"]
    single = [test["event"] for test in tests if "event" in test]
    return single + [record for test in tests for record in unfolded(test.get("story") or [])]


def unfolded(story: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records of a correlation's story: each of its parts as often as it is repeated."""
    units, begin = {"s": 1, "m": 60, "h": 3600, "d": 86400}, datetime(2026, 11, 22, 8, tzinfo=UTC)

    def seconds(text: str) -> int:
        return int(text[:-1]) * units[text[-1]]

    records = []
    for part in story:
        for at in range(part.get("repeat", 1)):
            time = begin + timedelta(seconds=seconds(part["at"]) + at * seconds(part.get("every", "1s")))
            event = json.loads(json.dumps(part["event"], default=str).replace("{n}", str(at)))
            records.append(event | {"eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ")})
    return records


@cache
def rules() -> list[dict[str, Any]]:
    """The built-in rules and correlations."""
    files = sorted((ROOT / "rules").rglob("*.yml"))
    return [rule for file in files for rule in yaml.load_all(file.read_text(), yaml.CSafeLoader)]


def alerts(records: Iterable[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """What the program says about the records; each is an alert of the rule for any call, at least."""
    rules, file = folder / "rules", folder / "records.jsonl"
    rules.mkdir(parents=True)
    (rules / "any.yml").write_text(ANY)
    # A day and an id for each, so that no alert is about two.
    records = [record | {"eventID": f"event-{at}"} for at, record in enumerate(records)]
    for record in records:
        record.pop("sharedEventID", None)
    file.write_text("".join(json.dumps(record, default=str) + "\n" for record in records))
    scan = [TRAILHOUND, "scan", file, "--rules", rules, "--format", "jsonl", "--level", "informational"]
    found = told(scan)
    # All is done by one principal here, and what that adds up to stands in for low alerts.
    known = {alert["id"] for alert in found}
    found += [alert for alert in told([*scan, "--no-correlation"]) if alert["id"] not in known]
    of_any = [alert for alert in found if alert["rule"]["title"] == "Any call"]
    # Insights are no calls.
    assert len(of_any) == sum("eventName" in record for record in records)
    return found


def told(scan: list[Any]) -> list[dict[str, Any]]:
    """The alerts that a scan prints."""
    run = subprocess.run(scan, capture_output=True, text=True, timeout=300)
    assert run.returncode in (0, 1), run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def commands(found: Iterable[dict[str, Any]]) -> list[str]:
    """Every command of these alerts, and what takes it back, each once."""
    steps = [step for alert in found for step in alert["response"]]
    texts = [text for step in steps for text in (step["command"], step["undo"]) if text]
    return list(dict.fromkeys(texts))
