"""All that is kept of a world, as a list of its entities: what a store that has lost some must be given again.

It must not know stores. The one idea: the records are the entities', so whoever can name every entity can write the
whole state anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from router.core.customers.customer import Customer
from router.core.doors.door import Door
from router.core.doors.emptying import Emptying
from router.core.doors.hours import Hours
from router.core.entities import Agent, Contact, Endpoint, Peer, Tombstone
from router.core.estimates.kept import of_service
from router.core.estimates.service import Service
from router.core.layers.layer import Layer, Pause
from router.core.layers.plan import ActivePlan
from router.core.match.balance import Balance
from router.core.needs import courses
from router.core.needs.course import Course
from router.core.needs.levels import Level
from router.core.notices import Notice
from router.core.partners.partner import Partner
from router.core.rota import RotaDay, of_day
from router.core.ruling.ruled import Learned, RuleState
from router.core.ruling.watched import CrewView, FlowView
from router.core.stored import hours as records_hours
from router.core.stored import layers as records_layers
from router.core.stored import recording
from router.core.stored import records as stored
from router.core.stored import rules as records_rules
from router.core.stored import steps as records_steps
from router.core.stored import windows as records_windows
from router.core.stored.balance import of_balance
from router.core.stored.customers import of_customer
from router.core.stored.partners import of_partner
from router.core.tickets.solved import key_of
from router.core.tickets.ticket import Solved
from router.core.world import World

RECORDED: dict[type, tuple[str, Callable[[Any], str], Callable[[Any], bytes]]] = {
    Contact: ("contact", recording.contact_key, recording.of_contact),
    Tombstone: ("contact", recording.contact_key, recording.of_tombstone),
    Peer: ("peer", lambda peer: peer.key, recording.of_peer),
    Customer: ("customer", lambda customer: customer.key, of_customer),
    Agent: ("agent", recording.agent_key, recording.of_agent),
    Endpoint: ("endpoint", recording.endpoint_key, recording.of_endpoint),
    Hours: ("hours", lambda hours: hours.name, records_hours.of_hours),
    Door: ("door", records_hours.door_key, records_hours.of_door),
    Course: ("steps", courses.record_key, records_steps.of_course),
    Level: ("level", lambda level: level.key, records_steps.of_level),
    Layer: ("layer", lambda layer: layer.key, records_layers.of_layer),
    Pause: ("pause", lambda pause: pause.key, records_layers.of_pause),
    ActivePlan: ("plan", lambda active: active.key, records_layers.of_plan),
    RuleState: ("rule", lambda state: state.key, records_rules.of_rule),
    FlowView: ("flow", records_windows.window_key, records_windows.of_flow),
    CrewView: ("flow", records_windows.window_key, records_windows.of_crew),
    Learned: ("usual", lambda learned: learned.key, records_rules.of_learned),
    Emptying: ("emptying", lambda emptying: emptying.key, records_layers.of_emptying),
    Partner: ("partner", lambda partner: partner.key, of_partner),
    Notice: ("notice", lambda notice: notice.key, records_layers.of_notice),
    Solved: ("ticket", key_of, stored.encode),
    RotaDay: ("roster", lambda day: day.key, of_day),
    Service: ("learned", lambda service: service.name, of_service),
    Balance: ("balance", lambda group: group.key, of_balance),
}
"""Type of an entity -> kind of its record, its key, and its stored form."""


def everything(world: World) -> list[Any]:
    """Every entity with a record, but the world itself. O(live things); about 10 ms for 100,000."""
    entities: list[Any] = [*world.peers.values(), *world.agents.values(), *world.hours.values()]
    entities += [layer for layers in world.layers.sources.values() for layer in layers]
    entities += [work for work in world.closing.values() if isinstance(work, Emptying)]
    entities += world.layers.notices.values()
    entities += world.partners.known.values()
    entities += [*world.layers.pauses.values(), *world.plans.active.values()]
    for queue in world.queues.values():
        if queue.door is not None and queue.door.kept:
            entities.append(queue.door)
        if queue.level is not None:
            entities.append(queue.level)
        entities += [course for course in queue.courses.values() if course.held_us]
    entities += world.rota.everything()
    entities += world.tickets.solved.values()
    entities += world.customers.values()
    entities += [service for service in world.estimates.by_name.values() if service.kept is not None]
    for peer in world.peers.values():
        entities += peer.contacts.values()
        entities += peer.endpoints.values()
        entities += peer.ended.values()
    entities += [*world.ruling.recorded(), *world.balances.values()]
    return entities
