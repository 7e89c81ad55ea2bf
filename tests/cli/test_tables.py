"""Times and shares as people read them."""

import io

import pytest
from rich.console import Console

from router.cli.asking import Standing
from router.cli.tables import seconds, share, standing
from router.wire.catalogue import AgentStatus, QueueStatus, StatusReply


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
        [QueueStatus("cards", waiting=3, oldest_wait_ms=61_000, closed_by="hand", changes_in_ms=60_000)],
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
