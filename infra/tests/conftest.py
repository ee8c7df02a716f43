"""What the tests of infra/ share: the templates, and one fleet on a local AWS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import cfn_yaml
from fleet import Fleet
from fleet import fleet as deployed

INFRA = Path(__file__).resolve().parent.parent

Template = dict[str, Any]


@pytest.fixture(scope="session")
def templates() -> dict[str, Template]:
    """All templates, by the name of their file."""
    return {path.name: spread(cfn_yaml.load(str(path))) for path in sorted((INFRA / "sam").glob("*.yaml"))}


def spread(template: Template) -> Template:
    """The same with what loops make beside all else, each once, with the loop's variable in it."""
    made = {}
    for name, resource in template["Resources"].items():
        made.update(resource[2] if name.startswith("Fn::ForEach") else {name: resource})
    return template | {"Resources": made}


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """The fleet, with functions as they were built, on a local AWS that enforces policies."""
    with deployed(tmp_path_factory.mktemp("aws")) as running:
        yield running
