"""What follows when the time of a deadline has come, by the type of what had it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from router.core import gateways, offers, people, reservations
from router.core.doors import closing
from router.core.doors.door import Door
from router.core.doors.hours import Hours
from router.core.entities import Agent, Backoff, Contact, Offer, Peer
from router.core.estimates import safety
from router.core.estimates.state import Estimates
from router.core.layers import layers, plans
from router.core.layers.layer import Layer
from router.core.layers.plan import ActivePlan
from router.core.match import balance
from router.core.match.balance import Balance
from router.core.needs import courses
from router.core.needs.levels import Level
from router.core.partners import partners
from router.core.partners.partner import Partner
from router.core.ruling import ruling
from router.core.ruling import see as ruling_see
from router.core.ruling.ruled import RuleState
from router.core.ruling.watched import CrewView, FlowView, QueueView, StoreView
from router.core.tickets import due as ticket_due
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
