"""What each function may do, as AWS would read it: the roles of a stack that was deployed."""

from __future__ import annotations

import json
from typing import Any

import boto3
import fleet as fleets
from botocore.exceptions import ClientError
from emulator import REGION

Statement = dict[str, Any]
# How services say no.
REFUSED = ("AccessDenied", "AccessDeniedException", "AuthorizationError")


def statements(fleet: fleets.Fleet, function: str) -> list[Statement]:
    """All statements of the role of a function."""
    policies = documents(fleet, function)
    return [statement for policy in policies for statement in policy["Statement"]]


def documents(fleet: fleets.Fleet, function: str) -> list[dict[str, Any]]:
    """The policies of the role of a function; it has no others than its own."""
    iam, role = fleet.client("iam"), fleet.role(function)
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    if attached:
        raise RuntimeError(f"{role} has policies that are not in the template: {attached}")
    names = set(iam.list_role_policies(RoleName=role)["PolicyNames"]) - {fleets.FOR_EMULATOR}
    return [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]


class Role:
    """A function's role, put on as Lambda puts it on for the function."""

    def __init__(self, fleet: fleets.Fleet, function: str) -> None:
        self._url = fleet.local.url
        self._key = _credentials(fleet, fleet.role(function))

    def may(self, service: str, call: str, **arguments: Any) -> bool:
        """Whether AWS lets this role do it."""
        try:
            getattr(self._client(service), call)(**arguments)
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] in REFUSED:
                return False
            raise
        return True

    def _client(self, service: str):
        return boto3.client(
            service,
            endpoint_url=self._url,
            region_name=REGION,
            aws_access_key_id=self._key["AccessKeyId"],
            aws_secret_access_key=self._key["SecretAccessKey"],
            aws_session_token=self._key["SessionToken"],
        )


def _credentials(fleet: fleets.Fleet, name: str) -> dict[str, str]:
    """Credentials of a role that trusts Lambda alone, and us for as long as this takes."""
    iam = fleet.client("iam")
    role = iam.get_role(RoleName=name)["Role"]
    trust = role["AssumeRolePolicyDocument"]
    us = {"AWS": f"arn:aws:iam::{fleet.account}:root"}
    ours = {"Effect": "Allow", "Principal": us, "Action": "sts:AssumeRole"}
    both = {**trust, "Statement": [*trust["Statement"], ours]}
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(both))
    try:
        return fleet.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")["Credentials"]
    finally:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
