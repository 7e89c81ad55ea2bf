"""The record of what a balance has learned, and how it is taken up again at a start: see `match/balance.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.msgpack import Encoder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from router.core.match.balance import Balance
    from router.core.world import World

SCHEMA = 1

_encode = Encoder().encode


class ShareRecord(Struct, array_like=True, gc=False):
    """See `balance.Share`."""

    queue: str
    rate: float
    seen: float
    lean: float
    told: float


class BalanceRecord(Struct, array_like=True, gc=False):
    """See `balance.Balance`. What was counted since the last step is not in it."""

    schema: int
    tenant: str
    name: str
    shares: list[ShareRecord]
    due_us: int
    due_number: int


def of_balance(group: Balance) -> bytes:
    """The stored form of a balance."""
    shares = [(share.name, share.rate, share.seen, share.lean, share.told) for share in group.shares.values()]
    return _encode((SCHEMA, group.settings.tenant, group.settings.name, shares, group.due_us, group.due_number))


def take_up_balances(world: World, records: Iterable[BalanceRecord]) -> list[tuple[str, str]]:
    """What was learned is known again; a balance without a record begins now. Returns the records that are of no use
    any more."""
    from router.core.match.balance import weigh

    kept = {(record.tenant, record.name): record for record in records}
    for key, group in sorted(world.balances.items()):
        record = kept.pop(key, None)
        if record is None or not record.due_us:
            world.set_due(group, world.now_us + group.settings.step_us)
            world.changed[group] = None
            continue
        for learned in record.shares:
            share = group.shares.get(learned.queue)
            if share is not None:
                share.rate, share.seen, share.lean, share.told = (
                    learned.rate,
                    learned.seen,
                    learned.lean,
                    learned.told,
                )
        world.counter = max(world.counter, record.due_number)
        world.deadlines.set(group, record.due_us, record.due_number)
        weigh(group)
    return [("balance", f"{tenant}/{name}") for tenant, name in kept]
