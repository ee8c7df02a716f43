"""What each function may do, as AWS would read it: the policies of a stack that was deployed.

    policies.py      deploys to a local AWS, and prints each policy as one line of JSON
"""

from __future__ import annotations

import json
import shutil
from typing import Any

import fleet as fleets
from stack import FUNCTIONS, ROOT

Statement = dict[str, Any]


def statements(fleet: fleets.Fleet, function: str) -> list[Statement]:
    """All statements of the role of a function."""
    policies = documents(fleet, function)
    return [statement for policy in policies for statement in policy["Statement"]]


def documents(fleet: fleets.Fleet, function: str) -> list[dict[str, Any]]:
    """The policies of the role of a function; it has no others than its own."""
    iam, role = fleet.client("iam"), role_of(fleet, function)
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    if attached:
        raise RuntimeError(f"{role} has policies that are not in the template: {attached}")
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]


def role_of(fleet: fleets.Fleet, function: str) -> str:
    """The name of the role of a function."""
    configuration = fleet.client("lambda").get_function_configuration(FunctionName=f"{fleets.STACK}-{function}")
    return configuration["Role"].rsplit("/", 1)[-1]


def listed(value: Any) -> list[Any]:
    """One or several, as several."""
    return value if isinstance(value, list) else [value]


def main() -> None:
    folder = ROOT / "target" / "policies"
    shutil.rmtree(folder, ignore_errors=True)
    with fleets.fleet(folder) as fleet:
        for function in FUNCTIONS:
            for document in documents(fleet, function):
                print(json.dumps(document), flush=True)


if __name__ == "__main__":
    main()
