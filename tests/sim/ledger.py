"""The judge's books: every visit that ended has one record (I1), and the counters are the records (I16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from msgspec.msgpack import Decoder

from router.core.stored.history import STREAM, Visit
from tests.sim.site import Flight, Site

_visit = Decoder(Visit).decode


class Ledger:
    """`fault` is told of what does not agree."""

    def __init__(self, fault: Callable[[str, str], None]) -> None:
        self._fault = fault
        self.ends: Counter[tuple[str, str, str]] = Counter()
        """(gateway, contact, outcome) of contacts that ended since the last batch that was kept."""

    def landed(self, flight: Flight) -> None:
        """Every visit that ended in this batch has exactly one record in it, and no other has one."""
        for stream, appended in flight.batch.appends if flight.batch is not None else ():
            if stream != STREAM:
                continue
            entry = _visit(appended)
            if not entry.amends and not entry.transferred_to and not entry.why:
                self.ends[f"{entry.tenant}/{entry.gateway}", entry.contact, entry.outcome] -= 1
        wrong = {key: count for key, count in self.ends.items() if count}
        if wrong:
            self._fault("I1", f"ends seen less records written: {wrong}")
        self.ends.clear()

    def reconcile(self, site: Site) -> None:
        """Counted since the engine's start is what was recorded since then."""
        found: Counter[tuple[str, ...]] = Counter()
        for entry in map(_visit, site.life):
            if not entry.amends and not entry.test:
                # `why` is given where the contact was not let in at all.
                why = entry.why if entry.why != "route" else entry.route
                kind = ("refused", why) if why else (entry.channel, entry.outcome)
                found[entry.queue, *kind] += 1
                found.update((name, "elsewhere") for name in entry.queues)
        counted: Counter[tuple[str, ...]] = Counter()
        for queue in site.engine.world.queues.values():
            for (channel, outcome), count in queue.tally.ended.items():
                counted[queue.name, channel, outcome] = count
            counted[queue.name, "elsewhere"] = queue.tally.elsewhere
            for why, count in queue.tally.refused.items():
                counted[queue.name, "refused", why] = count
        for row, count in site.engine.world.tally.refused.items():
            counted["", "refused", row] = count
        if found != +counted:
            self._fault("I16", f"records {dict(found - counted)} less, counters {dict(counted - found)} less")
