"""The functions' settings, the template and docs/configuration.md name the same variables."""

from __future__ import annotations

import re

import pytest
from conftest import INFRA

ROOT = INFRA.parent
# Those of all functions, of those that judge and mail, of the one that delivers and of the one that watches.
SETTINGS = [ROOT / "crates" / name / "src" / "settings.rs" for name in ("function", "aws", "delivery", "lambda-watch")]
SETTINGS.append(ROOT / "crates" / "aws" / "src" / "settings" / "responding.rs")
# Which of the functions of settings.rs reads the environment of which of ours.
READERS = {
    "S3Logs": "for_log_files",
    "EventBridge": "for_events",
    "Alerts": "for_mails",
    "Delivery": "for_delivery",
    "RespondFunction": "for_responses",
    "WatchdogFunction": "for_watching",
}


def settings() -> str:
    """The text of all settings."""
    return "\n".join(path.read_text() for path in SETTINGS)


@pytest.fixture(scope="module")
def constants() -> dict[str, str]:
    """The constants of settings.rs, with the variables that they name."""
    found = re.findall(r"const (\w+): Variable =\s*variable\(\s*\"(TRAILHOUND_\w+)\"", settings())
    assert found, "settings.rs has changed its shape: mend this test"
    return dict(found)


@pytest.fixture(scope="module")
def given(templates) -> dict[str, set[str]]:
    """The variables that the template gives to each function."""
    resources = {}
    for name in ("template.yaml", "delivery.yaml", "respond.yaml", "watchdog.yaml"):
        resources |= templates[name]["Resources"]
    return {name: set(resources[name]["Properties"]["Environment"]["Variables"]) for name in READERS}


def body(function: str) -> str:
    """The text of a function of settings.rs."""
    return re.search(rf"fn {function}\(.*?\n(?:    )?}}\n", settings(), flags=re.DOTALL).group()


def read_by(function: str, constants: dict[str, str]) -> set[str]:
    """The variables that a function of settings.rs asks for."""
    text = body(function)
    for part in re.findall(r"\b(judging|routes)\(&mut reader", text):
        text += body(part)
    return {constants[name] for name in re.findall(r"(?:required|optional)\((\w+)", text)}


@pytest.mark.parametrize("name", READERS)
def test_a_function_gets_what_it_reads_and_nothing_else(name, constants, given):
    assert given[name] == read_by(READERS[name], constants)


def test_every_variable_reaches_some_function(constants, given):
    assert set.union(*given.values()) == set(constants.values())


def test_docs_list_every_variable_once(constants):
    page = (ROOT / "docs" / "configuration.md").read_text()
    assert sorted(re.findall(r"^\| `(TRAILHOUND_\w+)` \|", page, flags=re.M)) == sorted(constants.values())


def test_docs_list_every_parameter_once(templates):
    page = (ROOT / "docs" / "configuration.md").read_text()
    section = page.split("\n## The fleet", 1)[1].split("\n## ", 1)[0]
    told = re.findall(r"^\| `([A-Z][A-Za-z]+)` \|", section, flags=re.M)
    assert sorted(told) == sorted(templates["template.yaml"]["Parameters"])
