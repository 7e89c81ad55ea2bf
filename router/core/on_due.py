"""What follows when the time of a deadline has come, by the type of what had it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from router.core import (
    balance,
    closing,
    courses,
    gateways,
    layers,
    offers,
    partners,
    people,
    plans,
    reservations,
    ruling,
    ruling_see,
    ticket_due,
)
from router.core.balance import Balance
from router.core.door import Door
from router.core.entities import Agent, Backoff, Contact, Offer, Peer
from router.core.estimates import safety
from router.core.estimates.state import Estimates
from router.core.hours import Hours
from router.core.layer import Layer
from router.core.levels import Level
from router.core.partner import Partner
from router.core.plan import ActivePlan
from router.core.ruled import CrewView, FlowView, QueueView, RuleState, StoreView
from router.core.world import World

ON_DUE: dict[type, Callable[[World, Any], None]] = {
    Contact: ticket_due.due,
    Offer: offers.due,
    Peer: gateways.due,
    Agent: reservations.agent_due,
    Backoff: people.backoff_due,
    Hours: closing.hours_due,
    Door: closing.door_due,
    Level: courses.due,
    Layer: layers.due,
    ActivePlan: plans.due,
    Partner: partners.partner_due,
    Estimates: safety.due,
    QueueView: ruling_see.due,
    CrewView: ruling_see.due,
    FlowView: ruling_see.due,
    StoreView: ruling_see.due,
    RuleState: ruling.due,
    Balance: balance.due,
}
