"""docs/coming_from.md names nothing that we do not have: settings, commands, messages and fields are looked up."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from router.cli.commands.hands import ContactDeed
from router.config.catalogue.centre import FILES
from router.config.check import check_texts
from router.config.machine import Surroundings
from router.config.rows import Section
from router.core.actions import ACTIONS
from router.terms import Role
from router.wire.catalogue import FROM_CLIENT, FROM_ENGINE
from tests.cli.page import commands, help_of
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "coming_from.md").read_text(encoding="utf-8")
MESSAGES = {str(kind.__struct_config__.tag): kind for kind in (*FROM_CLIENT, *FROM_ENGINE)}
WORDS = {*MESSAGES, *ACTIONS, *get_args(Role), *(deed.value for deed in ContactDeed), "contact_ended"}
"""What may stand in the page as a word of its own."""


def named() -> list[str]:
    """Everything in code letters in the last column of a table."""
    cells = re.findall(r"^\|.*\| (.*) \|$", PAGE, re.MULTILINE)
    return sorted({word for cell in cells for word in re.findall(r"`([^`]+)`", cell)})


def fault_of(word: str) -> str:
    """Why we do not have this; empty where we do."""
    if word.startswith("switchboard "):
        found = [path for path in commands() if path and f"{word} ".startswith(f"switchboard {' '.join(path)} ")]
        options = re.findall(r"--\w+", word)
        known = help_of(max(found, key=len)) if found else ""
        return "" if known and all(option in known for option in options) else "no such command"
    if "." not in word:
        return "" if word in WORDS else "no message, role or action"
    path, _, value = word.partition(" = ")
    first, *rest = path.split(".")
    if first in MESSAGES and rest[0] in MESSAGES[first].__struct_fields__ and not value:
        return ""
    return min((in_section(file, [first, *rest], value) for file in FILES), key=len)


def in_section(section: Section, path: list[str], value: str) -> str:
    """The same for a setting of this section. A name in capitals stands for any; of a reason it is itself."""
    first, *rest = path
    if first in section.sections:
        inner = section.sections[first]
        if inner.many and rest:
            name, *rest = rest
            if inner.keys and not name.isupper() and name not in inner.keys:
                return f"{first} has no {name}"
        return in_section(inner, rest, value) if rest else ""
    if first not in section.rows or rest:
        return "no such setting"
    wrong = section.rows[first].kind.take(tomllib.loads(f"x = {value}")["x"]).wrongs if value else ()
    return f"{wrong[0].what}" if wrong else ""


def test_everything_that_the_page_names_is_there() -> None:
    """Some sixty settings with their values, and each command, message and field."""
    words = named()
    assert len(words) > 90
    faults = {word: fault for word in words if (fault := fault_of(word))}
    assert not faults


@pytest.mark.parametrize(
    "word",
    [
        "queues.NAME.ring", "queues.NAME.ring_several = 21", 'queues.NAME.agent_choice = "random"', "enqueue.colour",
        "queues.NAME.treatments.closd", "switchboard quit", "switchboard status --loud", "enqeue", "rings.NAME.ring_s",
    ],
)  # fmt: skip
def test_what_is_not_there_is_found(word: str) -> None:
    """The test above can fail."""
    assert fault_of(word)


def test_the_translated_queue_is_right(tmp_path: Path) -> None:
    """The example is a configuration without a fault."""
    parts = re.findall(r"<!-- checked: (\S+) -->\n\n```toml\n(.*?)```", PAGE, re.DOTALL)
    assert [name for name, _ in parts] == ["queues.toml", "agents.toml"]
    report = check_texts(dict(parts) | {"switchboard.toml": "listen.trust_loopback = true"},
                         around=Surroundings(tmp_path, {}))  # fmt: skip
    assert report.faults == ()
    assert report.configuration is not None
    assert len(report.configuration.settings.agents) == 4
