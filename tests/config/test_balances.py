"""Balances in the files: what they become, and what can't be meant."""

from __future__ import annotations

import pytest

from router.config import Report, check_texts, diff
from tests.config.given import AROUND

QUEUES = """
[queues.a]
service_level = 80
[queues.b]
service_level = 70
[queues.old]
order = "oldest"
[queues.alarm]
contact_class = 1
[queues.other]
tenant = "second"
"""
AGENTS = """
[agents.ann]
[agents.bob]
tenant = "second"
"""


def report(balances: str, queues: str = QUEUES) -> Report:
    """What is said of these balances."""
    switchboard = "[listen]\ntrust_loopback = true\n"
    texts = {"switchboard.toml": switchboard, "queues.toml": balances + queues, "agents.toml": AGENTS}
    return check_texts(texts, around=AROUND)


def test_a_balance_is_read() -> None:
    """Its queues sorted, each switched as it says; the others are as they were."""
    found = report('[balance.x]\nqueues = ["b", "a"]\nmeasure = "wait"\non = false\nstep_s = 30\n')
    assert found.faults == ()
    assert found.configuration is not None
    settings = found.configuration.settings
    (balance,) = settings.balances
    assert (balance.name, balance.queues, balance.measure, balance.step_us) == ("x", ("a", "b"), "wait", 30_000_000)
    assert {queue.name for queue in settings.queues if not queue.balanced} == {"a", "b"}


def test_an_edit_of_it_is_told() -> None:
    """`switchboard diff` shows what is another now."""
    old, new = (report(f'[balance.x]\nqueues = ["a", "b"]\nurgency_most = {most}\n') for most in (5, 8))
    assert old.configuration is not None
    assert new.configuration is not None
    assert [str(change) for change in diff(old.configuration, new.configuration)] == [
        "changed balance.x.urgency_most: 5.0 -> 8.0"
    ]


@pytest.mark.parametrize(
    ("balances", "said"),
    [
        ('[balance.x]\nqueues = ["a", "c"]', "there is no queue of tenant main named c"),
        ('[balance.x]\nqueues = ["a", "other"]', "there is no queue of tenant main named other"),
        ('[balance.x]\nqueues = ["a"]', "has 1 names"),
        ("[balance.x]\nstep_s = 5", "names no queues"),
        ('[balance.x]\nqueues = ["a", "b"]\n[balance.y]\nqueues = ["b", "alarm"]', "queue b is in another balance"),
        ('[balance.x]\nqueues = ["a", "old"]', 'is of order = "oldest"'),
        ('[balance.x]\nqueues = ["a", "b"]\nurgency_most = 0', "out of range"),
        ('[balance.x]\nqueues = ["a", "b"]\n[balance.y]\nname = "x"\nqueues = ["alarm", "old"]', "stands in"),
    ],
)
def test_mistakes_are_named(balances: str, said: str) -> None:
    """With what is to be done, and the configuration is refused."""
    found = report(f"{balances}\n")
    assert any(said in fault.what for fault in found.errors), found.faults
    assert found.configuration is None


@pytest.mark.parametrize(
    ("balances", "said"),
    [
        ("", "the queue is in no balance"),
        ('[balance.x]\nqueues = ["a", "alarm"]', "different contact_class"),
        ('[balance.x]\nqueues = ["a", "alarm"]', "one queue with a service_level"),
    ],
)
def test_what_is_of_no_use_is_a_warning(balances: str, said: str) -> None:
    """Allowed, and hardly meant."""
    found = report(f"{balances}\n")
    assert any(said in fault.what for fault in found.warnings), found.faults
    assert found.configuration is not None
