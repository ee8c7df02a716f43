"""Attacks are contained by plan: told in a dry run, carried out when a person approves, taken back again.

A fleet of its own account, with a responder. The attack comes as a record by the door for events; who approves
does so by the program, as a user with the right to invoke the function and no other.
"""

from __future__ import annotations

import json
import subprocess
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from alerts import TRAILHOUND
from conftest import INFRA
from emulator import REGION
from fleet import SOURCE_PREFIX, STACK, Fleet, Record, launch, matches, wait_for
from permissions import listed
from roles import Role, statements

ACCOUNT = "888899990000"
GUARDED = "arn:aws:iam::*:user/break-glass/*"
# The local AWS asks its policies about names without their paths.
GUARDED_BY_NAME = "arn:aws:iam::*:user/gustav"
FUNCTION = f"{STACK}-respond"
SSH = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
# What the responder may do, and nothing else; the calls of crates/response/src/action.rs.
ACTS = {
    "iam": {
        "GetUser",
        "ListAccessKeys",
        "UpdateAccessKey",
        "PutUserPolicy",
        "DeleteUserPolicy",
        "GetRole",
        "PutRolePolicy",
        "DeleteRolePolicy",
    },
    "cloudtrail": {"GetTrailStatus", "StartLogging"},
    "ec2": {"RevokeSecurityGroupIngress", "AuthorizeSecurityGroupIngress"},
}
SERVES = {
    *("logs:CreateLogStream", "logs:PutLogEvents"),
    *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    *("dynamodb:BatchGetItem", "dynamodb:PutItem"),
    *("sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"),
}


@pytest.fixture(scope="module")
def armed(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A fleet with a responder that asks before it acts."""
    packaged = tmp_path_factory.mktemp("armed") / "packaged.yaml"
    given = {"Respond": "approve", "NeverTouch": f"{GUARDED},{GUARDED_BY_NAME}", "RespondPerHour": "50"}
    return launch(fleet.local, packaged, given, account=ACCOUNT)


@pytest.fixture(scope="module")
def anna(armed: Fleet) -> dict[str, str]:
    """The environment of somebody who may approve, and may do nothing else."""
    iam = armed.client("iam")
    iam.create_user(UserName="anna")
    function = armed.client("lambda").get_function_configuration(FunctionName=FUNCTION)["FunctionArn"]
    allow = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": function}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_user_policy(UserName="anna", PolicyName="approve", PolicyDocument=policy)
    key = iam.create_access_key(UserName="anna")["AccessKey"]
    return armed.local.environment(ACCOUNT) | {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


def respond(environment: dict[str, str], *arguments: str, code: int = 0) -> str:
    """What the program says to `trailhound respond …`."""
    command = [str(TRAILHOUND), "respond", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


class Victim:
    """A user with a key and a security group, both of which an attacker has got hold of."""

    def __init__(self, armed: Fleet, name: str, path: str = "/") -> None:
        self.fleet, self.name = armed, name
        self.iam, self.ec2 = armed.client("iam"), armed.client("ec2")
        self.arn = self.iam.create_user(UserName=name, Path=path)["User"]["Arn"]
        self.key = self.iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
        self.group = self.ec2.create_security_group(GroupName=name, Description=name)["GroupId"]
        self.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=SSH)

    def record(self, call: str, service: str, **fields: Any) -> Record:
        """The record of what the attacker did with the key."""
        identity = {
            "type": "IAMUser",
            "arn": self.arn,
            "userName": self.name,
            "accountId": ACCOUNT,
            "accessKeyId": self.key,
        }
        return {
            "eventVersion": "1.11",
            "eventTime": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "eventSource": f"{service}.amazonaws.com",
            "eventName": call,
            "awsRegion": REGION,
            "sourceIPAddress": "203.0.113.77",
            "userAgent": "aws-cli/2.31.5",
            "eventID": str(uuid.uuid4()),
            "eventType": "AwsApiCall",
            "readOnly": False,
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
            "userIdentity": identity,
        } | fields

    def opens_the_port(self, **fields: Any) -> None:
        """Lets the record come by the door for events; the port is open already."""
        ranges = {"items": [{"cidrIp": "0.0.0.0/0"}]}
        rule = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": ranges}
        asked = {"groupId": self.group, "ipPermissions": {"items": [rule]}}
        record = self.record("AuthorizeSecurityGroupIngress", "ec2", requestParameters=asked)
        self.fleet.put_events([record | fields])

    def state(self) -> tuple[str, bool, int]:
        """Whether the key is on, whether the port is open, how many policies the user has."""
        (key,) = self.iam.list_access_keys(UserName=self.name)["AccessKeyMetadata"]
        (group,) = self.ec2.describe_security_groups(GroupIds=[self.group])["SecurityGroups"]
        policies = self.iam.list_user_policies(UserName=self.name)["PolicyNames"]
        return key["Status"], bool(group["IpPermissions"]), len(policies)


FREE, HELD = ("Active", True, 0), ("Inactive", False, 1)


def plan_about(armed: Fleet, what: str) -> dict[str, str]:
    """The mail about a plan that speaks of this."""
    mails: list[dict] = []

    def told() -> dict | None:
        mails.extend(armed.mails())
        plans = [mail for mail in mails if kind(mail) == "response" and what in mail["Message"]]
        return plans[-1] if plans else None

    mail = wait_for(told, f"a plan about {what}")
    words = mail["Subject"].split()
    name = words[words.index("plan") + 1].rstrip(":")
    return {"id": name, "subject": mail["Subject"], "text": mail["Message"]}


def kind(mail: dict) -> str | None:
    return mail.get("MessageAttributes", {}).get("kind", {}).get("Value")


def mode(armed: Fleet, name: str) -> None:
    """Sets how plans are carried out, as a deployment would."""
    functions = armed.client("lambda")
    settings = functions.get_function_configuration(FunctionName=FUNCTION)["Environment"]["Variables"]
    settings["TRAILHOUND_RESPOND_MODE"] = name
    functions.update_function_configuration(FunctionName=FUNCTION, Environment={"Variables": settings})


def test_a_plan_waits_for_a_person_is_carried_out_and_taken_back(armed, anna):
    maria = Victim(armed, "maria")
    maria.opens_the_port()
    plan = plan_about(armed, maria.key)
    assert plan["subject"].endswith("waits for approval")
    for call in (
        f"iam:UpdateAccessKey UserName=maria AccessKeyId={maria.key} Status=Inactive",
        f"ec2:RevokeSecurityGroupIngress in {REGION} GroupId={maria.group}",
    ):
        assert call in plan["text"]
    assert maria.state() == FREE, "nobody has said a word yet"
    assert plan["id"] in respond(anna, "list")

    done = respond(anna, "approve", plan["id"])
    assert "carried out" in done and f"arn:aws:iam::{ACCOUNT}:user/anna: approved" in done
    assert maria.state() == HELD
    assert "is done" in respond(anna, "approve", plan["id"], code=3), "a word counts once"

    assert "taken back" in respond(anna, "undo", plan["id"])
    assert maria.state() == FREE


def test_a_dry_run_changes_nothing_and_says_what_it_would(armed, anna):
    mode(armed, "dry-run")
    paul = Victim(armed, "paul")
    paul.opens_the_port()
    plan = plan_about(armed, paul.key)
    assert plan["subject"].endswith("only planned")
    assert "is planned" in respond(anna, "approve", plan["id"], code=3)
    assert paul.state() == FREE
    mode(armed, "approve")


def test_whom_the_list_protects_is_not_touched_even_without_asking(armed, anna):
    mode(armed, "automatic")
    ceo, eve = Victim(armed, "ceo", path="/break-glass/"), Victim(armed, "eve")
    ceo.opens_the_port()
    eve.opens_the_port()
    plan_about(armed, eve.key)
    wait_for(lambda: eve.state() == HELD, "the plan about eve to be carried out")
    armed.settle()
    wait_for(lambda: armed.waiting("respond") == 0, "the responder to be done")
    assert ceo.state() == FREE
    assert f"`{GUARDED}` is never touched" in refusals(anna)
    mode(armed, "approve")


def refusals(anna: dict[str, str]) -> str:
    """What plans without a step refuse."""
    plans = json.loads(respond(anna, "--quiet", "list", "--format", "json"))["plans"]
    return "".join(respond(anna, "show", plan["plan"]) for plan in plans if plan["steps"] == 0)


def test_a_trail_is_started_again_and_the_switch_stops_everything(armed, anna):
    trails, walter = armed.client("cloudtrail"), Victim(armed, "walter")
    armed.client("s3").create_bucket(Bucket="trail-of-walter")
    trails.create_trail(Name="main", S3BucketName="trail-of-walter")
    trails.stop_logging(Name="main")
    armed.put_events([walter.record("StopLogging", "cloudtrail", requestParameters={"name": "main"})])
    plan = plan_about(armed, "StartLogging")
    respond(anna, "stop", "--reason", "a drill")
    assert "stopped" in respond(anna, "approve", plan["id"], code=3)
    assert "Stopped since" in respond(anna, "list")
    assert trails.get_trail_status(Name="main")["IsLogging"] is False
    respond(anna, "start")
    respond(anna, "approve", plan["id"])
    assert trails.get_trail_status(Name="main")["IsLogging"] is True
    undone = respond(anna, "undo", plan["id"])
    assert "StopLogging" in undone, "left to people"
    assert trails.get_trail_status(Name="main")["IsLogging"] is True


def test_a_proof_for_something_else_is_none(armed):
    proof = [["authorization", "x"], ["x-trailhound-request", "start"]]
    payload = json.dumps({"wish": {"do": "start"}, "proof": proof})
    answer = armed.client("lambda").invoke(FunctionName=FUNCTION, Payload=payload)["Payload"]
    assert "signed over `start`" in json.loads(answer.read())["problem"]


# ---- What the responder itself may do, and who is told of it ----


def responder(armed: Fleet) -> dict[str, Any]:
    """The identity of the responder, as records have it."""
    role = armed.role("respond")
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    issuer = {"type": "Role", "arn": arn, "accountId": ACCOUNT, "userName": role}
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{FUNCTION}",
        "accountId": ACCOUNT,
        "sessionContext": {"sessionIssuer": issuer},
    }


def test_its_own_acts_are_evidence_and_no_attack(armed):
    """A port that is opened again by undo is an alert from anybody else; see above."""
    otto = Victim(armed, "otto")
    armed.settle()
    armed.mails()
    before = armed.metrics("eventbridge")
    otto.opens_the_port(userIdentity=responder(armed))

    def passed_over() -> bool:
        lines = armed.metrics("eventbridge")[len(before) :]
        return any(line.get("RecordsSkippedOwnCall") for line in lines)

    wait_for(passed_over, "the record to be passed over")
    armed.settle()
    assert armed.mails() == []


def test_the_guard_does_not_cry_about_its_calls(armed):
    events = armed.client("events")
    rules = ("code", "roads", "stores")
    patterns = [events.describe_rule(Name=f"{STACK}-guard-{rule}")["EventPattern"] for rule in rules]
    victim = Victim(armed, "ida")
    things = {"userName": "ida", "roleName": "Deploy", "policyName": "TrailhoundContain-0", "name": "main"}
    for service, calls in ACTS.items():
        for call in calls:
            record = victim.record(call, service, requestParameters=things, userIdentity=responder(armed))
            assert not any(matches(events, pattern, record, ACCOUNT) for pattern in patterns), call
    record["requestParameters"] = {"roleName": f"{STACK}-AlertsRole-1"}
    record |= {"eventSource": "iam.amazonaws.com", "eventName": "PutRolePolicy"}
    told = [matches(events, pattern, record, ACCOUNT) for pattern in patterns]
    assert any(told), "on the fleet's own roles it would be an attack"
    assert SOURCE_PREFIX != "aws."


def test_the_calls_that_are_passed_over_are_those_that_it_may_make():
    own = (INFRA.parent / "crates" / "aws" / "src" / "own.rs").read_text()
    table = own.split("const RESPONSES", 1)[1].split("];", 1)[0]
    for service, calls in ACTS.items():
        for call in calls:
            assert f'("{service}.amazonaws.com", "{call}")' in table, call
    assert table.count("amazonaws.com") == sum(map(len, ACTS.values()))


def test_the_role_grants_what_plans_call_and_nothing_else(armed):
    granted, denied = set(), []
    for statement in statements(armed, "respond"):
        if statement["Effect"] == "Deny":
            denied.append(statement)
            continue
        assert statement["Resource"] != "*" and "NotAction" not in statement
        granted |= set(listed(statement["Action"]))
    assert granted == SERVES | {f"{service}:{call}" for service, calls in ACTS.items() for call in calls}
    kept_from = [one for statement in denied for one in listed(statement["Resource"])]
    assert {GUARDED, GUARDED_BY_NAME} <= set(kept_from)


def test_iam_holds_it_to_the_list_too(armed):
    role, own = Role(armed, "respond"), armed.role("alerts")
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    policy = {"PolicyName": "TrailhoundContain-x", "PolicyDocument": document}
    iam = armed.client("iam")
    Victim(armed, "gustav")
    Victim(armed, "hans")
    assert role.may("iam", "put_user_policy", UserName="hans", **policy)
    assert not role.may("iam", "put_user_policy", UserName="gustav", **policy)
    assert not role.may("iam", "put_role_policy", RoleName=own, **policy)
    assert not role.may("cloudtrail", "stop_logging", Name="main")
    assert not role.may("iam", "create_access_key", UserName="hans")
    table = {"TableName": f"{STACK}-state", "Item": {"key": {"S": "x"}}}
    assert not role.may("dynamodb", "put_item", **table)
    iam.delete_user_policy(UserName="hans", PolicyName=policy["PolicyName"])


def test_no_other_function_may_write_its_plans(armed):
    item = {"key": {"S": "plan#x"}, "version": {"N": "1"}}
    for function in ("s3-logs", "eventbridge", "alerts"):
        role = Role(armed, function)
        assert not role.may("dynamodb", "put_item", TableName=f"{STACK}-respond", Item=item), function


def test_a_dry_run_has_no_right_to_act(templates):
    policies = templates["respond.yaml"]["Resources"]["RespondRole"]["Properties"]["Policies"]
    (policy,) = policies
    for statement in policy["PolicyDocument"]["Statement"]:
        if "Fn::If" in statement and statement["Fn::If"][0] == "Acts":
            continue
        statement = statement["Fn::If"][1] if "Fn::If" in statement else statement
        services = {action.split(":")[0] for action in listed(statement["Action"])}
        assert statement["Effect"] == "Deny" or not services & set(ACTS), statement["Sid"]


def test_it_is_off_unless_somebody_wants_it(fleet, templates):
    assert templates["template.yaml"]["Parameters"]["Respond"]["Default"] == "off"
    names = [one["FunctionName"] for one in fleet.client("lambda").list_functions()["Functions"]]
    assert FUNCTION not in names
