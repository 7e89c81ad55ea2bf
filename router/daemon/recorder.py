"""Writes the site's traffic down as it happens, a file a day, so that yesterday can be replayed.

Visits come from the batches that the store has kept, agents' states from the core's own list of their moves. Once a
second both are encoded in small pieces on the loop, and a thread hands the bytes to the system. The form of the files
is `router.trace.journal`'s matter, the directory `recorder_files`'. It must never hold routing up: a disk that is full,
slow or gone costs a record of the traffic, which is counted, and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from router import logs
from router.core.layers.loans import layered
from router.core.needs.want import Traits
from router.daemon.recorder_files import Block, Files
from router.terms import MILLISECOND_US, SECOND_US
from router.trace import journal

if TYPE_CHECKING:
    from router.core.batch import Batch
    from router.core.entities import Agent
    from router.core.settings import Settings
    from router.core.stored.history import Visit
    from router.daemon.daemon import Daemon

FLUSH_S: Final = 1.0
"""What a kill costs at most."""
DAY_US: Final = 86_400 * SECOND_US
BEAT_US: Final = 60 * SECOND_US
PIECE: Final = 50
"""Records encoded at once: a fraction of a millisecond."""
WAITING_MOST: Final = 100_000
"""Visits that are not written yet, about 1 KiB each. There are more only where the disk hangs."""
KEY_BYTES: Final = 32
KEY_FILE: Final = "customers.key"
MAIN: Final = "main"
"""The tenant whose files are named by the date alone."""

_log = logs.get("recorder")


class Day(NamedTuple):
    """A local day, from midnight to midnight in Unix time (microseconds)."""

    date: str
    from_us: int
    to_us: int


class Recorder:
    """A service of the daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._settings = record = daemon.configuration.record
        folder = Path(daemon.configuration.daemon.state_directory) / record.traces_directory
        self._files = Files(folder, record.traces_days_max, record.traces_bytes_max, record.traces_file_bytes_max)
        self._zone = ZoneInfo(record.traces_time_zone)
        self._days: list[Day] = []
        """Days that were needed lately, the last one first."""
        self._visits: list[Visit] = []
        self._lost = 0
        """Visits that did not get as far as the files."""
        self._key = b""
        self._task: asyncio.Task[None] | None = None
        self._told: Settings | None = None
        """Whose queues were written down."""
        self._head_starts: dict[tuple[str, str], int] = {}
        """(tenant, row of the routes) -> seconds."""
        self._today: Day | None = None
        """The day for which everybody who is there was written down."""
        self._beat_us = 0
        self._wrong = ""

    async def start(self) -> None:
        """See `services.Service`."""
        if not self._settings.traces:
            return
        self._daemon.engine.world.roster.presence = []
        self._daemon.batch_heard.append(self._heard)
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what is there."""
        if self._task is None:
            return
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._task = None
        await self._flush()

    def _heard(self, batch: Batch) -> None:
        """A batch is kept."""
        self._visits += batch.visits
        if len(self._visits) > WAITING_MOST:
            self._lost += len(self._visits) - WAITING_MOST
            del self._visits[WAITING_MOST:]

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            try:
                await self._flush()
            except Exception as error:  # noqa: BLE001  # a mistake of ours costs this second's records, and is told
                _log.error("recorder_failed", error="".join(traceback.format_exception(error)))

    async def _flush(self) -> None:
        """Write everything down that has come since the last time."""
        world = self._daemon.engine.world
        loop = self._daemon.loop
        if loop is None or not world.ahead_us:
            return  # it stands by, or nobody has told the time yet
        visits, self._visits = self._visits, []
        moves, world.roster.presence = world.roster.presence or [], []
        now_us = loop.clock.now_us() + world.ahead_us
        out = _Out(now_us - self._settings.traces_days_max * DAY_US, self.day)
        await self._begin(out, now_us)
        for number, (at_us, tenant, name, state, reason) in enumerate(moves):
            known = world.agents.get((tenant, name))
            if known is not None:
                utc_us = at_us + world.ahead_us
                out.add(tenant, utc_us, journal.agent(utc_us, name, state, reason, _traits(known)))
            await _breathe(number)
        for number, visit in enumerate(visits):
            if visit.arrived_utc_ms and not visit.amends:
                packed = journal.visit(visit, self._customer(visit.customer), self._route_s(visit))
                out.add(visit.tenant, visit.arrived_utc_ms * MILLISECOND_US, packed, 1)
            await _breathe(number)
        await self._write(out)

    async def _begin(self, out: _Out, now_us: int) -> None:
        """What a day begins with: what queues ask for, and who is there; and that the daemon is."""
        world = self._daemon.engine.world
        today, before = self.day(now_us), self._today
        tenants = sorted({tenant for tenant, _ in world.queues})
        if world.settings is not self._told or today != before:
            self._told = world.settings
            self._head_starts = {(row.tenant, row.name): row.priority_us // SECOND_US for row in world.settings.routes}
            for tenant in tenants:
                needs = {name: queue.settings.needs for (of, name), queue in world.queues.items() if of == tenant}
                out.add(tenant, now_us, journal.queues(now_us, needs))
        if today != before:
            self._today = today
            if before is not None:
                for tenant in tenants:
                    out.add(tenant, before.to_us - 1, journal.beat(before.to_us - 1))
            for number, known in enumerate(list(world.agents.values())):
                if known.state != "offline":
                    record = journal.agent(now_us, known.name, known.state, known.reason, _traits(known))
                    out.add(known.tenant, now_us, record)
                await _breathe(number)
        if now_us - self._beat_us >= BEAT_US:
            self._beat_us = now_us
            for tenant in tenants:
                out.add(tenant, now_us, journal.beat(now_us))

    async def _write(self, out: _Out) -> None:
        site = self._daemon.configuration.settings.site
        blocks = [
            Block(
                "" if tenant == MAIN else tenant,
                day.date,
                journal.head(site, tenant, day.date, self._settings.traces_time_zone, day.from_us, day.to_us),
                b"".join(records),
                out.visits[tenant, day],
            )
            for (tenant, day), records in out.records.items()
        ]
        self._lost += out.too_late
        if not blocks:
            return
        wrong = await asyncio.to_thread(self._files.write, blocks)
        figures = self._daemon.figures
        figures.traced, figures.traces_lost = self._files.written, self._files.lost + self._lost
        if wrong and not self._wrong:
            _log.error("traffic_not_recorded", why=wrong, lost=figures.traces_lost, remedy="see to the disk")
        elif self._wrong and not wrong:
            _log.warning("traffic_recorded_again", lost=figures.traces_lost)
        self._wrong = wrong

    def day(self, at_us: int) -> Day:
        """The local day of a moment."""
        for day in self._days:
            if day.from_us <= at_us < day.to_us:
                return day
        local = datetime.fromtimestamp(at_us // SECOND_US, UTC).astimezone(self._zone)
        midnight = datetime(local.year, local.month, local.day, tzinfo=self._zone)
        following = midnight.date() + timedelta(days=1)
        next_midnight = datetime(following.year, following.month, following.day, tzinfo=self._zone)
        bounds = (round(each.timestamp()) * SECOND_US for each in (midnight, next_midnight))
        found = Day(midnight.date().isoformat(), *bounds)
        self._days = [found, *self._days[:7]]
        return found

    def _route_s(self, visit: Visit) -> int:
        """The head start that its row of the routes gave; none where the row has been edited away since."""
        return self._head_starts.get((visit.tenant, visit.route), 0) if visit.route else 0

    def _customer(self, customer: str | None) -> str | None:
        """How the customer is named in the trace."""
        if customer is None or self._settings.traces_customers == "none":
            return None
        if self._settings.traces_customers == "plain":
            return customer
        if not self._key:
            self._key = _key(self._files.folder / KEY_FILE)
        return blake2b(customer.encode(), key=self._key, digest_size=8).hexdigest()


class _Out:
    """What is to be written, by tenant and day."""

    def __init__(self, oldest_us: int, day: Callable[[int], Day]) -> None:
        self.records: dict[tuple[str, Day], list[bytes]] = {}
        self.visits: Counter[tuple[str, Day]] = Counter()
        self.too_late = 0
        """Visits of days that are not kept any more: somebody waited for weeks."""
        self._day = day
        self._oldest_us = oldest_us

    def add(self, tenant: str, at_us: int, record: bytes, visits: int = 0) -> None:
        """A record of that moment."""
        if at_us < self._oldest_us:
            self.too_late += visits
            return
        key = (tenant, self._day(at_us))
        self.records.setdefault(key, []).append(record)
        self.visits[key] += visits


def _traits(agent: Agent) -> Traits:
    """What they can do without what they are lent for: loans are made anew in each run."""
    skills = layered(agent.configured, agent.by_hand, {})
    return Traits(skills, agent.languages, agent.attributes, agent.team)


async def _breathe(number: int) -> None:
    if number % PIECE == PIECE - 1:
        await asyncio.sleep(0)


def _key(path: Path) -> bytes:
    """The key of the digests: drawn once, and kept for good, so that a customer has one word on all days."""
    with contextlib.suppress(OSError):
        key = path.read_bytes()
        if len(key) == KEY_BYTES:
            return key
    key = os.urandom(KEY_BYTES)
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(key)
    return key
