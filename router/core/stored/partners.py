"""The stored form of partners: see `records.py`, which it belongs to. What each has now is told by its contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.msgpack import Encoder

from router.rules.window import Ring

if TYPE_CHECKING:
    from router.core.partners.partner import Partner

SCHEMA = 1

encode = Encoder().encode


class PartnerRecord(Struct, array_like=True, gc=False):
    """See `partner.Partner`."""

    schema: int
    tenant: str
    name: str
    window_us: int
    judged: Ring
    flows: dict[str, Ring]
    sent: int
    answered: int
    in_target: int
    failed: int
    left: int
    talk_us: int
    cost: int
    due_us: int
    due_number: int


def of_partner(p: Partner) -> bytes:
    """The stored form of a partner."""
    contract = p.contract
    return encode((
        SCHEMA, contract.tenant, contract.name, contract.window_us, p.judged, p.flows, p.sent, p.answered, p.in_target,
        p.failed, p.left, p.talk_us, p.cost, p.due_us, p.due_number,
    ))  # fmt: skip
