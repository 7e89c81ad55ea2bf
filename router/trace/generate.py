"""Makes up a busy hour (or day) of a bank's telephone centre, from a seed.

For the demo and for tests that want traffic of a known kind. It must not know who plays the trace.

The one idea: the plan says how loaded the centre shall be, and the arrival rate follows from it, so that
more agents or longer talks bring more callers and the picture stays the same.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from typing import Final

from router.terms import SECOND_US
from router.trace.records import Agent, Contact, Day, Header, Shift, Trace

HALF_HOUR_S: Final = 1_800
AFTER_S: Final = 900
"""Agents stay this long after the last half-hour, to serve those still waiting."""


@dataclass(slots=True, frozen=True)
class Service:
    """One queue and its callers."""

    name: str
    title: str
    share: float
    """Part of all arrivals; the shares of a plan are put in proportion, so they need not add up to 1."""
    talk_mean_s: float
    talk_variation: float
    """Standard deviation of talk time over its mean; talk is lognormal."""
    patience_mean_s: float
    """Patience is exponential."""
    agents_share: float
    """Part of the agents who serve it (at least two of them)."""


BANK: Final = (
    Service("general", "accounts and cards", 0.62, 175, 1.1, 480, 1.0),
    Service("new_customers", "becoming a customer", 0.14, 120, 0.9, 240, 0.6),
    Service("trading", "stock exchange orders", 0.10, 260, 1.2, 600, 0.4),
    Service("internet", "help with internet banking", 0.06, 330, 1.0, 420, 0.3),
    Service("english", "service in English", 0.05, 190, 1.1, 420, 0.3),
    Service("cards_lost", "lost and stolen cards", 0.03, 210, 0.6, 900, 0.5),
)
"""Six services of a bank, in the proportions and with the times of its real kind."""


@dataclass(slots=True, frozen=True)
class Plan:
    """What to generate."""

    services: tuple[Service, ...] = BANK
    agents: int = 30
    load: float = 0.95
    """Work arriving over work that the agents can do, on average over the span. Above 1 only those who
    hang up keep the queue from growing."""
    half_hours: tuple[float, ...] = (0.95, 1.05)
    """Arrivals in each half-hour against the average: as many entries as half-hours are wanted."""
    wrap_up_mean_s: float = 12.0
    """Exponential."""
    priority_share: float = 0.2
    """Part of the callers who are let in ahead ..."""
    head_start_s: int = 90
    """... by so much."""
    known_share: float = 0.4
    """Part of the callers whose customer is known."""
    shift_s: int = 8 * 3_600
    """A span no longer than this has everybody there throughout; in a longer one shifts begin one after
    another."""
    start: str = "2024-03-04T10:00:00"
    """A Monday morning, for the header."""


def generate_busy_hour(
    seed: int, *, queues: tuple[Service, ...] = BANK, agents: int = 30, plan: Plan | None = None
) -> Trace:
    """A trace of one busy hour; the same for the same seed and plan. `plan` sets everything else, also
    the length."""
    return generate(seed, replace(plan or Plan(), services=queues, agents=agents))


def generate(seed: int, plan: Plan) -> Trace:
    """A trace as the plan has it. Raises ValueError where the plan has no agents, services or half-hours."""
    if not plan.services or plan.agents < 1 or not plan.half_hours or sum(plan.half_hours) <= 0:
        raise ValueError("a plan needs a service, an agent and a half-hour with arrivals")
    rng = random.Random(seed)
    people = _agents(plan, rng)
    contacts = _contacts(plan, rng, _arrivals_per_s(plan, people))
    span_us = len(plan.half_hours) * HALF_HOUR_S * SECOND_US
    header = Header(
        source=f"generated, seed {seed}",
        start=plan.start,
        presence="generated",
        queues={service.name: service.title for service in plan.services},
        days=[Day(plan.start[:10], 0, span_us)],
    )
    return Trace(header, people, contacts)


def _arrivals_per_s(plan: Plan, people: list[Agent]) -> float:
    span_s = len(plan.half_hours) * HALF_HOUR_S
    shares = sum(service.share for service in plan.services)
    handle_s = plan.wrap_up_mean_s + sum(service.share / shares * service.talk_mean_s for service in plan.services)
    present_s = sum(
        min(shift.to_us // SECOND_US, span_s) - shift.from_us // SECOND_US for agent in people for shift in agent.shifts
    )
    return plan.load * present_s / span_s / handle_s


def _agents(plan: Plan, rng: random.Random) -> list[Agent]:
    """Each queue goes to its share of the agents, drawn; who would have none gets the first queue."""
    skills: list[dict[str, int]] = [{} for _ in range(plan.agents)]
    for service in plan.services:
        count = min(plan.agents, max(2, round(service.agents_share * plan.agents)))
        for number in rng.sample(range(plan.agents), count):
            skills[number][service.name] = rng.randint(3, 9)
    span_s = len(plan.half_hours) * HALF_HOUR_S
    spread_s = max(0, span_s - plan.shift_s)
    people = []
    for number, own in enumerate(skills):
        levels = dict(sorted(own.items())) or {plan.services[0].name: 5}
        from_s = spread_s * number // max(1, plan.agents - 1)
        to_s = min(from_s + plan.shift_s, span_s) + AFTER_S
        shift = Shift(from_s * SECOND_US, to_s * SECOND_US, tuple(levels))
        people.append(Agent(f"agent-{number + 1:02}", levels, [shift]))
    return people


def _contacts(plan: Plan, rng: random.Random, rate_per_s: float) -> list[Contact]:
    """Poisson arrivals, half-hour by half-hour; each then draws its service and its times."""
    weights = [service.share for service in plan.services]
    average = sum(plan.half_hours) / len(plan.half_hours)
    contacts: list[Contact] = []
    for number, weight in enumerate(plan.half_hours):
        rate = rate_per_s * weight / average
        at_s, end_s = float(number * HALF_HOUR_S), float((number + 1) * HALF_HOUR_S)
        while rate > 0 and (at_s := at_s + rng.expovariate(rate)) < end_s:
            service = rng.choices(plan.services, weights)[0]
            ahead = rng.random() < plan.priority_share
            known = rng.random() < plan.known_share
            contacts.append(
                Contact(
                    id=f"c{len(contacts) + 1:06}",
                    arrival_us=_us(at_s),
                    queue=service.name,
                    customer=f"k{rng.randrange(100_000):05}" if known else None,
                    priority=1 if ahead else 0,
                    head_start_s=plan.head_start_s if ahead else 0,
                    patience_us=_us(rng.expovariate(1 / service.patience_mean_s)),
                    patience_known=True,
                    service_us=_us(_lognormal(service, rng)),
                    wrap_up_us=_us(rng.expovariate(1 / plan.wrap_up_mean_s) if plan.wrap_up_mean_s else 0),
                )
            )
    return contacts


def _lognormal(service: Service, rng: random.Random) -> float:
    """A talk time with the service's mean and variation: sigma^2 = ln(1 + variation^2), mu = ln(mean) -
    sigma^2/2."""
    spread = math.log(1 + service.talk_variation**2)
    return rng.lognormvariate(math.log(service.talk_mean_s) - spread / 2, math.sqrt(spread))


def _us(seconds: float) -> int:
    return round(seconds * SECOND_US)
