"""The templates of infra/sam, as what they make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml

Template = dict[str, Any]


def templates() -> dict[str, Template]:
    """All templates, by the name of their file."""
    files = sorted((Path(__file__).resolve().parent / "sam").glob("*.yaml"))
    return {path.name: spread(cfn_yaml.load(str(path))) for path in files}


def spread(template: Template) -> Template:
    """The same with what loops make beside all else, each once, with the loop's variable in it."""
    made = {}
    for name, resource in template["Resources"].items():
        made.update(resource[2] if name.startswith("Fn::ForEach") else {name: resource})
    return template | {"Resources": made}
