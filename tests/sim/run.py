"""One run of a seed: clients, people and callers on a site; faults while traffic lasts, then calm until all is over."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, structs

from router.core import commands as ask
from router.core import internal as told
from router.core.effects import AgentsReply, AgentState, Message, Offer, Reply, StatusReply, TalkOver
from router.terms import SECOND_US, NeedsTable
from tests.sim import route_by, wants
from tests.sim.books.announce import AnnounceBook
from tests.sim.books.place import Wishes
from tests.sim.callbacks import spoken
from tests.sim.client import Client
from tests.sim.counts import counting
from tests.sim.crm import Crm
from tests.sim.dialler import NUMBERS
from tests.sim.digest import Digest
from tests.sim.edits import Edits
from tests.sim.gateway import Gateway
from tests.sim.hands import Hands, heard
from tests.sim.hours import Wall
from tests.sim.judge import Judge
from tests.sim.layers import Planning
from tests.sim.people import Person
from tests.sim.plan import CHANNELS, DESKS, GATEWAYS, SKILLS, Chances, Plan, draw
from tests.sim.rosters import Rostering
from tests.sim.ruling import Ruling, left
from tests.sim.site import Site, slices
from tests.sim.tickets import CRM, TICKET
from tests.sim.twin import Twin
from tests.sim.watch import Watch
from tests.sim.whims import bother

COMMANDS = 2000
"""Commands of one run before the faults stop."""

CALM_MOST_US = 3600 * SECOND_US
"""Once the faults have stopped everything must be over within an hour of core time (L1 to L3)."""

AGAIN_US = 10 * SECOND_US
"""So long after it said so a supervisor looks whether rules and plans have ended."""

BOSS = "main/boss"


class Desk(Client):
    """An agents' own program, or a supervisor's."""

    def __init__(self, run: Run, key: str) -> None:
        super().__init__(run.site, key)
        self.run = run
        if key == BOSS:
            self.role = "supervisor"
            self.site.after(SECOND_US, Hands(run, self.say).pulse)
            self.planning = Planning(run, self.say)
            self.site.after(SECOND_US, self.planning.pulse)
            self.rostering = Rostering(run, self.say)
            self.ruling = Ruling(run, self.say)
            self.site.after(SECOND_US, self.ruling.pulse)

    def event(self, message: Message) -> None:
        """What agents see on their screens."""
        if isinstance(message, Offer):
            self.run.people[message.agent].offered(self, message, rings=False)
        elif isinstance(message, TalkOver):
            self.run.people[message.agent].talk_over(message)
        elif isinstance(message, AgentState):
            heard(self.run, message)

    def answered(self, request: object, reply: Reply) -> None:
        """What a supervisor reads."""
        if isinstance(reply, StatusReply | AgentsReply):
            self.run.answers += 1
        if self.role == "supervisor":
            self.rostering.answered(request, reply)


class Run:
    """See the module."""

    def __init__(self, seed: int, commands: int = COMMANDS, make_site: Callable[[Plan], Site] = Site) -> None:
        self.plan: Plan = draw(seed)
        self.chances: Chances = self.plan.chances
        self.calming = False
        self.answers = 0
        self.site = make_site(self.plan)
        self.digest = Digest()
        self.twin = Twin(self.site)
        self.site.beside = self.twin
        self.judge = Judge(self.plan)
        self.watch = Watch()
        self.announced = AnnounceBook(self.plan)
        self.site.listeners += [self.digest, self.judge, self.twin, self.watch, self.announced]
        self.wishes = Wishes(seed, self.plan.settings)
        self._commands = commands
        self._called = 0
        self.callable = [queue for queue in self.plan.settings.queues if TICKET not in queue.channels]
        """Queues that callers come into."""
        self.gateways = [Gateway(self, number, key) for number, key in enumerate(GATEWAYS)]
        self.clients: dict[str, Client] = {gateway.key: gateway for gateway in self.gateways}
        for key in (*DESKS, BOSS):
            self.clients[key] = Desk(self, key)
        self.wall = Wall(self, BOSS)
        self.edits = Edits(self)
        self.crm = self.clients[CRM] = Crm(self)
        self.people = {agent.name: Person(self, agent.name) for agent in self.plan.settings.agents}

    def run(self) -> None:
        """Traffic and faults until enough was said, then calm."""
        site = self.site
        self.wall.tell()
        for client in self.clients.values():
            site.after(site.some(SECOND_US // 10), client.connect)
        for person in self.people.values():
            site.after(site.some(SECOND_US), person.pulse)
        site.after(SECOND_US, self._beat)
        site.after(SECOND_US, self._arrival)
        while site.commands < self._commands:
            site.run_next()
        self.calm()

    # -- traffic --------------------------------------------------------------------------------------------------

    def _arrival(self) -> None:
        if self.calming:
            return
        self.site.after(self.site.some(self.plan.gap_us), self._arrival)
        gateway = self.site.rng.choice(self.gateways)
        enqueue = self.some_enqueue()
        gateway.arrive(enqueue)
        if self.site.happens(self.chances.says_again):
            gateway.say_again(enqueue)
        if self.site.happens(self.chances.nonsense):
            gateway.say(structs.replace(enqueue, priority_s=77))
        if self.site.happens(self.chances.takes_callback / 4):
            gateway.dialler.schedule()

    def some_enqueue(self) -> ask.Enqueue:
        """What a new caller asks for."""
        rng, chances, site = self.site.rng, self.chances, self.site
        self._called += 1
        queue = rng.choice(self.callable)
        enqueue = ask.Enqueue(1, f"c{self._called}", queue.name, rng.choice(spoken(queue)), needs=self.some_needs())
        if site.happens(chances.head_start):
            enqueue.priority_s = rng.choice((30, 90))
            enqueue.waited_ms = rng.choice((0, 5000))
        if enqueue.needs is not None and site.happens(chances.own_steps):
            site.faults["own steps"] += 1
            enqueue.relax = wants.relax(rng, SKILLS[:2])
        enqueue.language = rng.choice((None, *wants.LANGUAGES))
        site.faults["service level waited on"] += queue.watches_level
        enqueue.customer = f"cust-{rng.randrange(40)}"
        enqueue.number = rng.choice((None, None, *NUMBERS))
        if site.happens(chances.preferred):
            site.faults["preferred agent"] += 1
            enqueue.preferred = self.some_agent()
            enqueue.preferred_most_ms = rng.choice((0, 3000, 20_000))
        elif site.happens(chances.direct):
            site.faults["direct to an agent"] += 1
            enqueue.agent = self.some_agent()
        enqueue.held = site.happens(chances.held)
        if rng.random() < 0.1:
            enqueue.data = {"crm": "x" * rng.choice((3, 30))}
        self.wishes.some(enqueue)
        if self.plan.settings.routes:
            route_by.attributes(rng, enqueue, chances.routed, site)
        return enqueue

    def some_agent(self) -> str:
        """Any agent."""
        return self.site.rng.choice(self.plan.settings.agents).name

    def some_needs(self) -> NeedsTable | None:
        """Needs of a contact's own, now and then."""
        if not self.site.happens(self.chances.own_needs):
            return None
        needs = wants.own(self.site.rng, SKILLS[:2])
        self.site.faults["long needs"] += len(needs) > 1
        return needs

    # -- faults ---------------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        site, chances = self.site, self.chances
        site.after(site.some(SECOND_US), self._beat)
        self._ask()
        if self.calming:
            self.crm.beat()
            return
        self.edits.beat()
        self.fail()
        for client in self.clients.values():
            if client.up and site.happens(chances.drop):
                self._drop(client)
        self.crm.beat()
        for gateway in self.gateways:
            bother(gateway)
            if site.happens(chances.drain) or (gateway.draining and site.happens(0.2)):
                gateway.draining = not gateway.draining
                site.faults["drain on" if gateway.draining else "drain off"] += 1
                gateway.say(ask.Drain(1, gateway.draining))
        if site.happens(chances.nonsense):
            self._nonsense()

    def fail(self) -> None:
        """Let the engine or its store fail, now and then."""
        if self.site.happens(self.chances.kill):
            self.site.kill()

    def _drop(self, client: Client) -> None:
        site, chances = self.site, self.chances
        site.faults["gateway dropped"] += 1
        if site.happens(chances.replaced):
            site.faults["gateway replaced"] += 1
            client.cut()
            client.connect()
            return
        bye = site.happens(chances.bye)
        site.faults["gateway said bye"] += bye
        client.cut()
        connection = client.connection
        down = told.GatewayDown("bye" if bye else "closed")

        def noticed() -> None:
            if client.connection == connection:
                site.apply(client.key, down)

        site.after(site.some(SECOND_US // 2), noticed)
        if site.happens(chances.away_long):
            # `cut` has planned the return; being up keeps it from coming, until the time is over.
            site.faults["gateway away beyond its grace"] += 1
            client.up = True
            away_us = self.plan.settings.limits.gateway_grace_us + site.some(5 * SECOND_US)
            site.after(away_us, client.connect)
        if isinstance(client, Gateway):
            self._restart(client)

    def _restart(self, gateway: Gateway) -> None:
        site, chances = self.site, self.chances
        if not site.happens(chances.new_instance):
            site.faults["same instance again"] += 1
            return
        gateway.new_instance()
        if site.happens(chances.calls_lost):
            site.faults["new instance, calls lost"] += 1
            gateway.lose_calls()
        else:
            site.faults["new instance, calls alive"] += 1

    def _ask(self) -> None:
        """Questions change nothing, and must not harm."""
        rng = self.site.rng
        boss, gateway = self.clients[BOSS], rng.choice(self.gateways)
        boss.say(ask.Status(1))
        if rng.random() < 0.2:
            boss.say(ask.Agents(1))
            self._ask_who(boss)
            boss.say(ask.Callbacks(1, numbers=rng.random() < 0.5))
            if self.plan.settings.partners:
                boss.say(ask.PartnersAsked(1))
        queue = rng.choice(self.plan.settings.queues)
        gateway.say(ask.Probe(1, queue.name, rng.choice(CHANNELS), self.some_needs()))
        gateway.speaker.ask(queue.name, rng.choice(CHANNELS))
        if gateway.calls:
            gateway.say(ask.Position(1, rng.choice(list(gateway.calls))))
            gateway.say(ask.Steer(1, rng.choice(list(gateway.calls))))

    def _ask_who(self, boss: Client) -> None:
        """Who could take such a contact, or one that is here?"""
        rng = self.site.rng
        gateway, queue = rng.choice(self.gateways), rng.choice(self.plan.settings.queues)
        call = rng.choice([*gateway.calls, "nobody"]) if rng.random() < 0.5 else None
        boss.say(ask.Who(1, queue.name, rng.choice(CHANNELS), self.some_needs(), None, call, gateway.name))

    def _nonsense(self) -> None:
        """Something that must be refused, from anybody."""
        rng = self.site.rng
        gateway = rng.choice(self.gateways)
        call = rng.choice([*gateway.calls, "nobody"])
        agent = self.some_agent()
        requests: list[ask.Request] = [
            ask.Accept(1, f"1-{rng.randrange(1, 4000)}"), ask.Accept(1, "what"), ask.Reject(1, "9-9"),
            ask.Ringing(1, "0-1"), ask.Hold(1, call), ask.Resume(1, call), ask.Connected(1, call),
            ask.ConnectFailed(1, call, "media"), ask.Transfer(1, call, "nowhere"),
            ask.Transfer(1, call, "q0", data={"big": "x" * 2500}), ask.Complete(1, call), ask.LogIn(1, "nobody"),
            ask.Transfer(1, call, "q0", needs={"cards": 9}, data={"big": "x" * 2500}),
            ask.NotReady(1, agent, "holiday"), ask.LogOut(1, agent), ask.Detach(1, "none"), ask.Release(1, "none"),
            ask.Attach(1, f"sip-{agent}", self.some_agent()), ask.Occupy(1, f"sip-{agent}", "personal", 9999),
            ask.ExtendWrapUp(1, call, 1000), ask.Update(1, call, 10), ask.SyncEnd(1), ask.Sync(1),
            ask.Steered(1, rng.choice(("v0", "nothing")), f"cust-{rng.randrange(40)}", rng.choice(CHANNELS)),
        ]  # fmt: skip
        gateway.say(rng.choice(requests))
        never = f"never-{rng.randrange(9)}"
        if rng.random() < 0.3:
            gateway.say(ask.End(1, never))
            gateway.arrive(ask.Enqueue(1, never, "q0"))

    # -- calm -----------------------------------------------------------------------------------------------------

    def calm(self) -> None:
        """The faults stop; everything that is under way must come to its end."""
        self.calming = True
        site = self.site
        self.edits.take_back()
        for name in self.chances.__struct_fields__:
            setattr(self.chances, name, 0.0)
        self.chances.impatient = 1.0
        for gateway in self.gateways:
            if gateway.draining:
                gateway.draining = False
                gateway.say(ask.Drain(1, False))
            for call in list(gateway.calls.values()):
                gateway.plan_hang_up(call)
        self._take_layers_off()
        until_us = site.now_us + CALM_MOST_US
        while site.now_us < until_us and not self.is_over():
            for _ in range(50):
                site.run_next()

    def _take_layers_off(self) -> None:
        """Rules and plans end; again whenever a store has lost that they did, as it may until a split has healed."""
        boss = self.clients[BOSS]
        assert isinstance(boss, Desk)
        boss.ruling.end()
        boss.planning.end()
        self._look_again()

    def _look_again(self) -> None:
        self.site.after(AGAIN_US, lambda: self._take_layers_off() if self.is_laid() else self._look_again())

    def is_laid(self) -> bool:
        """Does anything lie over the configuration, or is it about to change?"""
        world = self.site.engine.world
        return bool(world.layers.sources or world.plans.active or world.crossing is not None)

    def is_over(self) -> bool:
        """Nothing lives any more, here or there, and all of that is kept."""
        world = self.site.engine.world
        calls = any(gateway.calls for gateway in self.gateways)
        return self.site.at_boundary() and not (self.is_laid() or world.live or world.offers or calls)


class Outcome(Struct):
    """What a run came to."""

    seed: int
    commands: int
    digest: str
    violations: list[str]
    moves: Counter[str]
    faults: Counter[str]


def simulate(seed: int, commands: int = COMMANDS) -> Outcome:
    """Run a seed and judge it. A violation is a sentence that begins with an invariant's id, or with `crash`."""
    run = Run(seed, commands)
    with slices(run.plan.slice):
        outcome = played(run, seed, lambda: run.twin.violations + run.announced.violations)
    run.site.engine.let_go()
    return outcome


def played(run: Run, seed: int, others: Callable[[], list[str]]) -> Outcome:
    """What a run comes to. `others`: what was found by whoever else has looked."""
    moves: Counter[str] = Counter()
    with counting(moves):
        try:
            run.run()
            if run.judge in run.site.listeners:
                run.judge.rest(run.is_over())
            elif not run.is_over():
                run.judge.fault("L3", "the faults have stopped, and not all ends")
            tallies = run.site.engine.world.routing.steering.tallies.values()
            run.site.faults["steered: came back"] += sum(tally.came_back for tally in tallies)
            violations = run.judge.violations + others() + run.watch.violations + left(run)
        except Exception as error:  # noqa: BLE001  # whatever the engine raises is the finding, with its seed
            where = traceback.extract_tb(error.__traceback__)[-1]
            violations = [f"crash {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"]
    site = run.site
    return Outcome(seed, site.commands, run.digest.hex(), violations, moves, site.faults + run.judge.reached)
