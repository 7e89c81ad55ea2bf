"""What becomes of a configuration while the daemon runs: looked at, applied, on trial, taken back.

One thing at a time. It must not know how anything is read (`candidate.py`) or switched (`router.core.reload.crossing`).
The one idea: what is to be in force is written down first and switched to afterwards, so that a death in between leaves
a start with exactly what was asked for.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from router import logs
from router.config.compare import digest
from router.config.model import Configuration, numbered
from router.config.versions import Entry, Files, How, Now, Trial, files_of
from router.core.audit import Deed
from router.core.effects import ChangeShown, Consequence, Reloaded, VersionShown, VersionsReply
from router.core.internal import Configure
from router.core.reload.crossing import SLICE_US
from router.core.reload.foresee import Foresight
from router.core.reload.hands import kept_by_hand
from router.daemon.beginning import versions_of
from router.daemon.candidate import Candidate, check_elsewhere, log_changes, log_faults
from router.daemon.process import out_of_sight
from router.loop import crash
from router.loop.clock import boot_id, boot_us, wall_us
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.daemon.daemon import Daemon

CHANGES_A_PAGE: Final = 100
FAULTS_TOLD: Final = 100
WORDS_MOST: Final = 300
"""Characters of one change or fault: a page of them fits into a frame."""
BY_HAND_TOLD: Final = 100
CROSSED_LOOK_S: Final = 0.005
"""How often it is looked whether everybody has crossed."""

Why: TypeAlias = Literal["", "dry_run", "faults", "same", "unsafe", "failed", "not_kept"]

_log = logs.get("reload")


class Order(NamedTuple):
    """Somebody wants another version in force, or to know what it would do."""

    how: How
    version: int = 0
    """A kept one; 0: what lies in the directory."""
    who: str = ""
    why: str = ""
    client: str = ""
    dry: bool = False
    force: bool = False
    confirm_us: int = 0
    after: int = 0
    """Changes that are known to whoever asks."""


class Sight(NamedTuple):
    """What a version would do to those who are here, and what stays as people have set it."""

    consequences: list[Consequence]
    by_hand: list[str]


class Gone(Exception):
    """No such version is kept."""


class Reloads:
    """Of one daemon. Made on the event loop's thread; `directory` is None where there is nothing to be read again."""

    def __init__(self, daemon: Daemon, directory: Path | None) -> None:
        self.directory = directory
        self.pending = ""
        """What lies in the directory and is not in force, in words."""
        self._daemon = daemon
        self._versions = versions_of(daemon.configuration)
        self._lock = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[Reloaded] | None = None
        self._digest = ""
        self._counted = 0

    @property
    def version(self) -> int:
        """In force now."""
        return self._daemon.configuration.settings.version

    def digest(self) -> str:
        """Of what is in force. Not counted on the loop where it was written down."""
        if self._counted != self.version:
            entry = self._versions.entry(self.version) if self.directory is not None else None
            self._digest = entry.digest if entry is not None else digest(self._daemon.configuration)
            self._counted = self.version
        return self._digest

    # -- for the daemon ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Go on with the trial that the last process left."""
        now = self._now() if self.directory is not None else None
        if now is not None and now.trial is not None and now.version == self.version:
            left_us = now.trial.left_us(wall_us(), boot_us(), boot_id())
            self._arm(left_us)
            _log.warning("on_trial", version=now.version, back_to=now.trial.back_to, left_s=max(0, left_us) / SECOND_US)

    def stop(self) -> None:
        """Nothing comes by itself any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # -- applying ----------------------------------------------------------------------------------------

    async def carry_out(self, order: Order) -> Reloaded:
        """Look, and apply where that is asked for and nothing is against it. Raises `Gone`."""
        async with self._lock:
            if order.dry:
                return await self._carry_out(order)
            self._daemon.notify_reloading()
            try:
                told = await self._carry_out(order)
            finally:
                self._daemon.notify_ready()
        outcome = "applied" if told.done or told.why == "same" else "failed" if told.why == "failed" else "refused"
        self._daemon.facts.config_reloads[outcome] += 1
        write = _log.info if outcome == "applied" else _log.error
        write(f"reload_{outcome}", why=told.why, version=told.version, how=order.how, who=order.who)
        return told

    async def _carry_out(self, order: Order) -> Reloaded:
        candidate = await self._read(order.version)
        if candidate is None:
            return self._told(order, None, "failed")
        if not order.dry:
            log_faults(candidate)
        new = candidate.configuration
        if new is None:
            return self._told(order, candidate, "faults")
        sight = await self._foresee(new)
        if self._is_same(candidate, new):
            await self._known_again(candidate.files)
            return self._told(order, candidate, "same", sight)
        if order.dry:
            return self._told(order, candidate, "dry_run", sight)
        if any(each.stops for each in sight.consequences):
            for each in sight.consequences:
                _log.warning("reload_consequence", what=each.words, examples=each.examples)
            if not (order.force or order.how == "signal"):
                return self._told(order, candidate, "unsafe", sight)
        log_changes(candidate.head)
        try:
            await asyncio.to_thread(self._keep, order, candidate)
        except OSError as error:
            _log.error("versions_not_kept", why=str(error), remedy=f"look after {self._versions.path}")
            if order.how != "signal":
                return self._told(order, candidate, "not_kept", sight)
        crash.at("in_the_middle_of_a_reload")
        await self._switch(order, new, candidate.head.digest)
        return self._told(order, candidate, "", sight)

    async def _read(self, version: int) -> Candidate | None:
        """Read the directory or a kept version. Raises `Gone`."""
        assert self.directory is not None, "asked for without a directory"
        against: Path | None = self._versions.directory(self.version)
        try:
            if version:
                folder = self._versions.directory(version)
                if not await asyncio.to_thread(folder.is_dir):
                    raise Gone(str(version))
                files = await asyncio.to_thread(files_of, folder)
            else:
                files, folder = await asyncio.to_thread(self._lay_out)
            if not await asyncio.to_thread(self._versions.directory(self.version).is_dir):
                against = None
        except OSError as error:
            _log.warning("versions_not_read", why=str(error))
            files, folder, against = Files(), self.directory, None
        return await check_elsewhere(folder, self.version + 1, files, against, self.directory)

    def _lay_out(self) -> tuple[Files, Path]:
        """A copy of the directory as it is now: what is checked is what is kept."""
        assert self.directory is not None
        files = files_of(self.directory)
        if not files:
            # There is nothing to copy: the check says what is wrong with the directory itself.
            return files, self.directory
        return files, self._versions.candidate(files)

    def _is_same(self, candidate: Candidate, new: Configuration) -> bool:
        return candidate.head.digest == self.digest() and new.peers == self._daemon.configuration.peers

    async def _foresee(self, new: Configuration) -> Sight:
        """What it would do, in slices between the loop's steps; nothing where nobody is served here."""
        if self._daemon.loop is None:
            return Sight([], [])
        world = self._daemon.engine.world
        foresight = Foresight(world, new.settings)
        while not foresight.work():  # noqa: ASYNC110  # it is work, not a condition: others have their turn in between
            await asyncio.sleep(0)
        kept: list[str] = []
        spent_us = 0
        for cost_us in kept_by_hand(world, new.settings, kept):
            spent_us += cost_us
            if spent_us >= SLICE_US:
                spent_us = 0
                await asyncio.sleep(0)
        return Sight(foresight.consequences(), kept[:BY_HAND_TOLD])

    def _keep(self, order: Order, candidate: Candidate) -> None:
        """Write down what is to be in force. Raises `OSError`."""
        assert self.directory is not None
        old, version = self.version, self.version + 1
        now = int(time.time())
        entry = Entry(
            version, candidate.head.digest, candidate.files.hash, now, order.how, order.who, order.why, order.version
        )
        self._versions.keep(entry, candidate.files)
        on_disk = files_of(self.directory).hash
        trial = None
        if order.confirm_us:
            until = (wall_us() + order.confirm_us, boot_us() + order.confirm_us)
            trial = Trial(old, *until, boot_id())
        taken_back = on_disk if order.version and on_disk != candidate.files.hash else ""
        self._versions.set_now(Now(version, taken_back, trial))

    async def _known_again(self, files: Files) -> None:
        """The directory says again what is in force: nothing is taken back any more."""
        self._daemon.tell_pending("")
        try:
            now = await asyncio.to_thread(self._versions.now)
            if now is not None and now.taken_back and now.taken_back != files.hash:
                await asyncio.to_thread(self._versions.set_now, Now(now.version, "", now.trial))
        except OSError as error:
            _log.warning("versions_not_kept", why=str(error))

    async def _switch(self, order: Order, new: Configuration, name: str) -> None:
        daemon, before = self._daemon, self.version
        new = numbered(new, before + 1)
        deed = Deed(
            int(time.time()),
            "main",
            order.who,
            order.why,
            "rollback" if order.version else "apply",
            "configuration",
            order.client,
            {"version": str(before), "digest": self.digest()},
            {"version": str(before + 1), "digest": name, "how": order.how},
            daemon.epoch,
            before + 1,
        )
        self._digest, self._counted = name, before + 1
        self.stop()
        # The step that switches makes so much at once that collecting in it took three times as long as the step.
        with out_of_sight():
            daemon.take(new, Configure(before + 1, deed))
            if order.confirm_us:
                self._arm(order.confirm_us)
            world = daemon.engine.world
            while daemon.loop is not None and not daemon.ended.done():
                if world.settings.version == before + 1 and world.crossing is None:
                    break
                await asyncio.sleep(CROSSED_LOOK_S)

    # -- trials ------------------------------------------------------------------------------------------

    def _arm(self, left_us: int) -> None:
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(max(0, left_us) / SECOND_US, self._not_confirmed)

    def _not_confirmed(self) -> None:
        self._timer = None
        self._task = asyncio.get_running_loop().create_task(self._take_back())

    async def _take_back(self) -> Reloaded:
        now = await asyncio.to_thread(self._now)
        if now is None or now.trial is None or now.version != self.version:
            # Somebody was quicker.
            return Reloaded(0, False, self.version, self.digest(), "same")
        _log.warning("configuration_not_confirmed", version=now.version, back_to=now.trial.back_to)
        order = Order("rollback", now.trial.back_to, "switchboard", "it was not confirmed in time", force=True)
        try:
            return await self.carry_out(order)
        except Gone:
            _log.error("version_unusable", version=now.trial.back_to)
            return Reloaded(0, False, self.version, self.digest(), "failed")

    async def confirm(self, who: str, why: str) -> bool:
        """What is on trial stays. False where nothing is. Raises `OSError`."""
        async with self._lock:
            now = await asyncio.to_thread(self._now)
            if now is None or now.trial is None or now.version != self.version:
                return False
            await asyncio.to_thread(self._versions.set_now, Now(now.version, now.taken_back))
            self.stop()
            _log.info("configuration_confirmed", version=now.version, who=who, why=why)
            return True

    def _now(self) -> Now | None:
        try:
            return self._versions.now()
        except OSError as error:
            _log.warning("versions_not_read", why=str(error))
            return None

    def trial_ms(self) -> int:
        """How long until the version of before comes back by itself; 0: it does not."""
        if self._timer is None:
            return 0
        return max(1, int((self._timer.when() - asyncio.get_running_loop().time()) * 1000))

    def was_taken_back(self, directory: Path) -> bool:
        """Does it hold what was in force and was taken back? Raises `OSError`."""
        now = self._versions.now()
        return now is not None and now.taken_back != "" and now.taken_back == files_of(directory).hash

    # -- telling -----------------------------------------------------------------------------------------

    def _told(
        self,
        order: Order,
        candidate: Candidate | None,
        why: Why,
        sight: Sight | None = None,
    ) -> Reloaded:
        told = Reloaded(0, not why, self.version, self.digest(), why)
        if sight is not None:
            told.consequences, told.by_hand = sight
        if candidate is not None:
            head = candidate.head
            told.new_digest = head.digest
            told.changes = [
                ChangeShown(each.kind, each.path, each.words[:WORDS_MOST], each.restart)
                for each in head.changes[order.after : order.after + CHANGES_A_PAGE]
            ]
            told.changes_total = head.changes_total
            told.faults = [str(fault)[:WORDS_MOST] for fault in head.faults[:FAULTS_TOLD]]
        told.trial_ms = self.trial_ms()
        return told

    async def history(self) -> VersionsReply:
        """The versions that are kept. Raises `OSError`."""
        # A version is kept before it is in force: looked at first, this one is among those that are listed.
        version = self.version
        entries = await asyncio.to_thread(self._versions.entries)
        now = await asyncio.to_thread(self._now)
        shown = [VersionShown(e.version, e.digest, e.utc_s, e.how, e.who, e.why, e.of) for e in entries]
        back_to = now.trial.back_to if now is not None and now.trial is not None else 0
        return VersionsReply(0, version, shown, self.trial_ms(), back_to, self.pending)
