"""Times and shares as people read them."""

import io

import pytest
from rich.console import Console

from router.cli.asking import Standing
from router.cli.views.tables import deeds, seconds, share, standing
from router.wire.catalogue import AgentStatus, AuditEntry, QueueStatus, StatusReply


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(None, "-"), (0, "0 s"), (59_999, "59 s"), (60_000, "1:00"), (125_000, "2:05"), (3_605_000, "1:00:05")],
)
def test_times(milliseconds: int | None, text: str) -> None:
    """Seconds, minutes and hours, cut and not rounded; a time that nobody knows is a dash."""
    assert seconds(milliseconds) == text


def test_shares() -> None:
    """A share of nothing is a dash, never 0 % or 100 %."""
    assert (share(None), share(0.0), share(0.856), share(1.0)) == ("-", "0%", "86%", "100%")


def test_the_table_of_a_daemon() -> None:
    """Queues, agents by state, agents, and the line about the daemon itself."""
    whole = StatusReply(
        1,
        [
            QueueStatus(
                "cards", waiting=3, held=1, oldest_wait_ms=61_000, closed_by="hand", changes_in_ms=60_000, beside=2
            )
        ],
        {"available": 2},
        3,
        7,
        1,
        violations=1,
    )
    agent = AgentStatus("anna", "main", "not_ready", reason="lunch", since_ms=5_000, capacity=100)
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(standing(Standing(whole, [agent], whole.queues)))
    text = console.export_text()
    for word in (
        "cards",
        "3+2",
        "closed by hand, 1:00 more",
        "1:01",
        "agents: 2 available",
        "not_ready (lunch)",
        "epoch 7",
        "1 violations",
    ):
        assert word in text
    told = Standing(whole, [agent], whole.queues).as_json()
    assert told["queues"][0]["waiting"] == 3
    assert told["agents"][0]["reason"] == "lunch"


def test_what_is_pending_or_by_hand_is_seen() -> None:
    """An agent who leaves after this talk, and levels that nobody finds in the configuration."""
    agent = AgentStatus("anna", "main", "available", next_state="offline", by_hand={"cards": 6, "loans": 0})
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(standing(Standing(StatusReply(1, [], {}, 0, 1, 1, 0), [agent], [])))
    assert "available, then offline, by hand: cards 6, loans 0" in console.export_text()


def test_the_table_of_deeds() -> None:
    """Who, what, whom, before and after, and why; nothing is a dash."""
    entry = AuditEntry(7, 0, "mia", "a storm", "set_agent", "anna", "boss", {}, {"state": "not_ready"})
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(deeds([entry]))
    line = console.export_text().splitlines()[1].split()
    assert line[0] == "7"
    assert line[3:] == ["mia", "set_agent", "anna", "-", "state", "not_ready", "a", "storm"]
