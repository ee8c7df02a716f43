"""What the tests of infra/ share: the templates, and one fleet on a local AWS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fleet import Fleet
from fleet import fleet as deployed
from templates import Template, templates

INFRA = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", name="templates")
def all_templates() -> dict[str, Template]:
    """All templates, by the name of their file."""
    return templates()


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """The fleet, with functions as they were built, on a local AWS that enforces policies."""
    with deployed(tmp_path_factory.mktemp("aws")) as running:
        yield running
