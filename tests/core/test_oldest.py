"""The oldest wait: the figure that a supervisor looks at first."""

from __future__ import annotations

from router.core import commands as ask
from router.core.effects import StatusReply
from tests.core.test_reconfigure import Site


def test_a_head_start_does_not_hide_who_has_waited_longest() -> None:
    """The head of a line with a head start came later than the one behind: the wait shown is the longer one."""
    site = Site()
    site.now_us += 60_000_000
    site.say(ask.Enqueue, "best", "sales", "voice", 90)
    reply = site.say(ask.Status, "sales")
    assert isinstance(reply, StatusReply)
    assert 60_000 < reply.queues[0].oldest_wait_ms < 80_000
    assert reply.queues[0].waiting == 4, "s0 was not answered, and is back at its place"
