"""What a simulated gateway does with idle and written contacts: it says who writes, parks, takes back, and changes the
channel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core import commands as ask
from router.core.effects import ParkedEvent, TalkOver
from router.terms import SECOND_US
from tests.sim.callbacks import spoken

if TYPE_CHECKING:
    from tests.sim.call import Call
    from tests.sim.gateway import Gateway


class Chats:
    """Of one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def begin(self, call: Call) -> None:
        """Customer and agent are joined: who writes, and is it set aside?"""
        gateway, chances = self._gateway, self._gateway.run.chances
        if self._channel(call) == "voice":
            return
        if gateway.site.happens(chances.writes):
            gateway.plan_for(call, 2 * SECOND_US, lambda: self._write(call, "agent"))
            gateway.plan_for(call, 4 * SECOND_US, lambda: self._write(call, "customer"))
        if gateway.site.happens(chances.parks):
            gateway.plan_for(call, 3 * SECOND_US, lambda: self._park(call))
        if gateway.site.happens(chances.switches):
            gateway.plan_for(call, 3 * SECOND_US, lambda: self.switch(call))

    def _channel(self, call: Call) -> str:
        return call.channel or call.enqueue.channel

    def _write(self, call: Call, who: str) -> None:
        self._gateway.site.faults[f"{who} wrote"] += 1
        self._gateway.say(ask.Activity(1, call.id, who))  # type: ignore[arg-type]  # one of its literals

    def _park(self, call: Call) -> None:
        if call.state != "joined":
            return
        gateway = self._gateway
        if gateway.site.happens(0.4):
            gateway.site.faults["parked by a desk"] += 1
            gateway.run.people[call.agent].say(ask.Park(1, call.id, gateway.name))
        else:
            gateway.say(ask.Park(1, call.id))

    def switch(self, call: Call) -> None:
        """The customer wants another channel."""
        gateway = self._gateway
        queues = gateway.run.plan.settings.queues
        # Where the routes have decided, it tries any channel of any queue.
        queue = next((queue for queue in queues if queue.name == call.enqueue.queue), gateway.site.rng.choice(queues))
        channel = gateway.site.rng.choice(spoken(queue))
        if channel != self._channel(call):
            state = {"joined": "connected", "parked": "parked"}.get(call.state, "waiting")
            gateway.site.faults[f"channel switched: {state}"] += 1
            gateway.say(ask.SwitchChannel(1, call.id, channel))

    def answered(self, request: ask.Park | ask.SwitchChannel) -> None:
        """It is so."""
        call = self._gateway.calls.get(request.contact)
        if call is None:
            return
        if isinstance(request, ask.SwitchChannel):
            call.channel = request.channel
            if call.state in ("joined", "parked"):
                self.waits(call)
        elif call.state == "joined":
            self._is_parked(call)

    def parked(self, event: ParkedEvent) -> None:
        """Somebody else has parked it, or it was by itself. One that is somebody else's is told to its agent's side."""
        call = self._gateway.calls.get(event.contact)
        if call is not None and call.state == "joined" and call.agent == event.agent:
            self._gateway.site.faults["parked by itself"] += 1
            self._is_parked(call)

    def is_now(self, call: Call, state: str) -> None:
        """The engine has said how it stands."""
        call.seen = state
        if state == "parked" and call.state in ("joined", "in"):
            self._is_parked(call)
        elif state in ("waiting", "held", "offered") and call.state == "parked":
            self.waits(call)

    def _is_parked(self, call: Call) -> None:
        gateway = self._gateway
        gateway.site.faults["parked"] += 1
        call.state, call.seen = "parked", "parked"
        call.round += 1
        person = gateway.run.people.get(call.agent)
        if person is not None:  # else it has not heard yet who took it
            person.talking.pop(call.id, None)
        if gateway.run.calming:
            gateway.plan_hang_up(call)
            return
        rng = gateway.site.rng
        kind = rng.choice(("customer", "customer", "unpark", "switch", "finish", "leave", "nothing"))
        if kind == "customer":
            gateway.plan_for(call, 8 * SECOND_US, lambda: self._return(call, ask.Activity(1, call.id, "customer")))
        elif kind == "unpark":
            gateway.site.faults["came back by hand"] += 1
            gateway.plan_for(call, 8 * SECOND_US, lambda: self._return(call, ask.Unpark(1, call.id)))
        elif kind == "switch":
            gateway.plan_for(call, 6 * SECOND_US, lambda: self.switch(call))
        elif kind == "finish":
            gateway.site.faults["completed while parked"] += 1
            person, name = gateway.run.people[call.agent], gateway.name
            gateway.plan_for(call, 6 * SECOND_US, lambda: person.say(ask.Complete(1, call.id, name, (), "yes")))
        elif kind == "leave":
            gateway.plan_hang_up(call)

    def _return(self, call: Call, request: ask.Request) -> None:
        if isinstance(request, ask.Activity):
            gateway_faults = self._gateway.site.faults
            gateway_faults["customer wrote"] += 1
        self._gateway.say(request)
        self.waits(call)

    def waits(self, call: Call) -> None:
        """It waits again."""
        call.state, call.seen = "in", "waiting"
        call.round += 1
        self._gateway.plan_hang_up(call)

    def talk_was_ended(self, over: TalkOver) -> None:
        """By the agent's side, if it is one of ours: then nothing is left to end; some gateways do it all the same."""
        self._gateway.run.people[over.agent].talk_over(over)
        call = self._gateway.calls.get(over.contact)
        if call is None or call.agent != over.agent or over.goes_on:
            return
        if call.state == "parked" or (call.state == "joined" and self._gateway.site.happens(0.7)):
            self._gateway.over(call)
