"""The part of `world.py` that is about customers: what is remembered is bounded, and in the order of their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core.customers.customer import Customer
from router.core.customers.customers import SERVED_MOST
from router.core.world import World

Found: TypeAlias = Iterator[tuple[str, str]]


def check_customer(world: World, customer: Customer) -> Found:
    """It is where it is looked for, and no more is remembered than may be (I19)."""
    name = f"customer {customer.tenant}/{customer.digest}"
    if len(customer.served) > SERVED_MOST:
        yield "I19", f"{name}: {len(customer.served)} contacts remembered"
    if world.customers.get((customer.tenant, customer.digest)) is not customer:
        yield "index", f"{name}: not found by its key"


def check_customers(world: World) -> Found:
    """Who was heard of longest ago is forgotten first: the order is that of their numbers."""
    order = [customer.number for customer in world.customers.values()]
    if order != sorted(order):
        yield "index", "customers are not in the order in which they were heard of"
    if len(order) > world.settings.repeat.customers_max and world.crossing is None:
        yield "I19", f"{len(order)} customers remembered, at most {world.settings.repeat.customers_max}"
