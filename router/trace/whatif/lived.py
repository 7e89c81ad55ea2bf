"""What became of a trace under one configuration: its callers, its people, and what rules and plans did.

Plain data. It must not know how a run is driven, nor what is counted of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from router.core.partners.settings import PartnerContract
from router.stats import Occupancy
from router.terms import SECOND_US
from router.trace.whatif.case import Case, Fate
from router.trace.whatif.crew import Move


class Told(NamedTuple):
    """How one caller fared. Times in microseconds; `arrival_us` of the trace."""

    contact: str
    queue: str
    """The queue that they asked for."""
    channel: str
    arrival_us: int
    fate: Fate
    wait_us: int
    why: str
    """Of who was refused or sent away: the engine's reason, such as `full` or `waited_too_long`."""
    served_in: str
    """The queue that answered; empty where nobody did."""
    agent: str
    moves: int
    """How often they were sent on to another queue."""
    announced: int
    partner: str
    """Who outside has answered them, and `cost`: for what price."""
    cost: float
    advised: str
    """What was offered instead of waiting: `callback`, `self_service`, a channel."""
    redial: bool
    """Came because an attempt before has failed."""
    reached: bool
    """Is a call-back whose customer came on the line at `arrival_us`."""
    until_called_us: int | None
    """Of who has taken a call-back: how long after that they were on the line; None: nobody or never."""


class Turn(NamedTuple):
    """An entry of the audit: a rule or plan started or ended, say."""

    at_us: int
    what: str
    name: str
    why: str
    after: dict[str, str]


class Time(NamedTuple):
    """How one person's time went."""

    team: str
    helper: bool
    """Not in the trace."""
    served: int
    time: Occupancy


@dataclass(slots=True)
class Lived:
    """What became of a trace under one configuration."""

    callers: list[Told]
    """In the trace's order, then the redials that it does not have. Who never called again is not among them."""
    moves: list[Move]
    turns: list[Turn]
    announced: dict[str, int]
    """Queue -> special announcements begun (`announce` of rules and plans)."""
    people: dict[str, Time]
    targets_us: dict[str, int]
    """Queue -> target of the configuration."""
    short_abandon_us: int
    said: tuple[str, ...]
    """What of the configuration is not applied."""
    violations: dict[str, int]
    """Invariant -> how often it was broken; empty where all held."""
    first_violations: list[str]
    digest: str
    commands: int


def told(case: Case, contract: PartnerContract | None, offset_us: int) -> Told:
    """What became of a caller; the trace begins at core time `offset_us`. `contract`: of the partner who answered."""
    contact, answered = case.contact, case.fate == "answered"
    cost, called = 0.0, case.called
    until_us = None if called is None or not called.came else called.arrived_us - case.arrived_us - case.wait_us
    if contract is not None:
        cost = contract.price_contact + contract.price_minute * (case.draw.service_us / SECOND_US) / 60
    return Told(
        contact.id,
        contact.queue,
        contact.channel,
        case.arrived_us - offset_us,
        case.fate,
        case.wait_us,
        case.why,
        case.queue if answered else "",
        case.desk.person.name if case.desk is not None else "",
        case.moves,
        case.announced,
        case.partner,
        cost,
        case.advised,
        case.redial,
        case.is_callback,
        until_us,
    )
