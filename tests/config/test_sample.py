"""The sample centre loads without a word, shows true defaults, and what is rendered agrees with the settings."""

import json
import re
import tomllib
from typing import Any

import pytest

from router.config import check, check_texts, digest, schema
from router.config.catalogue.calendars import CALENDAR_FILE
from router.config.catalogue.centre import FILES, QUEUES
from router.config.catalogue.machine import SWITCHBOARD
from router.config.catalogue.plans import PLANS
from router.config.catalogue.routes import ROUTES
from router.config.catalogue.rules import RULES
from router.config.catalogue.tickets import TICKETS
from router.config.rows import File
from tests.config.given import AROUND, SAMPLE, sample
from tests.config.rendered import ROOT, rendered

SHOWN_DEFAULT = re.compile(r"^#(\w+ = .*)$", re.MULTILINE)
"""A setting right behind the #: the samples' way to show a default."""


def test_the_sample_has_no_fault() -> None:
    """No error and no warning, keys and all."""
    report = check(SAMPLE)
    assert report.faults == ()
    assert report.configuration is not None


def test_the_sample_is_a_bank() -> None:
    """Six services, three lines of tickets, 30 agents in teams, everybody able to serve something."""
    configuration = check(SAMPLE).configuration
    assert configuration is not None
    settings = configuration.settings
    assert (len(settings.queues), len(settings.agents)) == (9, 30)
    assert len({agent.team for agent in settings.agents}) == 4
    needs = [dict(queue.needs.skills) for queue in settings.queues]
    channels = {channel for queue in settings.queues for channel in queue.channels}
    assert channels == {"voice", "chat", "callback", "ticket"}
    for agent in settings.agents:
        levels = dict(agent.skills)
        assert any(all(levels.get(s, 0) >= level for s, level in need.items()) for need in needs), agent.name


def test_shown_defaults_are_the_defaults() -> None:
    """With every shown default switched on, the sample says exactly the same."""
    texts = sample()
    switched_on = {name: SHOWN_DEFAULT.sub(r"\1", text) for name, text in texts.items()}
    assert all(texts[name] != switched_on[name] for name in texts)
    # The empty paths of the sample stand for places that depend on the machine: both are resolved alike.
    as_is, on = (check_texts(each, around=AROUND) for each in (texts, switched_on))
    assert as_is.faults == on.faults == ()
    assert as_is.configuration == on.configuration


@pytest.mark.parametrize(
    "file", [SWITCHBOARD, QUEUES, ROUTES, CALENDAR_FILE, PLANS, TICKETS, RULES], ids=lambda file: file.file
)
def test_the_sample_shows_every_setting(file: File) -> None:
    """Whoever reads the sample has seen every setting once, at least as a comment."""
    text = sample()[file.file]
    missing = [
        f"{'.'.join(path)}.{row}"
        for path, section in file.walk()
        for row in section.rows
        if not re.search(rf"\b{row} =", text)
    ]
    # Names apart from the table's, and keys in plain sight, are better looked up than copied.
    # A weekday of its own is written as the others are.
    missing = [setting for setting in missing if not setting.startswith("calendars.*.") or "day" not in setting]
    apart = {"peers.*.name", "peers.*.tenant", "peers.*.key"}
    apart |= {f"{each}.*.name" for each in ("balance", "queues", "paths", "plans", "rules")}
    # What rules do is written as in plans.
    missing = [setting for setting in missing if not setting.startswith("rules.*.actions.")]
    assert set(missing) <= apart, missing


@pytest.mark.parametrize("name", ["docs/configuration.md", "config/schema.json"])
def test_what_is_rendered_is_fresh(name: str) -> None:
    """The page's tables and the schema are those of the settings; `python -m tests.config.rendered` writes them."""
    assert (ROOT / name).read_text(encoding="utf-8") == rendered()[name]


def test_every_setting_is_on_the_page() -> None:
    """Each setting has a line of its own under its table."""
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    for file in FILES:
        for _, section in file.walk():
            for row in section.rows:
                assert f"\n| `{row}` |" in page, row


def test_the_schema_knows_every_key_of_the_sample() -> None:
    """Each key of the sample leads to its part of the schema, and the defaults there are those of the settings."""
    whole = schema()
    json.dumps(whole, allow_nan=False)

    def follow(value: object, part: dict[str, Any], path: str) -> None:
        if "anyOf" in part:
            return
        if not isinstance(value, dict):
            kinds: dict[str, Any] = {
                "string": str,
                "boolean": bool,
                "integer": int,
                "number": (int, float),
                "array": list,
            }
            ways = [way["type"] for way in part.get("anyOf", [part])]
            assert any(isinstance(value, kinds[way]) for way in ways), path
            return
        assert part["type"] == "object", path
        for key, inner in value.items():
            known = part.get("properties", {}).get(key, part.get("additionalProperties"))
            assert isinstance(known, dict), f"{path}.{key}"
            follow(inner, known, f"{path}.{key}")

    for name, text in sample().items():
        follow(tomllib.loads(text), whole, "")
        follow(tomllib.loads(text), whole["$defs"][name.removesuffix(".toml")], "")
    assert whole["properties"]["queues"]["additionalProperties"]["properties"]["held_most_s"]["default"] == 300


def test_no_two_files_share_a_name_at_the_top() -> None:
    """The schema for all files together, and "stands in the wrong file", rest on it."""
    names = [name for file in FILES for name in (*file.rows, *file.sections)]
    assert len(names) == len(set(names))


def test_the_digest_of_the_sample_does_not_depend_on_order() -> None:
    """Tables turned round say the same, and are the same version."""
    texts = sample()
    blocks = re.split(r"^(?=\[agents\.)", texts["agents.toml"], flags=re.MULTILINE)
    people = reversed([block.rstrip("#- \n") + "\n" for block in blocks[1:]])
    turned = texts | {"agents.toml": blocks[0] + "".join(people)}
    one, other = (check_texts(each, around=AROUND, version=v).configuration for v, each in ((1, texts), (2, turned)))
    assert one is not None
    assert other is not None
    assert digest(one) == digest(other)
