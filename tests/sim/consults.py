"""What a simulated gateway does when its agents ask a colleague: consult, hand over, confer, hang up at any moment.

A consult is a call of its own here too, whose caller is the agent who asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router.core import commands as ask
from router.core.effects import ConsultOver, Ended, Ok, Queued, Reply
from router.terms import SECOND_US
from tests.sim.call import Call

if TYPE_CHECKING:
    from tests.sim.gateway import Gateway

REACHED = (
    "consult", "consult refused", "consult: completed", "consult: first leaves", "consult: second leaves",
    "consult: conference", "consult: cancelled", "consult: its call ends", "consult: customer gone",
    "conference: one leaves", "a colleague is asked", "a colleague joins",
)  # fmt: skip
"""What a set of seeds must reach."""

REQUESTS = (ask.Consult, ask.CancelConsult, ask.CompleteConsult, ask.Conference, ask.Leave)


class Consults:
    """Of one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._asked = 0
        self._of: dict[str, str] = {}
        """Consult -> the customer's contact."""

    def only_asked(self, call: Call) -> bool:
        """Is it a consult that the engine has not let in yet? Then there is nobody on that line."""
        return call.id in self._of and call.state == "asked"

    def begin(self, call: Call) -> None:
        """Two are joined: an agent and a customer, or two agents."""
        gateway = self._gateway
        if call.id in self._of:
            gateway.plan_for(call, 3 * SECOND_US, lambda: self._goes_on(call))
        elif gateway.site.happens(gateway.run.chances.consults):
            gateway.plan_for(call, 2 * SECOND_US, lambda: self._ask(call))

    def _ask(self, call: Call) -> None:
        gateway, rng = self._gateway, self._gateway.site.rng
        if call.state != "joined" or gateway.run.calming:
            return
        self._asked += 1
        channel = call.channel or call.enqueue.channel
        queues = [queue.name for queue in gateway.run.plan.settings.queues if channel in queue.channels]
        queue = rng.choice(queues) if queues and rng.random() < 0.9 else "q0"
        agent = gateway.run.some_agent() if rng.random() < 0.2 else None
        # A customer on hold for a colleague holds on.
        call.round += 1
        gateway.plan_for(call, 20 * SECOND_US, lambda: gateway.talk_ends(call))
        name = f"k{self._asked}-{call.id}"[:64]
        needs = gateway.run.some_needs()
        gateway.calls[name] = Call(ask.Enqueue(1, name, queue, channel, needs=needs, agent=agent))
        self._of[name] = call.id
        gateway.site.faults["consult"] += 1
        request = ask.Consult(1, call.id, name, queue, agent, needs, rng.choice((0, 30)), {"step": "3"})
        gateway.say(request)
        if gateway.site.happens(gateway.run.chances.says_again):
            gateway.say_again(request)
        if rng.random() < 0.4:
            # Whatever the state is by then.
            gateway.plan_for(call, 4 * SECOND_US, lambda: self._one_of(call, name))

    def _one_of(self, call: Call, name: str) -> None:
        """Something that may or may not be possible now."""
        agents = [call.agent, self._gateway.calls[name].agent if name in self._gateway.calls else call.agent]
        requests: list[ask.Request] = [
            ask.CancelConsult(1, call.id),
            ask.CompleteConsult(1, call.id),
            ask.Conference(1, call.id),
            ask.Transfer(1, call.id, "q0"),
            ask.Leave(1, call.id, self._gateway.site.rng.choice(agents)),
            ask.Consult(1, name, "k", "q0"),
        ]
        self._gateway.say(self._gateway.site.rng.choice(requests))

    def _goes_on(self, consult: Call) -> None:
        """The two agents have talked."""
        gateway = self._gateway
        call = gateway.calls.get(self._of[consult.id])
        if call is None or consult.state != "joined":
            return
        requests: dict[str, ask.Request] = {
            "consult: completed": ask.CompleteConsult(1, call.id),
            "consult: first leaves": ask.Leave(1, call.id, call.agent),
            "consult: second leaves": ask.Leave(1, consult.id, consult.agent),
            "consult: conference": ask.Conference(1, call.id),
            "consult: cancelled": ask.CancelConsult(1, call.id),
            "consult: its call ends": ask.End(1, consult.id, by="agent"),
            "consult: customer gone": ask.End(1, call.id),
        }
        # Of conferences somebody leaves only some: they are drawn more often, so that a hundred seeds see it.
        what = gateway.site.rng.choice([*requests, "consult: conference", "consult: conference"])
        gateway.site.faults[what] += 1
        if what == "consult: customer gone":
            gateway.over(call)
        gateway.say(requests[what])
        if what == "consult: conference":
            gateway.plan_for(call, 3 * SECOND_US, lambda: self._leaves(call, (call.agent, consult.agent)))

    def _leaves(self, call: Call, agents: tuple[str, str]) -> None:
        """Somebody hangs up in a conference, or seems to."""
        self._gateway.site.faults["conference: one leaves"] += 1
        self._gateway.say(ask.Leave(1, call.id, self._gateway.site.rng.choice(agents)))

    # -- hearing --------------------------------------------------------------------------------------------------

    def answered(self, request: Any, reply: Reply) -> None:
        """The outcome of what was said about a consult."""
        gateway = self._gateway
        if isinstance(request, ask.Consult):
            consult = gateway.calls.get(request.consult)
            if isinstance(reply, Queued) and consult is None:
                gateway.say(ask.End(1, request.consult, "withdrawn"))
            elif isinstance(reply, Queued) and consult is not None:
                if consult.state == "asked":
                    consult.state, consult.seen = "in", "waiting"
            elif consult is not None and consult.state == "asked":
                gateway.over(consult)
                gateway.site.faults["consult refused"] += 1
        elif isinstance(request, ask.CompleteConsult) and isinstance(reply, Ok):
            self._handed_over(request.contact)

    def _handed_over(self, name: str) -> None:
        """The customer is with whoever was asked last about them."""
        call = self._gateway.calls.get(name)
        asked = [consult for consult, of in self._of.items() if of == name]
        consult = self._gateway.calls.get(asked[-1]) if asked else None
        if call is not None and consult is not None:
            call.agent = consult.agent

    def over(self, event: ConsultOver) -> None:
        """A consult has ended, however that came."""
        consult = self._gateway.calls.get(event.consult)
        if consult is not None:
            self._gateway.over(consult)

    def pulled(self, call: Call) -> None:
        """A supervisor has put it elsewhere, or taken it out of its talk: it waits."""
        if call.state == "joined":
            call.state, call.seen = "in", "waiting"
            call.round += 1
            self._gateway.plan_hang_up(call)

    def ended(self, event: Ended) -> None:
        """A supervisor has ended it."""
        call = self._gateway.calls.get(event.contact)
        self._gateway.site.faults["ended by hand"] += 1
        if call is not None:
            self._gateway.over(call)
