"""Writes docs/permissions.md: every right that the templates give, to whom, and why.

    permissions.py            prints the page
    permissions.py --write    writes it

The rights are read from infra/sam, the reasons from infra/why.yaml. A right without a reason, and a reason
without a right, is an error: nobody gets a right that nobody can explain.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from templates import templates

INFRA = Path(__file__).resolve().parent
PAGE = INFRA.parent / "docs" / "permissions.md"
WHY = INFRA / "why.yaml"

# The resource in which a policy lies, by its type.
POLICIES = ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy")

HEAD = """\
# Permissions

Every right that the templates of [`infra/sam`](../infra/sam/template.yaml) give, to whom, on what, and why. Made by
`infra/permissions.py` from the templates and [`infra/why.yaml`](../infra/why.yaml); a test fails when it is stale, when a
right has no reason, or when a reason has lost its right. Another holds the rights of each function to the calls in its
[code](../infra/tests/test_policies.py).

Names stand for resources of the stack. `${…}` is filled in by CloudFormation.
"""

ROLES = """
## What roles may do

| role | action | resource | why |
|---|---|---|---|
"""

RESOURCES = """
## Who may use what

Beside roles of the account itself, to which the account's own policies apply.

| resource | who | action | only if | why |
|---|---|---|---|---|
"""

TRUST = """
## Who may put on a role

| role | who | only if |
|---|---|---|
"""

TAIL = """
In an organization there are three roles more in the management account: two for the stack set that forwards its own
events, and that of the function by which the custom resources delegate: [`forwarding.ts`](../infra/cdk/lib/forwarding.ts),
[`management.ts`](../infra/cdk/lib/management.ts).
"""


class Unexplained(Exception):
    """Rights and reasons do not fit each other; one line for each."""


@dataclass(frozen=True)
class Right:
    """One statement of a policy."""

    holder: str
    statement: dict[str, Any]
    condition: str

    @property
    def sid(self) -> str:
        return self.statement.get("Sid", "")


def main(arguments: list[str]) -> int:
    try:
        text = page(templates(), yaml.safe_load(WHY.read_text()))
    except Unexplained as problems:
        print(f"error: {problems}", file=sys.stderr)
        return 1
    if arguments == ["--write"]:
        PAGE.write_text(text)
    elif arguments:
        print(__doc__, file=sys.stderr)
        return 3
    else:
        print(text, end="")
    return 0


def page(templates: dict[str, dict[str, Any]], why: dict[str, Any]) -> str:
    """The page; raises `Unexplained` with all that does not fit."""
    roles, policies = list(of_roles(templates)), list(of_resources(templates))
    reasons = Reasons(why)
    rows = "".join(
        f"| `{right.holder}` | {never(right)}`{action}` | {resources(right)} | {reasons.of(right, action)} |\n"
        for right in roles
        for action in listed(right.statement["Action"])
    )
    open_to = "".join(
        f"| `{right.holder}` | {principal(right.statement)} | {actions(right)} | {conditions(right)} | "
        f"{reasons.of(right, None)} |\n"
        for right in policies
    )
    trusted = "".join(f"| `{name}` | {who} | {only} |\n" for name, who, only in trust(templates))
    reasons.close()
    return HEAD + ROLES + rows + RESOURCES + open_to + TRUST + trusted + TAIL


class Reasons:
    """The reasons of why.yaml, each of which must be asked for."""

    def __init__(self, why: dict[str, Any]) -> None:
        self._why = why
        self._asked: set[tuple[str, ...]] = set()
        self._missing: list[str] = []

    def of(self, right: Right, action: str | None) -> str:
        """Why somebody has the right; a reason is for the statement or for one of its actions."""
        found = self._why.get(right.holder, {}).get(right.sid)
        place = (right.holder, right.sid)
        if isinstance(found, dict):
            place, found = (*place, action or ""), found.get(action or "")
        self._asked.add(place)
        if not found:
            self._missing.append(
                f"no reason in why.yaml for {' / '.join(part for part in place if part)} ({action})"
            )
        return found or ""

    def close(self) -> None:
        """Raises `Unexplained` if a reason is missing, or stands there for nothing."""
        idle = [
            f"nothing needs the reason {' / '.join(place)}"
            for place in self._places()
            if place not in self._asked
        ]
        if self._missing or idle:
            raise Unexplained("\n".join(self._missing + idle))

    def _places(self) -> Iterator[tuple[str, ...]]:
        for holder, reasons in self._why.items():
            for sid, reason in reasons.items():
                if isinstance(reason, dict):
                    yield from ((holder, sid, action) for action in reason)
                else:
                    yield (holder, sid)


def of_roles(templates: dict[str, dict[str, Any]]) -> Iterator[Right]:
    """What roles may do."""
    for name, resource in of_types(templates, ("AWS::IAM::Role",)):
        for policy in resource["Properties"].get("Policies", []):
            yield from rights(name, policy["PolicyDocument"])


def of_resources(templates: dict[str, dict[str, Any]]) -> Iterator[Right]:
    """Who may use queues, topics, buckets, buses and keys; what the account leaves to its own policies is left out."""
    for name, resource in of_types(templates, POLICIES):
        yield from rights(name.removesuffix("Policy"), resource["Properties"]["PolicyDocument"])
    for name, resource in of_types(templates, ("AWS::Events::EventBus",)):
        yield from rights(name, resource["Properties"]["Policy"])
    for file, template in templates.items():
        for name, resource in template["Resources"].items():
            if resource["Type"] == "AWS::KMS::Key":
                yield from rights(f"{name} of {Path(file).stem}", resource["Properties"]["KeyPolicy"])


def of_types(
    templates: dict[str, dict[str, Any]], types: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for template in templates.values():
        yield from ((name, one) for name, one in template["Resources"].items() if one["Type"] in types)


def rights(holder: str, document: dict[str, Any]) -> Iterator[Right]:
    """The statements of a policy, those behind conditions too."""
    for statement in document["Statement"]:
        condition = ""
        if "Fn::If" in statement:
            condition, statement, _ = statement["Fn::If"]
        if "AWS" in listed_keys(statement.get("Principal")):
            continue
        yield Right(holder, statement, condition)


def trust(templates: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Who may put on which role."""
    for name, resource in of_types(templates, ("AWS::IAM::Role",)):
        for right in rights(name, resource["Properties"]["AssumeRolePolicyDocument"]):
            yield name, principal(right.statement), conditions(right)


def listed_keys(value: Any) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def listed(value: Any) -> list[Any]:
    """One or several, as several."""
    return value if isinstance(value, list) else [value]


def resources(right: Right) -> str:
    shown = ", ".join(f"`{text}`" for text in map(spoken, listed(right.statement["Resource"])) if text)
    return shown + (f" (if `{right.condition}`)" if right.condition else "")


def never(right: Right) -> str:
    """What stands before an action that is forbidden, whatever else allows it."""
    return "**never** " if right.statement["Effect"] == "Deny" else ""


def actions(right: Right) -> str:
    return ", ".join(f"`{action}`" for action in listed(right.statement["Action"]))


def principal(statement: dict[str, Any]) -> str:
    who = statement["Principal"]
    shown = "everybody" if who == "*" else ", ".join(f"`{one}`" for one in listed(who["Service"]))
    return f"**never** {shown}" if statement["Effect"] == "Deny" else shown


def conditions(right: Right) -> str:
    """What must hold, as AWS writes it."""
    tests = [
        f"`{key}` {test} `{'` or `'.join(map(spoken, listed(values)))}`"
        for test, keys in right.statement.get("Condition", {}).items()
        for key, values in keys.items()
    ]
    if right.condition:
        tests.append(f"the stack is for `{right.condition}`")
    return "; ".join(tests)


def spoken(value: Any) -> str:
    """A resource as a person would write it."""
    if not isinstance(value, dict):
        return str(value)
    ((function, inside),) = value.items()
    match function:
        case "Ref":
            return "" if inside == "AWS::NoValue" else inside
        case "Fn::GetAtt":
            name, attribute = inside[0], ".".join(inside[1:])
            if not attribute.startswith("Outputs."):
                return name
            told = attribute.removeprefix("Outputs.").removesuffix("Arn")
            # Two templates have one each.
            return f"Key of {name.lower()}" if told == "Key" else told
        case "Fn::Sub":
            return inside if isinstance(inside, str) else inside[0]
        case "Fn::If":
            return "` or `".join(filter(None, map(spoken, inside[1:])))
    raise ValueError(f"{function} in a policy: teach spoken() to say it")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
