"""What another version of the settings would do to those who wait and work now: asked before it is applied.

Nothing is changed here. Each check is a generator that notes what it finds and says what each piece of its work costs,
so that a large site is looked through in slices; the world goes on meanwhile, and what is found is as true as a moment
can be. Whoever brings something that a reload can end or break adds a check to `CHECKS`, and its words to `WORDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

from router.core import settings as of
from router.core.actions import AnyAction, Target
from router.core.effects.reload import Consequence
from router.core.entities import Agent
from router.core.layers.loans import layered
from router.core.needs.able import Able
from router.core.needs.course import Course, Way, course_of
from router.core.needs.want import Traits
from router.core.queue import Queue
from router.core.reload.contacts import PAIRS_A_US
from router.core.reload.crossing import SLICE_US, through
from router.core.tally import QueueTally
from router.core.world import World

LOOK_US: Final = 1
"""Looking at one agent, queue, rule or contact."""
INDEXED: Final = 512
"""Agents of the new version that are found by name from then on, at a time."""
EXAMPLES_MOST: Final = 5
"""Names of one kind that are told."""


class Words(NamedTuple):
    """How a kind of consequence is told; `stops`: it is not applied without force."""

    text: str
    stops: bool = False


WORDS: Final[dict[str, Words]] = {
    "unroutable": Words("{} waiting would have nobody signed in who can serve them", stops=True),
    "sent_away": Words("{} waiting would have waited longer than is allowed then, and be sent away", stops=True),
    "rule_ends": Words("{} rules that are active would end"),
    "plan_ends": Words("{} plans that are active would end"),
    "said_otherwise": Words("{} rules and plans in force would do something else, or with another rank"),
    "clash": Words("{} values would have several of those in force laid over them, where one is now"),
    "queue_gone": Words("{} waiting in queues that are gone would be served to the end"),
    "over_capacity": Words("{} agents would hold more than their capacity until they finish"),
    "signed_out": Words("{} signed-in agents would be signed out, once they have finished"),
}
"""By kind, in the order in which they are told."""


class Foresight:
    """One look at a running world with other settings in mind."""

    def __init__(self, world: World, new: of.Settings) -> None:
        self._found: dict[str, Consequence] = {}
        self._pieces = chain.from_iterable(check(world, new, self.note) for check in CHECKS)

    def work(self) -> bool:
        """A slice. Is everything looked at?"""
        return through(self._pieces, SLICE_US)

    def note(self, kind: str, example: str, count: int = 1) -> None:
        """One more of this kind, or several of one name."""
        found = self._found.setdefault(kind, Consequence(kind, "", 0, WORDS[kind].stops, []))
        found.count += count
        if len(found.examples) < EXAMPLES_MOST:
            found.examples.append(example)

    def consequences(self) -> list[Consequence]:
        """What was found, in the order of `WORDS`."""
        found = [self._found[kind] for kind in WORDS if kind in self._found]
        for each in found:
            each.words = WORDS[each.kind].text.format(each.count)
        return found


Note: TypeAlias = Callable[..., None]
Check: TypeAlias = Callable[[World, of.Settings, Note], Iterator[int]]


# -- checks -------------------------------------------------------------------------------------------------------


def _agents(world: World, new: of.Settings, note: Note) -> Iterator[int]:
    """Who is signed in and would be gone, or would hold more than they may."""
    known: dict[tuple[str, str], of.Agent] = {}
    yield from _index(new, known)
    for key, live in list(world.agents.items()):
        yield LOOK_US
        if live.state == "offline":
            continue
        settings = known.get(key)
        if settings is None:
            note("signed_out", live.name)
        elif live.used > settings.capacity_units:
            note("over_capacity", live.name)


def _index(new: of.Settings, known: dict[tuple[str, str], of.Agent]) -> Iterator[int]:
    """Put all agents of the new version into `known`."""
    for start in range(0, len(new.agents), INDEXED):
        known.update(((agent.tenant, agent.name), agent) for agent in new.agents[start : start + INDEXED])
        yield INDEXED * LOOK_US


def _able_then(world: World, new: of.Settings) -> Iterator[tuple[int, tuple[str, str, Able] | None]]:
    """(what it cost, (tenant, channel, what they could do)) of whoever is signed in and stays, each kind once."""
    known: dict[tuple[str, str], of.Agent] = {}
    for cost_us in _index(new, known):
        yield cost_us, None
    seen: set[tuple[str, str, Traits]] = set()
    for key, agent in list(world.agents.items()):
        settings = known.get(key)
        if agent.state == "offline" or settings is None:
            yield LOOK_US, None
            continue
        traits = _traits_then(agent, settings)
        for endpoint in list(agent.endpoints.values()):
            for channel in endpoint.channels:
                kind = (agent.tenant, channel, traits)
                if kind not in seen:
                    seen.add(kind)
                    yield 4 * LOOK_US, (agent.tenant, channel, Able(traits))
        yield 2 * LOOK_US, None


def _traits_then(agent: Agent, settings: of.Agent) -> Traits:
    skills = layered(settings.skills, agent.by_hand, agent.grants)
    return Traits(skills, settings.languages, settings.attributes, settings.team)


def _waiting(world: World, new: of.Settings, note: Note) -> Iterator[int]:
    """Who waits in a queue that would be gone, would have waited too long, or whom nobody could serve."""
    able: list[tuple[str, str, Able]] = []
    for cost_us, found in _able_then(world, new):
        yield cost_us
        if found is not None:
            able.append(found)
    wanted = {(queue.tenant, queue.name): world.layers.over(queue) for queue in new.queues}
    for key, queue in list(world.queues.items()):
        yield LOOK_US
        if not queue.waiting():
            continue
        settings = wanted.get(key)
        if settings is None:
            note("queue_gone", queue.name, queue.waiting())
            continue
        if settings.wait_most_us and settings.wait_most_us != queue.settings.wait_most_us:
            yield from _too_long(world, queue, settings, note)
        yield from _unroutable(queue, settings, able, note)


def _too_long(world: World, queue: Queue, settings: of.Queue, note: Note) -> Iterator[int]:
    late = 0
    for line in list(queue.lines.values()):
        for entry in list(line.order):
            late += world.waited_us(entry[2]) > settings.wait_most_us
        yield len(line.order) * LOOK_US
    if late:
        note("sent_away", queue.name, late)


def _unroutable(queue: Queue, settings: of.Queue, able: list[tuple[str, str, Able]], note: Note) -> Iterator[int]:
    """Line by line, by what the first of it asks: can somebody serve it now, and nobody then?"""
    draft = Queue(settings.name, settings, QueueTally(), {}, {})
    for line in list(queue.lines.values()):
        first = line.order.first
        if first is None or not line.needs.staffed:
            continue
        contact = first[2]
        way = Way(contact.channel, contact.needs, contact.language or "", settings.contact_class)
        course = course_of(draft, way)
        wants = [course.wanted(state) for state in (course.begin, _last(course))]
        yield len(able) * LOOK_US // PAIRS_A_US + LOOK_US
        if not any(
            tenant == settings.tenant and channel == contact.channel and one.meets(want)
            for tenant, channel, one in able
            for want in wants
        ):
            note("unroutable", queue.name, len(line.order))


def _last(course: Course) -> tuple[tuple[int, int], ...]:
    """The state after the last step of every stream."""
    return tuple((len(stream.steps),) * 2 for stream in course.streams)


def _sources(world: World, new: of.Settings, note: Note) -> Iterator[int]:
    """Rules and plans that are in force: would they end, or do something else, or come into one another's way?"""
    plans = {(plan.tenant, plan.name): plan for plan in new.plans}
    rules = {(rule.tenant, rule.name): rule for rule in new.rules}
    yield (len(plans) + len(rules)) * LOOK_US
    then: dict[tuple[str, Target, str], dict[str, None]] = {}
    for key in list(world.plans.active):
        plan, before = plans.get(key), world.plans.known.get(key)
        yield LOOK_US
        if plan is None:
            note("plan_ends", key[1])
            continue
        if before is not None and (plan.rank, plan.actions) != (before.rank, before.actions):
            note("said_otherwise", f"plan {key[1]}")
        _lay(then, key[0], f"plan {key[1]}", plan.actions)
    for state in list(world.ruling.rules.values()):
        yield LOOK_US
        was, key = state.rule, (state.rule.tenant, state.rule.name)
        if state.life.state != "active" or was.observe:
            continue
        rule = rules.get(key)
        if rule is None or rule.observe:
            note("rule_ends", was.name)
            continue
        if (rule.rank, rule.actions) != (was.rank, was.actions):
            note("said_otherwise", f"rule {was.name}")
        _lay(then, key[0], f"rule {was.name}", rule.actions)
    yield from _clashes(world, then, note)


def _lay(
    then: dict[tuple[str, Target, str], dict[str, None]], tenant: str, source: str, actions: tuple[AnyAction, ...]
) -> None:
    for action in actions:
        for target in action.targets() if action.undone else ():
            then.setdefault((tenant, target, action.what), {})[source] = None


def _clashes(world: World, then: dict[tuple[str, Target, str], dict[str, None]], note: Note) -> Iterator[int]:
    """Values over which several sources would lie, and do not now."""
    for (tenant, target, what), sources in then.items():
        yield LOOK_US
        if len(sources) > 1:
            laid = world.layers.targets.get((tenant, target), ())
            now = {str(layer.source) for layer in laid if layer.what == what and not layer.spent}
            if not sources.keys() <= now:
                note("clash", f"{' '.join(target)} {what}: {', '.join(sources)}")


CHECKS: list[Check] = [_waiting, _agents, _sources]
