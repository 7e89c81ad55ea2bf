"""Consults of two records: which of them holds, where both say that a leg is theirs."""

from __future__ import annotations

from typing import Any

from router.core.stored import records as stored


def without_handed_over(entries: list[Any]) -> list[Any]:
    """Leave out consults whose leg has gone over to their customer, by a record that is younger than their own."""
    consults = [
        entry
        for entry in entries
        if not isinstance(entry, stored.TombstoneRecord)
        and entry.extra is not None
        and entry.extra.consult is not None
        and entry.extra.consult.of
    ]
    if not consults:
        return entries
    kept = {(entry.peer, entry.id): entry for entry in entries}
    for consult in consults:
        customer = kept.get((consult.peer, consult.extra.consult.of))
        theirs = {offer.id for offer in customer.offers} if isinstance(customer, stored.ContactRecord) else set()
        if not theirs.isdisjoint(offer.id for offer in consult.offers):
            del kept[consult.peer, consult.id]
    return list(kept.values())
