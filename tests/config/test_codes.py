"""Rows that switch a plan by a phone code: what would let anybody do it, and what can't be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from router.config import Surroundings, check_texts
from router.config.compare import diff

AROUND = Surroundings(Path("centre"), {})
PLANS = "[plans.storm]\ntodo = 'call them'\n"
ROW = "[routes.on]\nwhen.entry = '4991'\nplan = 'storm'\n"


def report(row: str) -> list[str]:
    """All that is said of such a routes.toml."""
    texts = {"queues.toml": "[queues.a]\n", "agents.toml": "", "plans.toml": PLANS, "routes.toml": row}
    return [str(fault) for fault in check_texts(texts, around=AROUND).faults if fault.file == "routes.toml"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROW, "lets anybody start plan storm"),
        (ROW + "pin = '1234'", "is no code; write 6 to 16 digits"),
        (ROW + "pin = 'secret'", "is no code"),
        (ROW + "callers = ['mia']", "mia is no number"),
        (ROW + "pin = '834926'\nqueue = 'a'", "stands beside plan"),
        (ROW + "pin = '834926'\nrefuse = { do = 'refuse' }", "stands beside refuse"),
        (ROW + "pin = '834926'\npriority_s = 5", "has no effect where the row switches a plan"),
        (ROW.replace("storm", "strom") + "pin = '834926'", "no plan of tenant main named strom; did you mean storm"),
        ("[routes.r]\nqueue = 'a'\npin = '834926'", "has no effect where the row switches no plan"),
    ],
)
def test_mistakes_are_named(row: str, said: str) -> None:
    """With place and remedy, and never with the code itself."""
    found = report(row)
    assert any(said in fault for fault in found), found
    assert not any("secret" in fault for fault in found)


def test_the_code_is_shown_nowhere() -> None:
    """A difference says that there is one."""
    assert report(ROW + "pin = '834926'\ncallers = ['+4930123']") == []
    one, other = (
        check_texts(
            {"queues.toml": "[queues.a]\n", "agents.toml": "", "plans.toml": PLANS,
             "routes.toml": f"{ROW}pin = '{pin}'\nplan_action = '{action}'"}, around=AROUND
        ).configuration
        for pin, action in (("834926", "start"), ("111111", "stop"))
    )  # fmt: skip
    assert one is not None
    assert other is not None
    assert [str(change) for change in diff(one, other)] == [
        "changed routes.on.pin: (secret) -> (secret)",
        "changed routes.on.plan_action: start -> stop",
    ]
