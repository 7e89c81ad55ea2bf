"""The engine against a naive model: after every step the offers are those that comparing everybody with everybody
allows (I3 to I10). Hypothesis draws the centre and the steps, and shortens what fails."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from router.core import commands as ask
from router.core import settings as of
from router.core.effects import AgentState, Error, Message, Offer, OfferCancelled, Ok, Queued
from router.terms import SECOND_US
from tests.core.centres import WRAP_UP_US, centres, levels
from tests.core.drive import Centre
from tests.core.model import Caller, Model, Worker

anyone = st.integers(0, 10**6)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
"""All but explaining, which takes minutes."""
STEPS = (
    *("enqueue",) * 6, *("accept",) * 5, *("end",) * 3, *("wait",) * 2, *("ready",) * 3, *("log_in",) * 2,
    "reject", "transfer", "hold", "resume", "change_priority", "leave", "accept_too_late",
)  # fmt: skip
FIELDS: dict[str, tuple[Any, ...]] = {
    "priority_s": (10, 30),
    "waited_ms": (0, 4000),
    "needs": ({"cards": 1}, {"loans": 2}, {"cards": 2, "loans": 1}),
    "preferred": ("a0", "a1"),
    "agent": ("a2", "a3"),
}


class EngineAgainstModel(RuleBasedStateMachine):
    """One gateway, four agents, two channels; every step is checked."""

    @initialize(settings=centres)
    def begin(self, settings: of.Settings) -> None:
        self.centre = Centre(settings)
        self.model = Model(settings)
        self.count = 0
        self.gone: list[str] = []
        for agent in settings.agents:
            self.centre.ok(ask.Attach(0, f"sip-{agent.name}", agent.name, ("voice", "chat")))
        self.hear()
        for worker in list(self.model.workers.values())[:2]:
            self.log_in(worker.number, ready=True)

    # -- helpers ----------------------------------------------------------------------------------------------------

    @property
    def now_us(self) -> int:
        return self.centre.now_us

    def pick(self, number: int, *states: str) -> Caller | None:
        found = [caller for caller in self.model.callers.values() if caller.state in states]
        return found[number % len(found)] if found else None

    def worker(self, number: int) -> Worker:
        workers = list(self.model.workers.values())
        return workers[number % len(workers)]

    def hear(self) -> None:
        """Bring the model up to what was said, and check every offer in it."""
        heard, self.centre.heard = self.centre.heard, []
        for _, message in heard:
            self.take(message)

    def take(self, message: Message) -> None:
        if isinstance(message, Offer):
            caller, worker = self.model.callers[message.contact], self.model.workers[message.agent]
            assert caller.state == "waiting", "I3: one live offer"
            assert self.model.has_room(worker, caller.channel), "I5, I9: capacity, ready"
            assert self.model.eligible(worker, caller, self.now_us), "I9: needs, named, not passed over"
            caller.state = "offered"
            assert self.model.better(caller, worker, self.now_us) == [], "I6, I8: the most urgent first"
            caller.agent, caller.offer = message.agent, message.offer
            caller.offered_us = self.now_us
            worker.work[message.offer] = (self.model.channels[caller.channel].units, caller.channel, 0)
            worker.last_offer = int(message.offer.partition("-")[2])
        elif isinstance(message, OfferCancelled):
            known = self.model.callers.get(message.contact)
            if known is None or known.offer != message.offer:
                # The model has moved already: it was withdrawn by the very command.
                return
            caller = known
            if message.reason == "timed_out":
                assert self.now_us == caller.offered_us + 8 * SECOND_US, "I7: on its time"
                caller.missed[caller.agent] = self.now_us
                if caller.preferred == caller.agent:
                    caller.preferred = None
                worker = self.model.workers[caller.agent]
                self.put_back(caller)
                self.model.missed(worker, caller)
            else:
                self.put_back(caller)
        elif isinstance(message, AgentState):
            worker = self.model.workers[message.agent]
            # Told also when a wrap-up has ended and nothing else has changed.
            worker.pending = worker.pending and message.state == worker.state
            worker.state = message.state

    def put_back(self, caller: Caller) -> None:
        self.gone.append(caller.offer)
        del self.model.workers[caller.agent].work[caller.offer]
        caller.state, caller.agent, caller.offer = "waiting", "", ""

    def rest(self, worker: Worker) -> None:
        """A leg is over: idle time begins."""
        worker.free_since_us = self.now_us

    # -- contacts ---------------------------------------------------------------------------------------------------

    @rule(
        queue=anyone,
        channel=st.sampled_from(("voice", "chat")),
        fields=st.fixed_dictionaries(
            {},
            optional={
                "priority_s": st.sampled_from((10, 30)),
                "waited_ms": st.sampled_from((0, 4000)),
                "needs": levels,
                "preferred": st.sampled_from(("a0", "a1")),
                "agent": st.sampled_from(("a2", "a3")),
            },
        ),
    )
    def enqueue(self, queue: int, channel: str, fields: dict[str, Any]) -> None:
        settings = self.centre.settings.queues[queue % len(self.centre.settings.queues)]
        self.count += 1
        name = f"c{self.count}"
        needs = dict(settings.needs.skills)
        for skill, level in (fields.get("needs") or {}).items():
            needs[skill] = max(level, needs.get(skill, 0))
        entered_us = self.now_us - fields.get("waited_ms", 0) * 1000
        caller = Caller(name, self.count, settings, channel, needs, entered_us, fields.get("priority_s", 0))
        caller.direct = fields.get("agent")
        if caller.direct is None:
            caller.preferred, caller.preferred_until_us = fields.get("preferred"), self.now_us + 20 * SECOND_US
        self.model.waits_for(caller, self.now_us)
        free = [
            worker
            for worker in self.model.workers.values()
            if self.model.has_room(worker, channel) and self.model.eligible(worker, caller, self.now_us)
        ]
        self.model.callers[name] = caller
        expected = self.model.chosen(caller, free, self.now_us) if free else None
        reply = self.centre.say(ask.Enqueue(0, name, settings.name, channel, **fields))
        if not isinstance(reply, Queued):
            # Direct to someone who is not there.
            assert caller.direct is not None
            assert self.model.workers[caller.direct].state == "offline" or self.model.workers[caller.direct].pending
            del self.model.callers[name]
        self.hear()
        assert (caller.agent or None) == (expected if name in self.model.callers else None)

    @rule(number=anyone)
    def accept(self, number: int) -> None:
        caller = self.pick(number, "offered")
        if caller is None:
            return
        for _ in range(2):
            self.centre.ok(ask.Accept(0, caller.offer))
        caller.state, caller.accepted_us = "talking", self.now_us
        caller.waited_us = self.now_us - caller.entered_us
        caller.missed.clear()
        self.model.workers[caller.agent].misses.clear()
        self.hear()

    @precondition(lambda self: self.gone)
    @rule(number=anyone)
    def accept_too_late(self, number: int) -> None:
        assert self.centre.refused(ask.Accept(0, self.gone[number % len(self.gone)])) == "gone"

    @rule(number=anyone, reason=st.sampled_from(("declined", "busy", "no_answer")))
    def reject(self, number: int, reason: Any) -> None:
        caller = self.pick(number, "offered")
        if caller is None:
            return
        # The sender of the rejection is not told of it again: the model moves first.
        agent, offer = caller.agent, caller.offer
        caller.missed[agent] = self.now_us
        if reason == "busy":
            caller.retry_us = self.now_us + self.model.settings.limits.fault_pause_us
        if caller.preferred == agent:
            caller.preferred = None
        self.put_back(caller)
        if reason != "busy":
            self.model.missed(self.model.workers[agent], caller)
        self.centre.ok(ask.Reject(0, offer, reason))
        self.hear()

    @rule(number=anyone)
    def end(self, number: int) -> None:
        caller = self.pick(number, "waiting", "held", "offered", "talking")
        if caller is None:
            return
        self.talk_over(caller)
        if caller.state == "offered":
            self.put_back(caller)
        del self.model.callers[caller.id]
        self.centre.ok(ask.End(0, caller.id))
        self.hear()

    def talk_over(self, caller: Caller) -> None:
        if caller.state != "talking":
            return
        worker = self.model.workers[caller.agent]
        units, channel, _ = worker.work[caller.offer]
        if dict(caller.queue.wrap_up):
            worker.work[caller.offer] = (units, channel, self.now_us + WRAP_UP_US)
        else:
            del worker.work[caller.offer]
            self.rest(worker)

    @rule(number=anyone, queue=anyone, place=st.sampled_from(("keep", "restart", "front")))
    def transfer(self, number: int, queue: int, place: Any) -> None:
        caller = self.pick(number, "talking")
        if caller is None:
            return
        self.talk_over(caller)
        settings = self.centre.settings.queues[queue % len(self.centre.settings.queues)]
        caller.queue, caller.needs = settings, dict(settings.needs.skills)
        caller.state, caller.agent, caller.offer = "waiting", "", ""
        caller.direct = caller.preferred = None
        caller.missed.clear()
        caller.entered_us = self.now_us - (0 if place == "restart" else caller.waited_us)
        caller.front = caller.front or place == "front"
        if place != "keep":
            self.count += 1
            caller.number = self.count
        self.centre.ok(ask.Transfer(0, caller.id, settings.name, place=place))
        self.hear()

    @rule(number=anyone)
    def hold(self, number: int) -> None:
        caller = self.pick(number, "waiting", "offered")
        if caller is None:
            return
        if caller.state == "offered":
            self.put_back(caller)
        caller.state = "held"
        self.centre.ok(ask.Hold(0, caller.id))
        self.hear()

    @rule(number=anyone)
    def resume(self, number: int) -> None:
        caller = self.pick(number, "held")
        if caller is None:
            return
        caller.state = "waiting"
        self.centre.ok(ask.Resume(0, caller.id))
        self.hear()

    @rule(number=anyone, priority_s=st.sampled_from((0, 30)))
    def change_priority(self, number: int, priority_s: int) -> None:
        caller = self.pick(number, "waiting", "held", "offered")
        if caller is None:
            return
        caller.priority_s, caller.front = priority_s, False
        self.centre.ok(ask.Update(0, caller.id, priority_s))
        self.hear()

    # -- agents -----------------------------------------------------------------------------------------------------

    @rule(number=anyone, ready=st.booleans())
    def log_in(self, number: int, ready: bool) -> None:
        worker = self.worker(number)
        reply = self.centre.say(ask.LogIn(0, worker.known.name, ready))
        assert isinstance(reply, Ok)
        if worker.state == "offline":
            worker.state = "available" if ready else "not_ready"
            worker.free_since_us = worker.made_ready_us = self.now_us
            worker.pending = False
            worker.misses.clear()
        elif ready:
            self.made_ready(worker)
        else:
            worker.pending = worker.pending and self.engine_agent(worker).next_state != ""
        self.hear()

    def engine_agent(self, worker: Worker) -> Any:
        return self.centre.engine.world.agents["main", worker.known.name]

    def made_ready(self, worker: Worker) -> None:
        if worker.state == "not_ready":
            worker.free_since_us = self.now_us
        worker.state, worker.pending, worker.made_ready_us = "available", False, self.now_us
        worker.misses.clear()

    @rule(number=anyone)
    def ready(self, number: int) -> None:
        worker = self.worker(number)
        reply = self.centre.say(ask.Ready(0, worker.known.name))
        if isinstance(reply, Error):
            assert worker.state == "offline"
            return
        wrapping = [offer for offer, (_, _, ends_us) in worker.work.items() if ends_us]
        for offer in wrapping:
            del worker.work[offer]
            self.rest(worker)
        if self.engine_agent(worker).state == "offline":
            worker.state, worker.pending = "offline", False
        else:
            self.made_ready(worker)
            heard = [pair for pair in self.centre.heard if not isinstance(pair[1], AgentState)]
            self.centre.heard = heard
        self.hear()

    @rule(number=anyone, leave=st.booleans())
    def leave(self, number: int, leave: bool) -> None:
        worker = self.worker(number)
        name = worker.known.name
        reply = self.centre.say(ask.LogOut(0, name) if leave else ask.NotReady(0, name, "break"))
        if isinstance(reply, Error):
            assert worker.state == "offline"
            return
        offered = {caller.offer for caller in self.model.callers.values() if caller.state == "offered"}
        if set(worker.work) - offered:
            worker.pending = True
        else:
            worker.state, worker.pending = ("offline" if leave else "not_ready"), False
        self.hear()

    # -- time -------------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from((1, 3, 9, 25)))
    def wait(self, seconds: int) -> None:
        """Deadline by deadline, so that every offer is checked at its own time."""
        until_us = self.now_us + seconds * SECOND_US
        engine = self.centre.engine
        while (due_us := engine.next_deadline_us()) is not None and due_us <= until_us:
            self.centre.now_us = max(self.now_us, due_us)
            self.wrap_ups_end()
            engine.tick(self.now_us)
            self.centre.rest()
            self.hear()
            self.in_balance()
        self.centre.now_us = until_us
        engine.tick(until_us)

    def wrap_ups_end(self) -> None:
        for worker in self.model.workers.values():
            over = [offer for offer, (_, _, ends_us) in worker.work.items() if ends_us and ends_us <= self.now_us]
            worker.several_ended_us = self.now_us if len(over) > 1 else worker.several_ended_us
            for offer in over:
                worker.free_since_us = worker.work.pop(offer)[2]

    # -- many steps at once -----------------------------------------------------------------------------------------

    def do(self, name: str, number: int, other: int) -> None:
        """A step by its name; the numbers draw the rest."""
        if name == "enqueue":
            fields = {key: values[other % len(values)] for key, values in FIELDS.items() if number & len(key)}
            self.enqueue(number, ("voice", "chat")[other % 2], fields)
        elif name == "reject":
            self.reject(number, ("declined", "busy", "no_answer")[other % 3])
        elif name == "transfer":
            self.transfer(number, other, ("keep", "restart", "front")[other % 3])
        elif name == "wait":
            self.wait((1, 3, 9, 25)[other % 4])
        elif name == "change_priority":
            self.change_priority(number, (0, 30)[other % 2])
        elif name in ("log_in", "leave"):
            getattr(self, name)(number, bool(other % 2))
        elif name != "accept_too_late" or self.gone:
            getattr(self, name)(number)

    # -- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def in_balance(self) -> None:
        """Nobody waits whom a free agent could take, and the model and the engine have the same offers."""
        if not hasattr(self, "model"):
            return
        assert self.model.idle_pairs(self.now_us) == []
        live = {caller.id: caller.agent for caller in self.model.callers.values() if caller.state == "offered"}
        assert self.centre.offers() == live
        for worker in self.model.workers.values():
            assert self.centre.used(worker.known.name) == worker.used() <= worker.known.capacity_units
            assert self.engine_agent(worker).state == worker.state


TestEngineAgainstModel = EngineAgainstModel.TestCase
TestEngineAgainstModel.settings = hypothesis_settings(max_examples=100, report_multiple_bugs=False, phases=PHASES)


@hypothesis_settings(max_examples=300, report_multiple_bugs=False, phases=PHASES)
@given(settings=centres, seed=anyone)
def test_busy_centre_against_model(settings: of.Settings, seed: int) -> None:
    """Steps that Hypothesis draws one by one seldom fill a centre: here a hundred of them follow one another."""
    machine, chance = EngineAgainstModel(), Random(seed)
    machine.begin(settings)
    for _ in range(100):
        machine.do(chance.choice(STEPS), chance.randrange(1000), chance.randrange(1000))
        machine.in_balance()
