"""The stored form of what is remembered of a customer. The rest of the stored forms is in `records.py`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.msgpack import Encoder

from router.core.customers.customer import Customer, Served

if TYPE_CHECKING:
    from router.core.world import World


SCHEMA = 1

_encode = Encoder().encode


class CustomerRecord(Struct, array_like=True, gc=False):
    """See `entities.Customer`."""

    schema: int
    tenant: str
    digest: str
    number: int
    touched_us: int
    day: int
    today: int
    served: list[Served]


def of_customer(c: Customer) -> bytes:
    """The stored form of what is remembered of a customer."""
    return _encode((SCHEMA, c.tenant, c.digest, c.number, c.touched_us, c.day, c.today, c.served))


def take_back(world: World, records: Iterable[CustomerRecord]) -> None:
    """These customers are remembered again, in the order in which they were heard of."""
    for r in sorted(records, key=lambda record: record.number):
        world.customers[r.tenant, r.digest] = Customer(
            r.tenant, r.digest, r.number, r.touched_us, r.day, r.today, r.served
        )
        world.counter = max(world.counter, r.number)
