"""Which lines the estimate of another one looks at: the same after a start."""

from __future__ import annotations

from router.core import settings as of
from router.core.estimates.picture import _near
from router.core.estimates.view import name_of
from router.core.needs.asked import Step
from router.core.needs.want import Want
from router.terms import SECOND_US
from tests.core.drive import TENANT, Centre


def cards(level: int) -> Want:
    """So well at least."""
    return Want((("cards", level),))


def test_an_empty_line_of_needs_that_gave_way_is_not_looked_at() -> None:
    """Who waits in two queues is offered in one. Their line in the other stays that of the state which they had come
    to, and after a start it is that of the state to which they would have come by then."""
    steps = (Step(10 * SECOND_US, cards(5)), Step(30 * SECOND_US, cards(1)))
    queues = (
        of.Queue("q", ring_us=60 * SECOND_US, needs=Want((("sales", 1),)), enter_unstaffed=True),
        of.Queue("slow", needs=cards(9), relax=steps, enter_unstaffed=True),
    )
    skills = {"ann": (("sales", 1),), "bob": (("sales", 1), ("cards", 9))}
    site = Centre(of.Settings(queues=queues, agents=tuple(of.Agent(name, skills=has) for name, has in skills.items())))
    site.agent("bob", ready=False)
    site.call("c", queues=("slow",))
    site.wait(11)
    site.agent("ann")
    site.wait(25)
    assert site.state("c") == "offered"

    def near() -> list[str]:
        own = site.engine.world.queues[TENANT, "q"].own["voice"]
        return [name_of(line) for line in _near(site.engine.world, own)]

    before = near()
    assert before == [name_of(site.engine.world.queues[TENANT, "slow"].own["voice"])]
    site.restart()
    assert near() == before
