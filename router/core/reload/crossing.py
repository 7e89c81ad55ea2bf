"""From one version of the settings to another in slices, so that a large site stalls nobody.

    before   needs that nobody asked for are matched with everybody signed in; orders of free agents are made; rules
             are compiled
    flip     one step: queues, routes, channels and calendars are those of the new version (`reconfigure.py`)
    after    agents cross, one by one; then those who wait, in the order in which they came

Before the flip everything is decided by the old version. After it each decision still uses one version only: whoever
has not crossed is taken by what was said of them and of their line before. Nobody is sent away because no able agent is
left before everybody has crossed. The one idea: the whole way is written down as one generator that says what each
piece costs, and a step takes pieces until it has had its share.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from router.core import people
from router.core import settings as of
from router.core.customers import customers
from router.core.deadlines import NEVER_US
from router.core.entities import Agent
from router.core.line import Needs
from router.core.match.choose import CHOICES
from router.core.needs import courses
from router.core.needs.course import Way, course_of
from router.core.order import Order
from router.core.queue import Queue
from router.core.reload.contacts import PAIRS_A_US, contacts_of
from router.core.reload.flipped import Compared, Flipped, compare
from router.core.reload.reconfigure import drop_calendars, flip, moves_lines
from router.core.ruling import hooks as ruling_hooks
from router.core.ruling.build import asked, drafted, tidied
from router.core.ruling.settings import ActingRule
from router.core.stored.recording import agent_key
from router.core.tally import QueueTally
from router.core.world import World

SLICE_US = 2_000
"""What a step may cost by the figures below: measured from the sources on a slow core, so it is less where it is
compiled."""

LOOK_US: Final = 3
"""Comparing one agent or queue with what is in force: most of it is waiting for memory."""
AGENT_US: Final = 40
"""An agent of other skills, and their search for a contact."""
QUEUE_US: Final = 35
"""A queue in the step that flips, without its contacts."""
RULE_US: Final = 6
"""A rule in that step, compiled before, that says something else than it did."""
HOOK_US: Final = 10
"""Letting the needs of a queue's lines of before tell nothing any more."""
FREED_US: Final = 1
"""Giving back one agent, queue or rule of the version of before."""
FREED: Final = 256
"""So many at a time."""


def through(pieces: Iterator[int], most_us: int) -> bool:
    """Take pieces of work, each of which says what it costs, until they have cost this much. Are there no more?"""
    cost_us = 0
    for piece_us in pieces:
        cost_us += piece_us
        if cost_us >= most_us:
            return False
    return True


class Crossing:
    """One switch under way."""

    def __init__(self, world: World, new: of.Settings | None = None) -> None:
        self.more: list[Flipped] = []
        """What layers have changed meanwhile: those whom it concerns cross after all others."""
        self.next: list[of.Settings] = [] if new is None else [new]
        """Versions that were asked for meanwhile: each comes when the one before it is through."""
        self.phase = ""
        """What is being done, in a word."""
        self.worked_us = -1
        """When the last slice was done."""
        self._world = world
        self._pieces = self._all()

    def work(self) -> bool:
        """A slice. Is everything through?"""
        return through(self._pieces, SLICE_US)

    def _all(self) -> Iterator[int]:
        while self.next or self.more:
            if self.more:
                left = self.more.pop(0)
                self.phase = "layers"
                yield from contacts_of(self._world, left)
                yield from _end(self._world, left, [])
            else:
                yield from self._settings(self.next.pop(0))

    def _settings(self, new: of.Settings) -> Iterator[int]:
        world = self._world
        self.phase = "orders"
        yield from _orders(world, new)
        self.phase = "needs"
        prepared: list[Needs] = []
        compared: dict[tuple[str, str], Compared | None] = {}
        yield from _needs(world, new, prepared, compared)
        self.phase = "rules"
        draft = yield from drafted(world, new)
        # What is large enough has a step of its own.
        flips_us = QUEUE_US * sum(found is not None for found in compared.values())
        flips_us += RULE_US * len(draft.changed) if draft is not None else 0
        yield flips_us
        self.phase = "flip"
        old = [world.settings]
        left = flip(world, new, draft, compared)
        yield flips_us
        self.phase = "tidy"
        yield from asked(world)
        if draft is not None:
            yield from tidied(world, draft)
        self.phase = "agents"
        yield from _agents(world, new, left)
        self.phase = "contacts"
        yield from contacts_of(world, left)
        self.phase = "end"
        yield from _end(world, left, prepared)
        yield from customers.trimmed(world)
        drop_calendars(world, world.settings)
        self.phase = "old"
        yield from _let_go(old)


def begin(world: World, new: of.Settings) -> None:
    """Begin to switch to `new`. What is under way comes to its end first, in slices as always."""
    if world.crossing is not None:
        world.crossing.next.append(new)
        return
    world.crossing = Crossing(world, new)
    work(world)


def layered(world: World, left: Flipped) -> None:
    """Layers have changed what is in effect on some queues: those whom it concerns cross, after those of a switch that
    is under way."""
    if not (left.outdated or left.waits or left.callbacks or left.steers):
        return
    if world.crossing is not None:
        world.crossing.more.append(left)
        return
    world.crossing = Crossing(world)
    world.crossing.more.append(left)
    work(world)


def work(world: World) -> None:
    """A slice of the switch that is under way."""
    crossing = world.crossing
    assert isinstance(crossing, Crossing)
    crossing.worked_us = world.now_us
    if crossing.work():
        world.crossing = None


# -- before -------------------------------------------------------------------------------------------------------


def _settings_of(world: World, settings: of.Queue) -> of.Queue | None:
    known = world.queues.get((settings.tenant, settings.name))
    return None if known is None else known.settings


def _orders(world: World, new: of.Settings) -> Iterator[int]:
    """Agent choices may ask for orders that there are not yet: pool by pool they are made beside those in use."""
    roster = world.roster
    wanted = {CHOICES[queue.agent_choice].ORDER for queue in new.queues}
    if wanted <= set(roster.order_kinds):
        return
    roster.order_kinds = tuple(sorted(wanted | set(roster.order_kinds)))
    for profile in list(roster.profiles.values()):
        stood = [agent for agent in profile.members.values() if agent.places]
        for agent in stood:
            roster.withdraw(agent)
            world.loose_agents[agent] = None
        for pool in profile.pools.values():
            pool.orders = {kind: Order() for kind in roster.order_kinds}
        yield LOOK_US + AGENT_US * len(stood)


def _needs(
    world: World, new: of.Settings, prepared: list[Needs], compared: dict[tuple[str, str], Compared | None]
) -> Iterator[int]:
    """What queues will ask for: who meets it is found out before anybody waits for it. `compared`: what differs about
    each queue that is there; None where configuration says what it says now."""
    roster = world.roster
    for configured in new.queues:
        yield LOOK_US
        key = (configured.tenant, configured.name)
        if world.configured.get(key) == configured:
            compared[key] = None
            continue
        settings = world.layers.over(configured)
        known = _settings_of(world, settings)
        if known == settings:
            compared[key] = None
            continue
        if known is not None:
            found = compared[key] = compare(known, settings)
            if known.channels == settings.channels and not moves_lines(world, found):
                continue
        draft = Queue(settings.name, settings, QueueTally(), {}, {})
        for channel in settings.channels:
            course = course_of(draft, Way(channel, contact_class=settings.contact_class))
            wanted = (settings.tenant, channel, course.wanted(course.begin))
            if wanted not in roster.needs:
                needs = roster.intern_needs(wanted)
                prepared.append(needs)
                queue = world.queues.get((settings.tenant, settings.name))
                if queue is not None:
                    ruling_hooks.queue_will(world, queue, needs)
                yield len(roster.profiles) // PAIRS_A_US


# -- after --------------------------------------------------------------------------------------------------------


def _agents(world: World, new: of.Settings, left: Flipped) -> Iterator[int]:
    """Each agent who is known, new or gone. Whatever has changed, whoever is signed in stands where it lets them."""
    seen: set[Agent] = set()
    roster = world.roster
    everybody = left.channels or bool(left.queues) or left.segments
    for known in new.agents:
        agent = world.agents.get((known.tenant, known.name))
        if agent is None:
            agent = world.agents[known.tenant, known.name] = Agent(known.name, known.tenant, world.number())
        seen.add(agent)
        profiles = len(roster.profiles)
        looks = _switch_agent(world, agent, known) or everybody
        if looks and agent.profile is not None:
            world.loose_agents[agent] = None
            matched = (len(roster.profiles) - profiles) * len(roster.needs)
            yield AGENT_US + max(0, matched) // PAIRS_A_US
        else:
            yield LOOK_US
    for agent in list(world.agents.values()):
        if agent not in seen:
            _retire(world, agent)
            yield AGENT_US


def _switch_agent(world: World, agent: Agent, known: of.Agent) -> bool:
    """Is anything about them new?"""
    most_at_once = dict(known.most_at_once) or None
    same_most = agent.most_at_once == most_at_once and not agent.retired
    agent.retired, agent.most_at_once = False, most_at_once
    now = (known.skills, known.languages, known.attributes, known.team, known.capacity_units)
    if (agent.configured, agent.languages, agent.attributes, agent.team, agent.capacity) == now:
        return not same_most
    agent.configured, agent.languages, agent.attributes, agent.team, agent.capacity = now
    if agent.offers:
        # What rings was offered by what they could do before.
        agent.skills_us = world.now_us
        world.changed[agent] = None
    people.take_skills(world, agent)
    return True


def _retire(world: World, agent: Agent) -> None:
    """The settings do not know them any more: they finish what they have, and are signed out. Nobody waits for them by
    name; but while a device of theirs is there they are remembered with it, for settings that know them again."""
    agent.retired = True
    if agent.state != "offline":
        people.dismiss(world, agent)
        return
    people.release_wanted(world, agent)
    if agent.offers or agent.endpoints:
        world.changed[agent] = None
        return
    del world.agents[agent.tenant, agent.name]
    world.changed.pop(agent, None)
    world.dropped.append(("agent", agent_key(agent)))


def restarted(world: World) -> None:
    """Whoever was taken out of the configuration while the engine was away is signed out, once they have finished; and
    no more customers are remembered than it lets."""
    through(customers.trimmed(world), NEVER_US)
    for agent in list(world.agents.values()):
        if agent.retired and agent.next_state != "offline":
            _retire(world, agent)


def _end(world: World, left: Flipped, prepared: list[Needs]) -> Iterator[int]:
    """Everybody has crossed: what nobody is in goes, and who meets the needs of whom is looked at once."""
    for queue in world.queues.values() if left.segments else left.queues:
        queue.kept_steps = {}
        queue.moved_us = world.now_us
        for line in list(queue.lines.values()):
            if line.members and line.needs.staffed == 0:
                courses.leave_unstaffed(world, line)
            elif line.own_target:
                courses.drop_if_empty(world, line)
    for needs in prepared:
        if not needs.lines and world.roster.needs.get(needs.key) is needs:
            world.roster.drop_needs(needs)
    for queue in left.queues:
        ruling_hooks.queue_through(world, queue)
        yield HOOK_US


def _let_go(old: list[of.Settings]) -> Iterator[int]:
    """Give back what only the version of before held: ten thousand agents at once would hold the loop up for some
    milliseconds. `old`: the one reference to it that is left."""
    settings = old.pop()
    held: list[list[of.Agent] | list[of.Queue] | list[ActingRule]] = [
        list(settings.agents),
        list(settings.queues),
        list(settings.rules),
    ]
    del settings
    for each in held:
        while each:
            del each[-FREED:]
            yield FREED * FREED_US
