"""What agents can do and what queues ask, as far as rules and plans may have changed it: loans and other needs may be
in force or not, and what is sure both ways can be judged.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace

from router.core import actions as core
from router.core import settings as of
from router.core.needs.want import Want
from tests.sim.needs_seen import agent_now, meets, meets_now

if TYPE_CHECKING:
    from tests.sim.judge import Judge
    from tests.sim.seen import AgentSeen, GatewaySeen, Visit


class Possible:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        actions = actions_of(judge.settings)
        self._borrows = [action for action in actions if isinstance(action, core.Borrow)]
        self._changes = [action for action in actions if isinstance(action, core.ChangeNeeds)]
        self.kept_idle: dict[str, core.KeepIdle] = {}
        """Queues for which agents are kept idle now, as far as is known."""
        shares = [action.queues for action in actions if isinstance(action, core.ShareOfTime)]
        self._shared = {queue for queues in shares for queue in queues}
        self._caps = [action for action in actions if isinstance(action, core.OccupancyCap)]

    def keeps_from(self, agent: AgentSeen, visit: Visit) -> bool:
        """May this agent be kept from the visit, so that it may wait though they are free? Kept idle, or past a share
        of their time."""
        able = {
            name
            for name in self.kept_idle
            if any(meets(one, queue.needs) for one in self.abilities(agent) for queue in self.needs(self._queue(name)))
        }
        kept = bool(able - {visit.queue.name})
        self._judge.reached["agents kept idle"] += kept
        return kept or visit.queue.name in self._shared

    def signs_in(self, agent: AgentSeen, gateway: GatewaySeen) -> None:
        """They sign in at this client, or move here: with a breather that nobody was told of, if they have one."""
        if agent.session and self.may_rest_unheard(agent):
            agent.backoff_maybe_us = max(agent.backoff_maybe_us, self._judge.now_us + self._breather_us(agent))
        agent.session = gateway.key

    def may_rest_unheard(self, agent: AgentSeen) -> bool:
        """May they have a breather that nobody was told of yet? The client where they signed in is away."""
        gateway = self._judge.gateways.get(agent.session)
        heard = gateway is not None and gateway.up and gateway.synced
        return self._breather_us(agent) > 0 and not heard

    def _breather_us(self, agent: AgentSeen) -> int:
        """The longest that they may be given."""
        return max((cap.breather_us for cap in self._caps if cap.team in ("", agent.known.team)), default=0)

    def _queue(self, name: str) -> of.Queue:
        return self._judge.queues[name]

    def abilities(self, agent: AgentSeen) -> list[of.Agent]:
        """The agent as they are, and as any loan that may be would make them."""
        own = dict(agent.known.skills)
        found = [agent_now(agent)]
        for loan in self._borrows:
            levels = {} if loan.mode == "only" else dict(own)
            for skill, level in loan.skills:
                levels[skill] = max(level, own.get(skill, 0))
            levels |= agent.by_hand
            found.append(replace(agent.known, skills=tuple(each for each in levels.items() if each[1])))
        return found

    def needs(self, queue: of.Queue) -> list[of.Queue]:
        """The queue as it is configured, and with each change of its needs that may be laid over it."""
        return [queue] + [
            replace(queue, needs=want)
            for change in self._changes
            if queue.name in change.queues
            for want in _changed(queue.needs, change)
        ]

    def meets(self, agent: AgentSeen, visit: Visit, *, surely: bool, own: bool = True) -> bool:
        """Does the agent meet what the visit needs now, whatever may be laid over either (`surely`), or by something
        of it? See `meets_now`."""
        now_us, queues = self._judge.hours.now_us(visit), self.needs(visit.queue)
        met = (
            meets_now(able, visit, queue, now_us, surely=surely, own=own)
            for able in self.abilities(agent)
            for queue in queues
        )
        return all(met) if surely else any(met)


def _changed(base: Want, change: core.ChangeNeeds) -> list[Want]:
    """What a queue of these needs asks then, in other words than the core's."""
    want = base if change.needs is None else change.needs
    if change.add is not None:
        want = Want(any_of=((want,), (change.add,)))
    return [want if change.also is None else Want(any_of=((want, change.also),))]


def actions_of(settings: of.Settings) -> list[core.AnyAction]:
    """All that plans and rules may lay."""
    return [*chain.from_iterable(plan.actions for plan in settings.plans),
            *chain.from_iterable(rule.actions for rule in settings.rules)]  # fmt: skip
