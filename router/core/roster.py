"""Who can take what, now: skill profiles, the pools of free agents, and their index to the needs of lines.

Agents with the same tenant, traits (skills, languages, attributes, team) and channels share one interned profile.
Which profile meets which needs is found out once, when either first appears, and kept both ways; no need is evaluated
when a contact is dispatched. A profile has one pool a channel with the agents who could take one more contact of it, in
the orders that agent choices ask for. A pool that gains its first agent enters itself into the needs it serves, and
leaves them with its last: so an arrival looks only at profiles where somebody is free.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, final

from router.core.layers.keep import Keep
from router.core.line import Line, Needs, NeedsKey
from router.core.native import mypyc_attr
from router.core.needs.able import Able
from router.core.needs.want import Traits
from router.core.order import Order
from router.core.ruling.watched import LONG_AGO_US

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.queue import Queue
    from router.core.ruling.watched import QueueView

ProfileKey = tuple[str, Traits, tuple[str, ...], tuple[str, ...]]
"""(tenant, traits, channels, queues that have had their share): all sorted."""

PoolEntry = tuple[int, int, int, Any]
"""(units in use, key of the order, agent's number, agent): the least loaded first, then the order."""

OrderKind = Literal["free_since_us", "last_offer", "busy_ppm"]
"""The agent's field that an order sorts by; each is fixed when the agent comes free."""


@final
@mypyc_attr(acyclic=True)
class Pool:
    """The agents of a profile who could take one more contact of a channel now, by each kind of order in use."""

    orders: dict[OrderKind, Order[PoolEntry]]
    needs: list[Needs]
    """The needs of that channel that the profile meets."""
    free: int = 0
    watched: list[Needs]
    """Those of `needs` of which it is counted who is free."""

    def __init__(self, orders: dict[OrderKind, Order[PoolEntry]], needs: list[Needs]) -> None:
        self.orders, self.needs = orders, needs
        self.watched = []


@final
@mypyc_attr(acyclic=True)
class Profile:
    """Interned: what a group of like agents can do."""

    key: ProfileKey
    able: Able
    pools: dict[str, Pool]
    """By channel."""
    agents: int = 0
    """Signed-in agents of this profile; it is dropped with the last."""
    members: dict[int, Agent]
    """Who they are, by number."""
    kept: list[Needs]
    """Needs that they meet, of which some queue keeps agents idle."""
    barred: tuple[str, ...]
    """Queues whose contacts they are not given: those had their share of their time."""

    def __init__(self, key: ProfileKey, able: Able, pools: dict[str, Pool]) -> None:
        self.key, self.able, self.pools = key, able, pools
        self.members = {}
        self.kept = []
        self.barred = key[3]

    def queues_servable(self) -> int:
        """How many queues its agents can serve, by the queue's own needs or by those of somebody who stands in a line
        of it: what `least_flexible` compares. A queue may have several lines."""
        return len({
            line.queue
            for pool in self.pools.values()
            for needs in pool.needs
            for line in needs.lines
            if line.order.first is not None or line.queue.own.get(needs.channel) is line
        })  # fmt: skip


class Moved(NamedTuple):
    """An agent's state from this core time on."""

    at_us: int
    tenant: str
    agent: str
    state: str
    reason: str


class Roster:
    """All profiles and needs of a world, and the index between them."""

    def __init__(self) -> None:
        self.profiles: dict[ProfileKey, Profile] = {}
        self.needs: dict[NeedsKey, Needs] = {}
        self.order_kinds: tuple[OrderKind, ...] = ("free_since_us",)
        """The kinds of order that the agent choices in use ask for."""
        self.hoping: dict[Needs, None] = {}
        """Needs that nobody meets, with lines that may wait on for a step after which somebody will."""
        self.stirred: dict[Any, None] = {}
        """Needs of which nobody is free any more, and service levels that have changed, in this step: steps wait for
        that."""
        self.easing: dict[Line, None] = {}
        """Lines whose needs gave way: those who stand in them look for agents, in slices."""
        self.dirty: dict[Any, None] = {}
        """What rules watch that has changed in this step: see `ruling/ruled.py`."""
        self.people = False
        """Do rules watch people?"""
        self.presence: list[Moved] | None = None
        """Agents' moves, for whoever takes them; None: nobody does."""
        self.loosened: dict[Agent, None] = {}
        """Who stands free for less than before, and was kept idle for that."""
        self.spared: dict[Needs, int] = {}
        """Needs of which one more is free, or fewer are kept: who was kept looks again where no more are free than
        this."""
        self.joining: dict[Line, None] = {}
        """Lines whose contacts go over to another one of the same state, in slices."""

    def moved(self, agent: Agent) -> None:
        """An agent has come into another state."""
        if self.people:
            self.dirty[agent] = None
        if self.presence is not None:
            self.presence.append(Moved(agent.since_us, agent.tenant, agent.name, agent.state, agent.reason))

    # -- interning ----------------------------------------------------------------------------------------------

    def intern_needs(self, key: NeedsKey) -> Needs:
        """The one object for these needs; the profiles that meet them are found on its first appearance."""
        needs = self.needs.get(key)
        if needs is None:
            needs = self.needs[key] = Needs(key)
            needs.preferred = {} if key[2].prefer else None
            for profile in self.profiles.values():
                self._link(profile, needs)
        return needs

    def drop_needs(self, needs: Needs) -> None:
        """No line asks this any more."""
        del self.needs[needs.key]
        if needs.crews:
            self.unwatch(needs)
        if needs.kept:
            self.keep(needs, ())
        self.stirred.pop(needs, None)
        for profile in needs.profiles:
            profile.pools[needs.channel].needs.remove(needs)

    def join(self, agent: Agent, channels: tuple[str, ...]) -> None:
        """A signed-in agent takes the profile of their skills and these channels (sorted)."""
        key = (agent.tenant, agent.traits, channels, agent.barred)
        profile = self.profiles.get(key)
        if profile is None:
            pools = {channel: Pool({kind: Order() for kind in self.order_kinds}, []) for channel in channels}
            profile = self.profiles[key] = Profile(key, Able(agent.traits), pools)
            for needs in self.needs.values():
                self._link(profile, needs)
        profile.agents += 1
        profile.members[agent.number] = agent
        agent.profile = profile
        for pool in profile.pools.values():
            for needs in pool.needs:
                needs.staffed += 1
                self.dirty.update(dict.fromkeys(needs.crews))
        if self.people:
            self.dirty[agent] = None

    def leave(self, agent: Agent) -> list[Needs]:
        """The agent has no profile any more. Returns the needs that nobody else signed in, or one alone, meets now."""
        profile = agent.profile
        if profile is None:
            return []
        self.withdraw(agent)
        agent.profile = None
        if self.people:
            self.dirty[agent] = None
        profile.agents -= 1
        del profile.members[agent.number]
        scarce = []
        for pool in profile.pools.values():
            for needs in pool.needs:
                needs.staffed -= 1
                self.dirty.update(dict.fromkeys(needs.crews))
                if needs.staffed <= 1:
                    scarce.append(needs)
        if profile.agents == 0:
            del self.profiles[profile.key]
            for pool in profile.pools.values():
                for needs in pool.needs:
                    needs.profiles.remove(profile)
                    del needs.levels[profile]
                    if needs.preferred is not None:
                        del needs.preferred[profile]
        return scarce

    def _link(self, profile: Profile, needs: Needs) -> None:
        tenant, channel, want = needs.key
        pool = profile.pools.get(channel)
        if pool is None or profile.key[0] != tenant or not profile.able.meets(want):
            return
        pool.needs.append(needs)
        needs.profiles.append(profile)
        needs.levels[profile] = profile.able.level(want)
        if needs.preferred is not None:
            needs.preferred[profile] = profile.able.preference(want)
        needs.staffed += profile.agents
        if pool.free:
            needs.ready[profile] = pool
        if needs.kept:
            profile.kept.append(needs)
        if needs.crews or needs.kept:
            self._watch_pool(pool, needs)

    # -- who is watched -----------------------------------------------------------------------------------------

    def touch(self, queue: Queue) -> None:
        """As many wait there as did not before: rules may watch that."""
        view = queue.view
        if view is not None and not view.waiting_from <= queue.waiting() < view.waiting_below:
            self.dirty[view] = None

    def came(self, line: Line, key_us: int) -> None:
        """Somebody stands in the line with this key: rules may watch who came first."""
        view = line.queue.view
        if view is None:
            return
        from_us = view.key_from_us
        earlier = from_us > LONG_AGO_US and (key_us < from_us or line.clock is not None or not line.aged)
        if earlier or view.waiting_from > view.waiting_below:
            self.dirty[view] = None

    def went(self, line: Line) -> None:
        """Somebody stands in the line no more."""
        view = line.queue.view
        if view is not None and view.waiting_from > view.waiting_below:
            self.dirty[view] = None

    def watch(self, needs: Needs, view: QueueView) -> None:
        """Tell the view whenever another number of agents is free for the needs, or signed in."""
        if not needs.crews and not needs.kept:
            self._begin(needs)
        if view not in needs.crews:
            needs.crews = (*needs.crews, view)
            needs.free_from, needs.free_below = inf, -inf

    def unwatch(self, needs: Needs, view: QueueView | None = None) -> None:
        """Do not tell it any more; without one: nobody."""
        watched = bool(needs.crews)
        needs.crews = tuple(other for other in needs.crews if view is not None and other is not view)
        if watched and not needs.crews and not needs.kept:
            self._end(needs)

    def keep(self, needs: Needs, kept: tuple[Keep, ...]) -> None:
        """These queues keep agents idle who meet the needs."""
        before, needs.kept = needs.kept, kept
        if before:
            self._spare(needs, max(keep.agents for keep in before))
        if kept and not before:
            for profile in needs.profiles:
                profile.kept.append(needs)
            if not needs.crews:
                self._begin(needs)
        elif before and not kept:
            for profile in needs.profiles:
                profile.kept.remove(needs)
            if not needs.crews:
                self._end(needs)

    def _begin(self, needs: Needs) -> None:
        """Count who is free for the needs."""
        needs.free = 0
        for profile in needs.profiles:
            self._watch_pool(profile.pools[needs.channel], needs)

    def _end(self, needs: Needs) -> None:
        """Do not count them any more."""
        for profile in needs.profiles:
            profile.pools[needs.channel].watched.remove(needs)

    def _watch_pool(self, pool: Pool, needs: Needs) -> None:
        pool.watched.append(needs)
        needs.free += pool.free
        self.dirty.update(dict.fromkeys(needs.crews))

    def _tell(self, pool: Pool, change: int) -> None:
        """One agent more, or less, is free."""
        for needs in pool.watched:
            needs.free += change
            # While the number stays between two edges, so does the largest of the queue's lines.
            if not needs.free_from <= needs.free < needs.free_below:
                for view in needs.crews:
                    self.dirty[view] = None

    def _spare(self, needs: Needs, limit: int) -> None:
        """Who was kept idle for the needs looks again, unless more than `limit` are free."""
        self.spared[needs] = max(limit, self.spared.get(needs, 0))

    # -- who is free --------------------------------------------------------------------------------------------

    def place(self, agent: Agent, channel: str) -> None:
        """The agent can take one more contact of `channel`: stand in its pool, at the place that is right now."""
        profile = agent.profile
        assert profile is not None
        stood = channel in agent.places
        if stood:
            self.unplace(agent, channel)
        pool = profile.pools[channel]
        used, number = agent.used, agent.number
        entries: list[PoolEntry] = []
        for kind, order in pool.orders.items():
            # One tuple for both: compiled, one whose fields are known would be made twice.
            entry: Any = (used, getattr(agent, kind), number, agent)
            order.add(entry)
            entries.append(entry)
        agent.places[channel] = (pool, entries)
        pool.free += 1
        if pool.watched:
            self._tell(pool, 1)
            for needs in profile.kept if not stood else ():
                # One more is free: somebody who was kept idle until now may be spared.
                limit = 1 + max(keep.agents for keep in needs.kept)
                if needs.channel == channel and needs.free <= limit:
                    self._spare(needs, limit)
        if self.people:
            self.dirty[agent] = None
        if pool.free == 1:
            for needs in pool.needs:
                needs.ready[profile] = pool

    def unplace(self, agent: Agent, channel: str) -> None:
        """The agent can't take a contact of `channel` now. Without effect where they stand in no pool of it."""
        stood = agent.places.pop(channel, None)
        if stood is None:
            return
        pool, entries = stood
        entry: Any
        for order, entry in zip(pool.orders.values(), entries, strict=True):
            order.remove(entry)
        pool.free -= 1
        if pool.watched:
            self._tell(pool, -1)
        if self.people:
            self.dirty[agent] = None
        if pool.free == 0:
            profile = agent.profile
            assert profile is not None
            for needs in pool.needs:
                del needs.ready[profile]
                if needs.awaited and not needs.ready:
                    self.stirred[needs] = None

    def anybody(self, key: NeedsKey) -> bool:
        """Does anybody who is signed in meet these needs? Also for needs that nobody asks now: then it looks at all
        profiles, so it is for rare moments only."""
        needs = self.needs.get(key)
        if needs is not None:
            return needs.staffed > 0
        tenant, channel, want = key
        return any(
            profile.key[0] == tenant and channel in profile.pools and profile.able.meets(want)
            for profile in self.profiles.values()
        )

    def withdraw(self, agent: Agent) -> None:
        """The agent can take nothing now."""
        for channel in list(agent.places):
            self.unplace(agent, channel)
