"""Whom an agent takes who is passed over for the most urgent one: of all the others the most urgent."""

from __future__ import annotations

from router.core import commands as ask
from router.core import settings as of
from router.core.needs.want import Want
from router.terms import SECOND_US
from tests.core.drive import Centre

NAMES = ("a", "b", "c")


def test_who_missed_the_most_urgent_takes_the_next_of_all_queues() -> None:
    """Somebody waits in each of three queues, longest in b, then in c. Ann is busy for the one of b: she is given the
    one of c, not whoever is looked at first."""
    skills = tuple((name, 1) for name in NAMES)
    settings = of.Settings(
        queues=tuple(of.Queue(name, needs=Want(((name, 1),))) for name in NAMES),
        agents=(of.Agent("ann", skills=skills), of.Agent("bob", skills=skills)),
    )
    centre = Centre(settings)
    for agent in ("ann", "bob"):
        centre.agent(agent, ready=False)
    for name in ("b", "c", "a"):
        centre.call(f"of-{name}", name)
        centre.now_us += SECOND_US
    centre.ok(ask.Ready(0, "ann"))
    assert centre.offers() == {"of-b": "ann"}
    centre.ok(ask.Reject(0, centre.offer("of-b").offer, "busy"))
    assert centre.offers() == {"of-c": "ann"}
