"""The record of what was learned of one service, and how it is taken up again at a start.

What another release wrote, or nobody can read as what it should be, is not taken up: learning begins anew, and nothing
else is lost by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.msgpack import Encoder

from router.core.estimates.service import SCHEMA, Service
from router.core.estimates.state import Estimates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from router.core.world import World

RECORD_SCHEMA = 1
"""The shape of the record itself: see `records.SCHEMA`."""

_encode = Encoder().encode


class LearnedRecord(Struct, array_like=True, gc=False):
    """See `service.Service`. `learned`: the schema of `state`, which is `router.ewt`'s."""

    schema: int
    tenant: str
    queue: str
    channel: str
    learned: int
    state: dict[str, Any]


def of_service(service: Service) -> bytes:
    """The stored form of what was learned by the last time of recording."""
    return _encode((RECORD_SCHEMA, service.tenant, service.queue, service.channel, SCHEMA, service.kept or {}))


def take_up(world: World, records: Iterable[LearnedRecord]) -> list[tuple[str, str]]:
    """What was learned is known again. Returns the records that are of no use."""
    stale = []
    estimates = world.estimates
    for record in sorted(records, key=lambda record: (record.tenant, record.queue, record.channel)):
        queue = world.queues.get((record.tenant, record.queue))
        key = f"{record.tenant}/{record.queue}/{record.channel}"
        if not estimates.on or queue is None or record.learned != SCHEMA or not _take(estimates, record):
            stale.append(("learned", key))
    return stale


def _take(estimates: Estimates, record: LearnedRecord) -> bool:
    service = Service(record.tenant, record.queue, record.channel, estimates.tuning)
    try:
        service.load(record.state)
    except ValueError:
        return False
    service.kept = record.state
    estimates.by_name[service.name] = service
    return True


def switch(world: World) -> None:
    """Other settings are in force: what was learned goes on under them; of queues that are gone it is forgotten."""
    old = world.estimates
    if old.settings == world.settings.estimates and all(
        (service.tenant, service.queue) in world.queues for service in old.by_name.values()
    ):
        return
    renew(world)


def renew(world: World, learned: bool = True) -> None:
    """Begin anew under the settings in force, with what was learned of queues that there are, or with nothing."""
    old = world.estimates
    if old.due_us:
        world.deadlines.cancel(old)
    new = world.estimates = Estimates(world.settings.estimates)
    new.kept_us, new.learned = old.kept_us, old.learned
    new.failures, new.failed_us = old.failures, old.failed_us
    for service in old.services():
        if learned and new.on and (service.tenant, service.queue) in world.queues:
            other = _over(service, new)
            if other is not None:
                new.by_name[other.name] = other
                if service in world.changed:
                    del world.changed[service]
                    world.changed[other] = None
                continue
        world.changed.pop(service, None)
        if service.kept is not None:
            world.dropped.append(("learned", service.name))
    if new.by_name:
        new.wake(world)


def _over(service: Service, new: Estimates) -> Service | None:
    """The service under the new settings; None where what it has learned is no sense."""
    try:
        return service.with_settings(new.tuning)
    except ValueError:
        return None
