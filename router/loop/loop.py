"""The six steps: drain a bounded batch, apply each, commit, tell, count, sleep until the next frame or
deadline.

Nothing here knows what a command means; it runs on the event loop it is given and makes no task. A step is a
plain function, called when a connection has something or a deadline has come.

The one idea: the engine never rolls back, so an exception out of it ends the loop. What the batch had not
kept is not told, the client hears that its message was the cause, and the next start goes on from the store.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from time import monotonic_ns
from typing import Any, Final

from router.core.commands import Enqueue
from router.core.effects import Busy, Error
from router.core.internal import StoodStill, StoreHealth, WallClock
from router.errors import ERRORS
from router.loop.clock import Clock
from router.loop.commits import Commits, StraightCommit
from router.loop.figures import Figures
from router.loop.group import GroupCommit
from router.loop.seams import Engine, Hub
from router.server.limits import TURN_COMMANDS
from router.store.base import Store, StoreError
from router.terms import MILLISECOND_US, SECOND_US

COMMANDS_A_STEP: Final = 256
"""Commands of one step, over all connections. Bounds how long others wait, and what a batch holds."""

STEP_NS: Final = 2_000_000
"""Time of one step, looked at after each turn."""

BEAT_S: Final = 1.0
"""How often the wall clock enters as a command, and the watchdog hears of us."""

LAG_EVERY_S: Final = 0.02
"""How often the loop looks whether it is late: a stall is seen when it is longer, and most of a shorter
one."""

STILL_US: Final = 250_000
"""A gap of this length in our own loop is time in which nobody was heard; a shorter one is not felt by who answers."""

LISTEN_ON_NS: Final = 100_000_000
"""While stopping, commands that were read are applied for so long; what comes later is not answered, and its
client says it again to the next engine."""

RETRY_MS: Final = 1_000
"""What `busy` says where the loop answers it."""

SYSTEM: Final = ""
"""The address of what the daemon itself tells the engine."""


class Broken(Exception):
    """The engine failed on a command: our own mistake. `peer` and `command` say on which."""

    def __init__(self, peer: str, command: object) -> None:
        super().__init__(f"{type(command).__name__} of {peer or 'the daemon'}")
        self.peer = peer
        self.command = command


class Loop:
    """Drives one engine. Made on the event loop's thread, and used on no other. `hub` calls `wake`."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        hub: Hub,
        clock: Clock,
        on_failure: Callable[[Exception], None],
        event_loop: asyncio.AbstractEventLoop | None = None,
        figures: Figures | None = None,
    ) -> None:
        self.engine = engine
        self.hub = hub
        self.clock = clock
        self.figures = figures or Figures()
        self.on_beat: Callable[[], None] = _nothing
        """Told after a step that carried the wall clock through the engine: the daemon's sign of life."""
        self.on_stall: Callable[[int], None] = _nothing_of
        """Told how long a step took, in microseconds, where that is longer than `stall_alarm_us`."""
        self.on_work: Callable[[int], None] = _nothing_of
        """Told after every step how long it took, in microseconds."""
        self.stall_alarm_us = SECOND_US
        self._on_failure = on_failure
        engine.world.durability = store.durability
        self._event_loop = event_loop or asyncio.get_running_loop()
        self.commits: Commits
        if store.synchronous:
            self.commits = StraightCommit(engine, store, hub, clock, self.figures)
        else:
            store.attach(self._event_loop.call_soon_threadsafe)
            group = GroupCommit(engine, store, hub, clock, self.figures, self._event_loop.call_later)
            group.on_landed = self._landed
            group.on_lost = self._fail
            self.commits = group
        self._system: deque[Any] = deque()
        self._awake_us = clock.now_us()
        """Core time when we were seen awake last."""
        self._still_us = 0
        """How long we stood still since, in gaps that the engine has not heard of."""
        self._held_us = 0
        """How long messages were held back since the engine heard of that."""
        self._beat_due = False
        self._told_away = False
        """What the engine knows of the store."""
        self._scheduled = False
        self._woken_ns = 0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_us = 0
        self._beat: asyncio.TimerHandle | None = None
        self._lag: asyncio.TimerHandle | None = None
        self._stopping_ns = 0
        """Since when it settles (monotonic)."""
        self._deaf = False
        self._over = False
        self._settled: asyncio.Future[None] | None = None

    # -- life --------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin: the first step fires what is due since the engine was activated."""
        self._strike()
        self._look_at_lag(self._event_loop.time())

    def tell_engine(self, command: Any) -> None:
        """A command of the daemon itself: it goes before what clients say, and always through."""
        self._system.append(command)
        self.wake()

    async def settle(self, deaf: bool = False) -> None:
        """Come to rest: what was read is applied, new contacts are answered `busy`, all is kept and told.
        Whoever waits says how long. Afterwards the loop does nothing any more. `deaf`: nothing more is applied,
        since another engine is about to hear it. Raises what ended the loop instead, if anything did."""
        self._stopping_ns = monotonic_ns()
        self._deaf = deaf
        self._settled = self._event_loop.create_future()
        self.wake()
        await self._settled
        self.stop()

    def stop(self) -> None:
        """Do nothing any more, at once."""
        self._over = True
        for timer in (self._timer, self._beat, self._lag):
            if timer is not None:
                timer.cancel()
        self.commits.stop()

    # -- the steps ---------------------------------------------------------------------------------------

    def wake(self) -> None:
        """There is something to do: run a step soon. Cheap to call again."""
        if not self._scheduled:
            self._scheduled = True
            self._event_loop.call_soon(self._step)

    def _step(self) -> None:
        self._scheduled = False
        if self._over:
            return
        began_ns = self._woken_ns = monotonic_ns()
        now_us = self.clock.now_us()
        figures = self.figures
        commits = self.commits
        try:
            self.engine.world.monitored = self.hub.monitors.wanted
            self._wake_up(now_us)
            if self._still_us:
                still_us, self._still_us = self._still_us, 0
                self.engine.apply(now_us, SYSTEM, StoodStill(still_us))
            if self._system:
                self._apply_system(now_us)
            commands = 0 if commits.full or self._deaf else self._drain(now_us, began_ns)
            if commands == 0:
                self.engine.tick(now_us)
            commits.end_step(now_us, self._woken_ns)
            self._sleep(now_us)
        except Exception as error:  # noqa: BLE001  # whatever it is, an unknown world must not go on
            self._fail(error)
            return
        figures.commands += commands
        figures.steps += 1
        figures.stepped_ns = monotonic_ns()
        took_us = (figures.stepped_ns - began_ns) // 1000
        figures.step_us.observe(took_us)
        self.on_work(took_us)
        if took_us > self.stall_alarm_us:
            self.on_stall(took_us)
        if self._beat_due:
            self._beat_due = False
            self.on_beat()

    def _drain(self, now_us: int, began_ns: int) -> int:
        """Apply what connections have, by turns. Returns how many commands."""
        hub = self.hub
        apply = self._apply_or_refuse if self._stopping_ns or self.commits.refusing else self.engine.apply
        left = COMMANDS_A_STEP
        until_ns = began_ns + STEP_NS
        while left > 0 and (source := hub.next_turn()) is not None:
            peer = source.peer
            inbox = source.inbox
            turn = min(len(inbox), TURN_COMMANDS)
            command = None
            try:
                if source.fresh:
                    self.commits.bind(source)
                if inbox and left == COMMANDS_A_STEP:
                    self._woken_ns = inbox[0][1]
                for _ in range(turn):
                    command, _read_ns = inbox.popleft()
                    apply(now_us, peer, command)
            except Exception as error:
                raise Broken(peer, command) from error
            left -= turn
            hub.end_turn(source)
            if monotonic_ns() > until_ns:
                break
        return COMMANDS_A_STEP - left

    def _apply_or_refuse(self, now_us: int, peer: str, command: Any) -> None:
        """As `engine.apply`, but a new contact is answered `busy`: we stop, or can't keep it. That rests on
        no state, so it is told at once."""
        if type(command) is Enqueue:
            self.figures.refused_busy += 1
            what = "stopping" if self._stopping_ns else "store_away"
            self.hub.deliver([(peer, Busy(command.seq, RETRY_MS, what))])
        else:
            self.engine.apply(now_us, peer, command)

    def _apply_system(self, now_us: int) -> None:
        system = self._system
        while system:
            command = system.popleft()
            try:
                self.engine.apply(now_us, SYSTEM, command)
            except Exception as error:
                raise Broken(SYSTEM, command) from error
            self.figures.commands += 1

    # -- sleep -------------------------------------------------------------------------------------------

    def _sleep(self, now_us: int) -> None:
        """Until the next frame, the next deadline, or not at all."""
        if self.commits.full:
            self.figures.full_steps += 1
        elif self.hub.waiting_commands() and not self._deaf:
            self.wake()
        if self._stopping_ns:
            self._come_to_rest()
        due_us = self.engine.next_deadline_us()
        if due_us is not None:
            if due_us <= now_us:
                self.wake()
            elif self._timer is None or due_us < self._timer_us:
                self._set_timer(due_us, now_us)

    def _come_to_rest(self) -> None:
        assert self._settled is not None
        if not self.hub.waiting_commands() or monotonic_ns() - self._stopping_ns > LISTEN_ON_NS:
            self._deaf = True
        if self._deaf and self.commits.settled() and not self._settled.done():
            self._settled.set_result(None)

    def _set_timer(self, due_us: int, now_us: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        # Event loops count in whole milliseconds and may round down: a little late is one step, early would
        # be two.
        delay_ms = math.ceil((due_us - now_us) / (MILLISECOND_US * self.clock.speed))
        self._timer_us = due_us
        self._timer = self._event_loop.call_later(delay_ms / 1000, self._deadline)

    def _deadline(self) -> None:
        self._timer = None
        self.wake()

    def _landed(self) -> None:
        """A flight has landed: the open batch has room, and messages that waited are out."""
        if self._stopping_ns or self.hub.waiting_commands():
            self.wake()

    # -- signs of life, and the end of it ----------------------------------------------------------------

    def _strike(self) -> None:
        """Once a second: the wall clock."""
        self._beat = self._event_loop.call_later(BEAT_S, self._strike)
        self._beat_due = True
        self.tell_engine(WallClock(self.clock.utc_s()))
        if self.figures.store_away is not self._told_away:
            # Rules may go by it; a second more or less is no matter.
            self._told_away = self.figures.store_away
            self.tell_engine(StoreHealth(self._told_away))

    def _wake_up(self, now_us: int) -> None:
        """We are awake: was that long ago? Whoever was stopped (SIGSTOP, a frozen machine) finds deadlines that came
        due meanwhile, and the answers to them unread."""
        still_us, gap_us = STILL_US * self.clock.speed, now_us - self._awake_us
        if gap_us > still_us:
            self._still_us += gap_us
        elif self.commits.holding:
            # Nobody is told anything, so nobody can answer either.
            self._held_us += gap_us
        if self._held_us > still_us or not self.commits.holding:
            self._still_us += self._held_us
            self._held_us = 0
        if self._still_us:
            self.wake()
        self._awake_us = now_us

    def _look_at_lag(self, planned: float) -> None:
        self._wake_up(self.clock.now_us())
        if self.commits.lease is not None:
            self.commits.lease.look()
        now = self._event_loop.time()
        self.figures.lag_us.observe(max(0, int((now - planned) * SECOND_US)))
        self._lag = self._event_loop.call_later(LAG_EVERY_S, self._look_at_lag, now + LAG_EVERY_S)

    def _fail(self, error: Exception | StoreError) -> None:
        """Nothing may go on in a world that nobody knows. The client whose message it was is told, as far as
        its connection still takes it, so that it does not send the same again."""
        if self._over:
            return
        self.stop()
        if isinstance(error, Broken) and (seq := getattr(error.command, "seq", 0)):
            told = Error(seq, "internal", ERRORS["internal"].remedy, ERRORS["internal"].fault)
            try:
                self.hub.deliver([(error.peer, told)])
            except Exception as second:  # noqa: BLE001  # the first failure is the one to report
                error.add_note(f"and it could not be told: {second!r}")
        if self._settled is not None and not self._settled.done():
            self._settled.set_exception(error)
        self._on_failure(error)


def _nothing() -> None:
    pass


def _nothing_of(_: int) -> None:
    pass
