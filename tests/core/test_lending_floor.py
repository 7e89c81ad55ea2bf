"""A donor lends nobody below what it must keep free, whatever comes in which order, and is called back where it is."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from router.core import commands as ask
from router.core import settings as of
from router.core.actions import Borrow
from router.core.layers.plan_settings import Plan
from router.core.needs.want import skills
from tests.core.drive import Centre

KEEP = 1
STEP_S = 5
NAMES = ("a0", "a1", "a2", "a3")
LOAN = Borrow(
    (("sales", 3),), team="back", agents_most=3, step_us=STEP_S * 1_000_000, keep_idle=KEEP, moves_an_hour_most=99
)
CENTRE = of.Settings(
    queues=(of.Queue("sales", needs=skills(sales=1)), of.Queue("letters", needs=skills(letters=1))),
    agents=tuple(of.Agent(name, skills=(("letters", 5),), team="back") for name in NAMES),
    plans=(Plan("storm", actions=(LOAN,)),),
)
Event: TypeAlias = tuple[str, str]
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("log_in", "log_out", "break", "ready")), st.sampled_from(NAMES)),
        st.tuples(st.just("call"), st.sampled_from(("sales", "letters"))),
        st.tuples(st.sampled_from(("accept", "end", "start", "stop", "wait", "wait")), st.just("")),
    ),
    max_size=40,
)


class Floor:
    """The centre, its plan, and who is lent."""

    def __init__(self) -> None:
        self.centre = Centre(CENTRE)
        self.centre.up("boss", role="supervisor")
        self.calls = 0
        for name in NAMES:
            self.centre.agent(name, ready=False)

    @property
    def lent(self) -> set[str]:
        """Who is on loan."""
        return {agent.name for agent in self.centre.engine.world.agents.values() if agent.lent}

    @property
    def idle(self) -> int:
        """Who of the donor is free and not lent."""
        agents = self.centre.engine.world.agents.values()
        return sum(1 for agent in agents if agent.profile is not None and agent.places and not agent.lent)

    def do(self, what: str, whom: str) -> None:
        """One event; what is refused changes nothing."""
        centre = self.centre
        if what == "call":
            self.calls += 1
            centre.say(ask.Enqueue(0, f"c{self.calls}", whom))
        elif what in ("accept", "end"):
            offers = [
                offer
                for offer in centre.engine.world.offers.values()
                if (offer.state == "offered") is (what == "accept")
            ]
            if offers:
                first = min(offers, key=lambda offer: offer.number)
                request = ask.Accept(0, first.id) if what == "accept" else ask.Complete(0, first.contact.id)
                centre.say(request)
        elif what == "start":
            centre.say(ask.StartPlan(0, "mia", "a storm", "storm"), "boss")
        elif what == "stop":
            centre.say(ask.StopPlan(0, "mia", "it is over", "storm"), "boss")
        elif what == "wait":
            centre.wait(1)
        else:
            requests = {
                "log_in": ask.LogIn(0, whom, True), "log_out": ask.LogOut(0, whom),
                "break": ask.NotReady(0, whom, "break"), "ready": ask.Ready(0, whom),
            }  # fmt: skip
            centre.say(requests[what])


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_nobody_is_lent_below_the_floor(events: list[Event]) -> None:
    """In each step in which somebody is lent as many of the donor stay free as must; and one that is short, for
    whatever reason, has everybody back after a step for each of them."""
    floor = Floor()
    for what, whom in events:
        before = floor.lent
        floor.do(what, whom)
        if floor.lent - before and what != "wait":
            assert floor.idle >= KEEP, f"after {what} {whom}: {floor.lent} lent, {floor.idle} free"
        assert len(floor.lent) <= LOAN.agents_most
    for _ in range((len(NAMES) + 1) * STEP_S):
        short, before = floor.idle < KEEP, floor.lent
        floor.centre.wait(1)
        if short and floor.idle < KEEP:
            assert not floor.lent - before, f"{floor.lent} lent, {floor.idle} free"
    assert floor.idle >= KEEP or not floor.lent
