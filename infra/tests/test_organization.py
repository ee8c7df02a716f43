"""An organization on the local AWS: what its accounts forward is mailed with the account and region it is of.

The central stack is the one that the CDK synthesises. The local AWS brings no event from one account to another,
so what would have come over is put on the central bus, in the words in which the rule of the other account has
let it through.
"""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from alerts import TRAILHOUND, told
from conftest import INFRA
from emulator import REGION
from fleet import STACK, Fleet, Record, adopt, event, matches, records_of, wait_for

ROOT = INFRA.parent
CDK = INFRA / "cdk"
LOG_ACCOUNT, MEMBER = "123456789012", "444455556666"
CONFIGURATION = {
    "organization": {"id": "o-exampleorgid", "managementAccount": "999988887777", "units": ["r-ab12"]},
    "logAccount": {"id": LOG_ACCOUNT, "region": REGION},
    "regions": [REGION, "eu-west-1"],
    "withoutSignInRegions": True,
    "accounts": [{"id": MEMBER, "name": "staging", "owner": "shop team", "unit": "shop"}],
    "recipients": [
        {"address": "security@example.com"},
        {"address": "shop@example.com", "units": ["shop"], "level": "high"},
        {"address": "shop-cn@example.com", "units": ["shop"], "language": "zh-CN"},
    ],
    # What the local AWS cannot do is left out, as it is for one account.
    "fleet": {
        "CreateTrail": "false",
        "Architecture": "x86_64",
        "EventSourcePrefix": "local.",
        "Emulator": "true",
    },
}


@pytest.fixture(scope="module")
def synthesis(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `cdk synth` makes of the configuration."""
    if not (CDK / "node_modules" / ".installed").exists():
        pytest.skip("`make cdk` installs what synthesises the stacks")
    subprocess.run(["tools/cdk.sh", "built"], cwd=ROOT, check=True)
    folder = tmp_path_factory.mktemp("cdk")
    (folder / "organization.json").write_text(json.dumps(CONFIGURATION))
    context = {"configuration": str(folder / "organization.json")}
    environment = os.environ | {"CDK_CONTEXT_JSON": json.dumps(context), "CDK_OUTDIR": str(folder / "out")}
    subprocess.run(["node", "build/bin/organization.js"], cwd=CDK, check=True, env=environment)
    return folder / "out"


@pytest.fixture(scope="module")
def central(fleet: Fleet, synthesis: Path) -> Fleet:
    """The central stack in the log account."""
    publish_assets(fleet.local.client("s3", LOG_ACCOUNT), synthesis)
    # That the account is ready for the CDK, says `cdk bootstrap` by this.
    ssm = fleet.local.client("ssm", LOG_ACCOUNT)
    ssm.put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
    template = (synthesis / "trailhound.template.json").read_text()
    running = adopt(fleet.local, template, {}, LOG_ACCOUNT)
    running.capture(f"{running.outputs['MailTopicArn']}-zh-CN", "zh-captured")
    return running


def publish_assets(s3, synthesis: Path) -> None:
    """Uploads what the template names, as `cdk deploy` does."""
    assets = json.loads((synthesis / "trailhound.assets.json").read_text())["files"].values()
    made: set[str] = set()
    for asset in assets:
        path = synthesis / asset["source"]["path"]
        body = zipped(path) if asset["source"]["packaging"] == "zip" else path.read_bytes()
        for there in asset["destinations"].values():
            bucket = there["bucketName"].replace("${AWS::AccountId}", LOG_ACCOUNT)
            if bucket not in made:
                s3.create_bucket(Bucket=bucket)
                made.add(bucket)
            s3.put_object(Bucket=bucket, Key=there["objectKey"], Body=body)


def zipped(folder: Path) -> bytes:
    """A folder as an archive in which programs stay programs."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return buffer.getvalue()


@pytest.fixture(scope="module")
def forwards(fleet: Fleet, central: Fleet) -> dict[str, Any]:
    """The rule that stands in a member account, with its target."""
    given = {
        "Prefix": STACK,
        "CentralBusArn": central.outputs["CentralBusArn"],
        "CentralAccountId": LOG_ACCOUNT,
        "CentralRegion": REGION,
        "SourcePrefix": "local.",
    }
    formation = fleet.local.client("cloudformation", MEMBER)
    formation.create_stack(
        StackName="forwarding",
        TemplateBody=(INFRA / "sam" / "forward.yaml").read_text(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
    )
    formation.get_waiter("stack_create_complete").wait(StackName="forwarding", WaiterConfig={"Delay": 1})
    events = fleet.local.client("events", MEMBER)
    rule = events.describe_rule(Name=f"{STACK}-forward")
    (target,) = events.list_targets_by_rule(Rule=f"{STACK}-forward")["Targets"]
    return {"rule": rule, "target": target, "events": events}


def of_member(record: Record) -> Record:
    """The record as another account and region would have it."""
    return json.loads(json.dumps(record).replace(record["recipientAccountId"], MEMBER)) | {
        "awsRegion": "eu-west-1"
    }


def passes(forwards: dict[str, Any], record: Record, account: str = MEMBER) -> bool:
    """Whether the rule of the member account forwards the record."""
    return matches(forwards["events"], forwards["rule"]["EventPattern"], record, account)


def test_a_member_account_forwards_to_the_bus_of_the_log_account(central, forwards):
    assert forwards["rule"]["State"] == "ENABLED"
    assert forwards["target"]["Arn"] == central.outputs["CentralBusArn"]
    assert forwards["target"]["RoleArn"].endswith(f":role/{STACK}-forward-{REGION}")


def test_what_has_come_from_another_account_is_not_forwarded_again(forwards):
    record = of_member(records_of(ROOT / "events" / "trail-blinded.json")[-1])
    assert passes(forwards, record)
    assert not passes(forwards, record, account="111122223333")


def test_one_event_of_another_account_is_one_mail_that_names_it(central, forwards):
    records = records_of(ROOT / "events" / "trail-blinded.json")
    (record,) = [of_member(one) for one in records if one["eventName"] == "StopLogging"]
    assert passes(forwards, record)
    entry = event(record) | {"EventBusName": f"{STACK}-central"}
    central.client("events").put_events(Entries=[entry, entry])  # twice, as AWS may
    mails = wait_for(central.mails, "a mail")
    central.settle()
    mails += central.mails()
    (mail,) = [one for one in mails if one.get("MessageAttributes")]
    attributes = {name: value["Value"] for name, value in mail["MessageAttributes"].items()}
    assert (attributes["account"], attributes["region"]) == (MEMBER, "eu-west-1")
    assert "staging" in mail["Subject"], mail["Subject"]
    assert "shop team" in mail["Message"], "and who answers for it"
    (chinese,) = central.mails("zh-captured")
    assert chinese["MessageAttributes"]["language"]["Value"] == "zh-CN"
    assert "发生了什么" in chinese["Message"] and "发生了什么" not in mail["Message"]


def test_recipients_are_subscribed_with_their_filters(central):
    sns, topic = central.client("sns"), central.outputs["MailTopicArn"]
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    mailed = {one["Endpoint"] for one in subscriptions if one["Protocol"] == "email"}
    assert mailed == {"security@example.com", "shop@example.com"}
    other = sns.list_subscriptions_by_topic(TopicArn=topic + "-zh-CN")["Subscriptions"]
    assert "shop-cn@example.com" in {one["Endpoint"] for one in other}


def test_a_log_file_of_the_trail_of_an_organization_is_read_from_below_its_id(central):
    records = [of_member(one) for one in records_of(ROOT / "events" / "snapshot-shared.json")]
    key = f"AWSLogs/o-exampleorgid/{MEMBER}/CloudTrail/eu-west-1/2026/03/15/{MEMBER}_CloudTrail_eu-west-1_20260315T2215Z_0123456789abcdef.json.gz"
    central.put_log_file(records, key=key)
    central.settle()
    accounts = {
        mail["MessageAttributes"]["account"]["Value"]
        for mail in central.mails()
        if "MessageAttributes" in mail
    }
    assert accounts == {MEMBER}


def test_a_call_that_two_accounts_see_is_told_for_the_callers_and_then_no_more(tmp_path):
    """Both records have one `sharedEventID`, and each its own `eventID`."""
    policy = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::shop/*",
    }
    record = {
        "eventVersion": "1.11",
        "eventTime": "2026-11-22T14:02:11Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "PutBucketPolicy",
        "awsRegion": REGION,
        "sourceIPAddress": "203.0.113.7",
        "sharedEventID": "0f6a1c52-9d5e-4a34-8d0a-6f4f3d6f0c11",
        "userIdentity": {
            "type": "IAMUser",
            "userName": "maria",
            "accountId": MEMBER,
            "arn": f"arn:aws:iam::{MEMBER}:user/maria",
        },
        "requestParameters": {"bucketName": "shop", "bucketPolicy": {"Statement": [policy]}},
    }
    copies = [
        record | {"recipientAccountId": account, "eventID": f"5b1d0a4e-7f0b-4a1c-9d55-{account}"}
        for account in (MEMBER, LOG_ACCOUNT)
    ]
    file, state = tmp_path / "copies.jsonl", tmp_path / "state.redb"
    file.write_text("".join(json.dumps(copy) + "\n" for copy in copies))
    scan = [TRAILHOUND, "scan", file, "--format", "jsonl", "--state", state]
    found = told(scan)
    assert [alert["account"]["id"] for alert in found] == [MEMBER]
    assert found[0]["events"][0]["shared_event_id"] == record["sharedEventID"]
    assert told(scan) == []
