#!/usr/bin/env python3
"""Writes crates/catalog/data/apis.txt.z: which API calls AWS services have, and their parameters.

Source: the service models in botocore (https://github.com/boto/botocore, Apache-2.0), of which only
facts are taken: names of services, operations and top-level input members. What CloudTrail writes
and no model says stands in crates/catalog/data/additions.txt, kept by hand.

Run it in an environment of its own, and commit what it writes:

    python3 -m venv target/catalog-venv
    target/catalog-venv/bin/pip install --quiet botocore
    target/catalog-venv/bin/python tools/catalog.py

With --text it prints the list instead of writing it; with --check it fails if the file differs.

The list, before zlib deflates it, is lines of ASCII, sorted:

    # botocore 1.44.5
    =cloudtrail.amazonaws.com           an event source; its events follow
    StopLogging name                    an event and its request parameters, as CloudTrail spells them
    =guardduty.amazonaws.com
    DeleteDetector ~ detectorId         ~: the first letter of a parameter may be of either case
    =s3.amazonaws.com
    PutBucketPolicy ?                   ?: CloudTrail spells the parameters in a way of its own
"""

import argparse
import pathlib
import sys
import zlib

import botocore
import botocore.loaders

OUTPUT = pathlib.Path(__file__).parent.parent / "crates/catalog/data/apis.txt.z"

# Event sources that follow neither from the endpoint prefix nor from the signing name.
# The CloudTrail page of each service's own guide says which it uses.
SOURCES = {
    "application-autoscaling": ["autoscaling", "application-autoscaling"],
    "application-insights": ["application-insights", "applicationinsights"],
    "autoscaling-plans": ["autoscaling", "autoscaling-plans"],
    "bedrock-agent": ["bedrock"],
    "bedrock-agent-runtime": ["bedrock"],
    "bedrock-data-automation": ["bedrock"],
    "bedrock-data-automation-runtime": ["bedrock"],
    "bedrock-runtime": ["bedrock"],
    "cloudwatchomni": ["cloudwatch-omni"],
    "connectparticipant": ["connect"],
    "meteringmarketplace": ["metering-marketplace", "aws-marketplace"],
    "rds-data": ["rdsdata", "rds-data"],
    "s3control": ["s3"],
    "sso": ["sso"],
    "sso-admin": ["sso"],
    "sso-oidc": ["sso", "sso-oauth"],
}

# Data-plane endpoints that customers define, so that no event source bears their names.
NOT_LOGGED = {"apigatewaymanagementapi", "cloudsearchdomain"}

# CloudTrail writes the parameters of these in shapes that their models do not show: EC2 wraps and
# renames lists, S3 uses header and query names, API Gateway wraps the request in `...Input`.
IRREGULAR = {"apigateway", "apigatewayv2", "ec2", "s3", "s3control", "s3outposts"}

# In these protocols CloudTrail lowers the first letter, always; others keep what goes over the wire.
LOWERED = {"json", "query", "smithy-rpc-v2-cbor"}


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--text", action="store_true", help="print the list, write nothing")
    args.add_argument("--check", action="store_true", help="fail if the file would change")
    args = args.parse_args()
    text = render(collect(botocore.loaders.Loader()))
    if args.text:
        sys.stdout.write(text)
    elif args.check:
        if zlib.decompress(OUTPUT.read_bytes()).decode() != text:
            sys.exit(f"{OUTPUT} is not what botocore {botocore.__version__} gives; run this without --check")
    else:
        OUTPUT.write_bytes(zlib.compress(text.encode("ascii"), 9))
        print(f"{OUTPUT}: {len(text)} bytes of text, {OUTPUT.stat().st_size} deflated")


def collect(loader):
    """{event source: {event name: parameters}}, where None stands for an irregular shape."""
    catalog = {}
    for service in loader.list_available_services("service-2"):
        if service in NOT_LOGGED:
            continue
        model = loader.load_service_model(service, "service-2")
        for source in sources(service, model["metadata"]):
            events = catalog.setdefault(f"{source}.amazonaws.com", {})
            for operation in model["operations"].values():
                merge(events, operation["name"], parameters(service, model, operation))
    return catalog


def sources(service, metadata):
    """The names before `.amazonaws.com` under which CloudTrail may record `service`."""
    if service in SOURCES:
        return SOURCES[service]
    endpoint = metadata["endpointPrefix"].removeprefix("api.")
    names = {endpoint, metadata.get("signingName", endpoint)}
    return {name for name in names if "." not in name and name == name.lower()} or {service}


def parameters(service, model, operation):
    """The top-level parameters of `operation`, the flag `~` among them; None if irregular."""
    if service in IRREGULAR:
        return None
    if "input" not in operation:
        return set()
    members = model["shapes"][operation["input"]["shape"]].get("members", {})
    names = {lowered(name) for name in members}
    if model["metadata"]["protocol"] in LOWERED:
        return names
    on_the_wire = (m["locationName"] for m in members.values() if in_body(m))
    return names | {lowered(name) for name in on_the_wire} | {"~"}


def in_body(member):
    return "locationName" in member and member.get("location") not in {"header", "headers"}


def lowered(name):
    return name[:1].lower() + name[1:]


def merge(events, name, parameters):
    """Two services may share a source and a name; what either allows is allowed."""
    if name in events and (parameters is None or events[name] is None):
        events[name] = None
    elif name in events:
        events[name] = events[name] | parameters
    else:
        events[name] = parameters


def render(catalog):
    lines = [f"# botocore {botocore.__version__}"]
    for source, events in sorted(catalog.items()):
        lines.append(f"={source}")
        for name, names in sorted(events.items()):
            words = ["?"] if names is None else sorted(names, key=lambda n: (n != "~", n))
            lines.append(" ".join([name, *words]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
