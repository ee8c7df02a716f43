"""Deploys the fleet to AWS, or removes it.

    deploy.py STACK PARAMETERS [ARTIFACTS]
    deploy.py --destroy STACK

Account, region and credentials are those of the AWS environment. PARAMETERS is a JSON file such as
infra/sam/parameters.example.json; ARTIFACTS the bucket for what is uploaded, one of our own by default.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

import stack as stacks

# CloudFormation cuts longer ones in the names of roles, by which the responder knows those of the fleet.
LONGEST_NAME = 20
PACKAGED = stacks.ROOT / "target" / "packaged.yaml"


def main(arguments: list[str]) -> int:
    try:
        if arguments[:1] == ["--destroy"] and len(arguments) == 2:
            return destroy(boto3.client("cloudformation"), arguments[1])
        if 2 <= len(arguments) <= 3:
            return deploy(*arguments)
    except (RuntimeError, ClientError, subprocess.CalledProcessError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    print(__doc__, file=sys.stderr)
    return 3


def deploy(stack: str, parameters: str, artifacts: str = "") -> int:
    path = Path(parameters)
    if problem := mistake(path):
        print(f"error: {problem}", file=sys.stderr)
        return 3
    given = json.loads(path.read_text())["Parameters"]
    if given.get("Respond", "off") != "off" and len(stack) > LONGEST_NAME:
        print(f"error: with Respond, the stack's name has at most {LONGEST_NAME} characters", file=sys.stderr)
        return 3
    given.setdefault("Regions", ",".join(switched_on(boto3.client("ec2"))))
    architecture = given.get("Architecture", "arm64")
    subprocess.run(["tools/functions.sh", "aws", architecture], cwd=stacks.ROOT, check=True)
    bucket = artifacts or own_bucket()
    stacks.package(bucket, PACKAGED)
    if not given.get("DeployRoleArn") and (
        role := own_role(boto3.client("sts").get_caller_identity()["Arn"])
    ):
        given["DeployRoleArn"] = role
        print(f"changes to the fleet by any other than {role} will be told at once")
    stacks.deploy(stack, PACKAGED, given, bucket)
    for output in boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]:
        print(f"{output['OutputKey']:18} {output['OutputValue']}")
    print("AWS has sent a mail with a link: nothing is mailed until it is followed")
    return 0


def mistake(path: Path) -> str | None:
    """What is wrong with the file of parameters that AWS would notice late or never."""
    if not path.is_file():
        return f"{path} does not exist\n  hint: cp infra/sam/parameters.example.json {path}, and fill it in"
    try:
        given = json.loads(path.read_text())["Parameters"]
    except (ValueError, KeyError, TypeError) as problem:
        return f'{path} is not {{"Parameters": {{…}}}}: {problem!r}'
    if strange := [name for name, value in given.items() if not isinstance(value, str)]:
        return f"{path}: {', '.join(strange)}: put the value in quotes"
    if not given.get("MailAddress"):
        return f"{path}: MailAddress is empty, so nobody would be told"
    for name in ("ExistingKeyArn", "ExistingTopicArn"):
        if given.get(name) and not given.get("ExistingBucket"):
            return f"{path}: {name} belongs to ExistingBucket, which is empty"
    return None


def switched_on(ec2) -> list[str]:
    """The regions that are switched on in this account, of each of which a trail writes a digest an hour."""
    regions = ec2.describe_regions()["Regions"]  # those that are not are left out
    return sorted(region["RegionName"] for region in regions)


def own_role(caller: str) -> str | None:
    """The ARN of the role behind a session, and `None` for who is no session of a role.

    A role of Identity Center has a path that the session does not tell: it must be named by hand.
    """
    match caller.split(":"):
        case [_, partition, "sts", _, account, resource] if resource.startswith("assumed-role/"):
            name = resource.split("/")[1]
            return (
                None if name.startswith("AWSReservedSSO_") else f"arn:{partition}:iam::{account}:role/{name}"
            )
    return None


def own_bucket() -> str:
    """A bucket for uploads in this account and region, made if there is none."""
    account = boto3.client("sts").get_caller_identity()["Account"]
    s3 = boto3.client("s3")
    bucket = f"trailhound-artifacts-{account}-{s3.meta.region_name}"
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "404":
            raise
        make_bucket(s3, bucket)
    return bucket


def make_bucket(s3, bucket: str) -> None:
    region = s3.meta.region_name
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **place)
    closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(closed, True))


def destroy(formation, stack: str) -> int:
    """Deletes the stack, and waits until it is gone."""
    outputs = formation.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    bucket = next((output["OutputValue"] for output in outputs if output["OutputKey"] == "Bucket"), None)
    formation.delete_stack(StackName=stack)
    formation.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig={"Delay": 5})
    print(f"{stack} is gone; the log files are still in s3://{bucket}, and the key that opens them is kept")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
