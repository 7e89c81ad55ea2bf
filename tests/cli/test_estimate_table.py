"""What `switchboard status` shows of estimated waits."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from router.cli.asking import Standing
from router.cli.views.tables import standing
from router.wire.catalogue import EstimateStatus, QueueStatus, StatusReply

WHOLE = StatusReply(1, [], {}, 0, 1, 1, 0)


def shown(queue: QueueStatus) -> str:
    """The text of the terminal."""
    console = Console(width=160, record=True, file=StringIO())
    console.print(standing(Standing(WHOLE, None, [queue])))
    return console.export_text()


def test_how_good_they_are_stands_beside_the_queues() -> None:
    """One row a queue and channel with the judge's figures; nothing where nothing was judged."""
    judged = EstimateStatus("voice", 1234, -1500, 0.25, 0.81, 0.79, 0.94)
    text = shown(QueueStatus("loans", estimates=[judged]))
    for figure in ("1234", "-1.5 s", "25%", "81%", "79%", "94%"):
        assert figure in text
    assert "judged" not in shown(QueueStatus("loans"))


def test_programs_get_the_same_figures() -> None:
    """`--json` has them as numbers, by queue."""
    judged = EstimateStatus("voice", 3, 20, None, 1.0, 1.0, 1.0)
    (queue,) = Standing(WHOLE, None, [QueueStatus("loans", estimates=[judged])]).as_json()["queues"]
    (estimates,) = queue["estimates"]
    assert estimates["channel"] == "voice"
    assert estimates["judged"] == 3
    assert estimates["error"] is None
