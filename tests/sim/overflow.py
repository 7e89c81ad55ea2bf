"""Contacts that are direct to an agent and overflow to the team: what queues say of it, and the judge's view of who
may, and who must, have been let go by now. From the settings and what was said; nothing from the core."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from router.core import settings as of
from router.terms import SECOND_US
from tests.sim.seen import Visit

if TYPE_CHECKING:
    from tests.sim.judge import Judge

REACHED = ("overflowed from an agent",)
"""What a set of a hundred seeds must reach."""
ABOUT_STEPS = 3
"""What an agent has said for so many steps has been heard."""


def drawn(seed: int, settings: of.Settings) -> of.Settings:
    """These settings, with queues that let direct contacts go in one way or another; in some seeds none does."""
    rng = Random(f"overflow {seed}")
    if rng.random() < 0.3:
        return settings
    return replace(settings, queues=tuple(replace(queue, direct=_rules(rng)) for queue in settings.queues))


def _rules(rng: Random) -> of.Direct:
    return of.Direct(rng.choice((0, 0, 2, 10)) * SECOND_US, rng.random() < 0.4, rng.random() < 0.4)


def begins(judge: Judge, visit: Visit) -> None:
    """It waits for one agent from now on."""
    visit.direct_us, visit.direct_step = judge.now_us, judge.step


def _is_bound(visit: Visit) -> bool:
    """Has it no rules of its own?"""
    return visit.direct is not None and visit.direct_us > 0 and not visit.assigned and not visit.asked_by


def may(judge: Judge, visit: Visit) -> bool:
    """May it have been let go by now?"""
    if not _is_bound(visit) or visit.direct is None:
        return False
    agent = judge.agents[visit.direct]
    # Offered in one of several queues, it may have been let go by the rules of that which led.
    queues = [visit.queue, *(judge.queues[name] for name in (*visit.places, *visit.kept))]
    if any(0 < queue.direct.overflow_us <= judge.now_us - visit.direct_us for queue in queues):
        return True
    stirred = agent.leaving or agent.changed_step >= visit.direct_step - ABOUT_STEPS
    away = agent.state not in ("available", "reserved") or stirred
    return away and any(queue.direct.overflow_at_log_out or queue.direct.overflow_on_break for queue in queues)


def must(judge: Judge, visit: Visit) -> bool:
    """Must it have been let go by now? Asked of one that has waited for some steps, at a gateway that is open."""
    if not _is_bound(visit) or visit.direct is None or visit.unsure or visit.channel in ("ticket", "callback"):
        return False
    rules, agent = visit.queue.direct, judge.agents[visit.direct]
    if rules.overflow_us and judge.now_us > visit.direct_us + rules.overflow_us + SECOND_US:
        return True
    away = {"offline": rules.overflow_at_log_out, "not_ready": rules.overflow_on_break}.get(agent.state, False)
    return away and not agent.leaving and judge.step - agent.changed_step > ABOUT_STEPS
