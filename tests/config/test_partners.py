"""Contracts with partners: what they can't mean is named with its place and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from router.config import Surroundings, check_texts
from router.config.compare import tables

QUEUES = '[queues.a]\n[queues.b]\ncalendar = "day"\n'
CALENDARS = '[calendars.day]\nweekdays = ["09:00-18:00"]\n'
SEND = "[plans.p]\n[[plans.p.actions]]\nkind = 'send_to_partner'\nqueues = ['a']\n"
AROUND = Surroundings(Path("centre"), {})
GOOD = "[partners.acme]\naddress = 'sip:acme'\n"


def report(text: str) -> list[str]:
    """All that is said of such a plans.toml."""
    texts = {"queues.toml": QUEUES, "agents.toml": "", "calendars.toml": CALENDARS, "plans.toml": text}
    return [str(fault) for fault in check_texts(texts, around=AROUND).faults if "partner" in str(fault)]


def test_a_good_one_is_taken() -> None:
    """Nothing is said of it, and `diff` sees every setting."""
    text = f"{GOOD}price_minute = 0.5\n{SEND}partners = ['acme']\nshare = 0.5"
    assert report(text) == []
    found = check_texts({"queues.toml": QUEUES, "agents.toml": "", "calendars.toml": CALENDARS, "plans.toml": text},
                        around=AROUND)  # fmt: skip
    assert found.configuration is not None
    said = tables(found.configuration)
    assert said["partners"]["acme"]["price_minute"] == 0.5
    assert said["plans"]["p"]["actions"][0]["share"] == 0.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[partners.acme]\n{SEND}partners = ['acme']", "says not where customers are connected to"),
        (f"{GOOD}calendar = 'dya'\n{SEND}partners = ['acme']", "no calendar dya; did you mean day"),
        (f"{GOOD}target_s = 90\nanswer_most_s = 60\n{SEND}partners = ['acme']", "is shorter than target_s"),
        (f"{GOOD}{SEND}partners = ['acma']", "there is no partner of tenant main named acma; did you mean acme"),
        (f"{GOOD}{SEND}", "says no partners"),
        (f"{GOOD}share_most = 1.5\n{SEND}partners = ['acme']", "out of range"),
        (GOOD, "nobody is sent there"),
        (f"{GOOD}tenant = 'other'\n{SEND}partners = ['acme']", "no partner of tenant main named acme"),
    ],
)
def test_mistakes_are_named(text: str, said: str) -> None:
    """What can't be meant is an error, what is hardly meant a warning."""
    assert any(said in fault for fault in report(text)), report(text)
