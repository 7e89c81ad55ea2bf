"""The judge of announcements (I15): what those who wait are told never grows but by the policy, never comes while an
agent is rung or the contact is held, keeps its pauses, and is said in the customer's language.

It hears what was said and told, as far as that was kept, and shares no code with the core. What a contact was told is
forgotten when it comes to another queue, or somebody has talked with it.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from router.core import commands as ask
from router.core import settings as of
from router.core.effects import Already, Announce, ContactEvent, Error, Message, Reply
from router.terms import MILLISECOND_US, SECOND_US
from tests.sim.plan import Plan
from tests.sim.site import Flight, Site, Step

OF_THE_WAIT = ("time", "next", "over", "position")
PROMISES = ("time", "next", "over")
ANSWERED = ("connected", "parked", "at_partner")
ENDLESS_US = 2**60


class Listener(Struct, eq=False):
    """A contact, since it came to wait in its present queue."""

    queue: str
    language: str | None = None
    state: str = "new"
    stood_us: int = -1
    """When it first stood in a line; -1: not yet."""
    number: int = 0
    last_us: int = 0
    kind: str = ""
    """Of the last announcement, until it is acknowledged."""
    wait_us: int = 0
    """When a wait was told last; 0: never."""
    position: int = 0
    until_us: int = 0
    """The end of the promise; 0: none."""
    before: tuple[int, bool] = (0, False)
    """Promise and whether it was raised, before the last announcement."""
    raised: bool = False
    said: dict[str, int] = {}
    keys: dict[str, str] = {}


class AnnounceBook:
    """See the module. `violations` are sentences that begin with I15."""

    def __init__(self, plan: Plan) -> None:
        self._queues = {queue.name: queue for queue in plan.settings.queues}
        self._heard: dict[tuple[str, str], Listener] = {}
        self._languages: dict[tuple[str, str], str | None] = {}
        self._replied: set[tuple[str, int, str]] = set()
        """Replies that were judged: a number that comes again has the same one."""
        self.violations: list[str] = []
        self._now_us = 0
        self._led: dict[tuple[str, str], Listener] = {}
        """In this step: of whom another of their queues leads now, and what the one that led has told them."""
        self._offered: dict[str, str] = {}
        """Keys that were offered when one was pressed."""

    def stepped(self, site: Site, step: Step) -> None:
        """Not kept yet: it may be lost."""

    def killed(self, site: Site) -> None:
        """What had not landed never was."""

    def restarted(self, site: Site) -> None:
        """What was told stays told."""

    def landed(self, site: Site, flight: Flight) -> None:
        """These steps are kept: they count."""
        for step in flight.steps:
            self._now_us = step.now_us
            self._led.clear()
            self._asked(step.peer, step.command)
            for key, message in step.effects:
                self._told(key, message, step)

    def _fault(self, what: str) -> None:
        self.violations.append(f"I15 at {self._now_us}: {what}")

    def _asked(self, peer: str, command: Any) -> None:
        """Whose language is known."""
        if isinstance(command, ask.Enqueue):
            self._languages.setdefault((peer, command.contact), command.language)
        elif isinstance(command, ask.Sync):
            for alive in command.contacts:
                self._languages.setdefault((peer, alive.contact), alive.language)
        elif isinstance(command, ask.Key):
            # What it does is told before its reply.
            heard = self._heard.get((peer, command.contact))
            self._offered = heard.keys if heard is not None else {}

    def _told(self, key: str, message: Message, step: Step) -> None:
        if isinstance(message, ContactEvent):
            self._event(message)
        elif isinstance(message, Announce):
            self._announced(key, message)
        elif isinstance(message, Reply) and step.peer and message.re == getattr(step.command, "seq", 0):
            self._reply(step.peer, step.command, message)

    def _event(self, event: ContactEvent) -> None:
        key = (event.gateway, event.contact)
        if event.state == "ended":
            self._heard.pop(key, None)
            self._languages.pop(key, None)
            return
        heard = self._heard.get(key)
        if heard is not None and heard.queue != event.queue and event.state in ("offered", "connecting"):
            heard.state = event.state  # it rings for another of its queues, and may come back to this one
            return
        rang = heard is not None and heard.queue != event.queue and heard.state in ("offered", "connecting")
        if rang and event.state == "waiting" and event.queues:
            return  # back from there: the queue that was named first leads again in a moment
        led = self._led.get(key)
        if led is not None and led.queue == event.queue and event.state == "waiting":
            # Moved by hand to another of its queues, say: in the end the one that led before leads.
            heard = self._heard[key] = led
        elif heard is not None and heard.queue in event.queues and event.state == "waiting":
            self._led[key] = heard
        if heard is None or heard.queue != event.queue or event.state in ANSWERED:
            heard = self._heard[key] = Listener(event.queue, self._languages.get(key))
        heard.state = event.state
        if event.state == "waiting" and heard.stood_us < 0:
            heard.stood_us = self._now_us

    # -- an announcement ------------------------------------------------------------------------------------------

    def _announced(self, key: str, told: Announce) -> None:
        heard = self._heard.get((key, told.contact))
        if heard is None or heard.state != "waiting" or heard.queue != told.queue:
            self._fault(f"{told!r} to {heard!r}")
            return
        queue, rules = self._queues[told.queue], self._queues[told.queue].announcing
        if told.announcement != heard.number + 1:
            self._fault(f"{told!r} follows number {heard.number}")
        if heard.number and self._now_us < heard.last_us + rules.gap_us:
            self._fault(f"{told!r} comes {self._now_us - heard.last_us} us after the one before")
        p50_us = ENDLESS_US if told.p50_ms is None else (told.p50_ms + 1) * MILLISECOND_US
        if heard.number and p50_us < rules.quiet_before_take_us:
            self._fault(f"{told!r}: it is about to be taken")
        # A language that its queue has no line for is given up.
        if told.language not in (heard.language, None) and not told.contact.startswith("callback-"):
            self._fault(f"{told!r} to one who speaks {heard.language}")
        self._row(queue, heard, told)
        if told.kind in OF_THE_WAIT:
            self._wait(rules, heard, told)
        heard.number, heard.last_us, heard.kind = told.announcement, self._now_us, told.kind

    def _row(self, queue: of.Queue, heard: Listener, told: Announce) -> None:
        """Is it a row of its queue, and its turn?"""
        row = next((row for row in queue.announce if row.text == told.text), None)
        if row is None:
            texts = (queue.announcing.next_text, queue.announcing.over_text, queue.announcing.position_text)
            if told.text not in texts or told.kind not in OF_THE_WAIT:
                self._fault(f"{told!r} is in no row of {queue.name}")
            return
        if self._now_us < heard.stood_us + row.at_us:
            self._fault(f"{told!r} comes before its time, {row.at_us} us")
        said_us = heard.said.get(row.text)
        if said_us is not None and (not row.every_us or self._now_us < said_us + row.every_us):
            self._fault(f"{told!r} was said {self._now_us - said_us} us ago")
        if (told.interruptible, told.keys) != (row.interruptible, dict(row.keys)):
            self._fault(f"{told!r} differs from its row")
        heard.said[row.text] = self._now_us
        heard.keys = told.keys or heard.keys

    def _wait(self, rules: Any, heard: Listener, told: Announce) -> None:
        """A place never rises, a promise only once it is lost, and only once."""
        if self._now_us < heard.stood_us + rules.first_after_us:
            self._fault(f"{told!r} comes at once")
        if heard.wait_us and self._now_us < heard.wait_us + rules.interval_us:
            self._fault(f"{told!r}: a wait was told {self._now_us - heard.wait_us} us ago")
        if told.position < 1 or (heard.position and told.position > heard.position):
            self._fault(f"{told!r}: place {heard.position} was told before")
        news = told.position < heard.position or not heard.position
        heard.wait_us, heard.position = self._now_us, told.position
        heard.before = (heard.until_us, heard.raised)
        if told.kind not in PROMISES:
            if not news:
                self._fault(f"{told!r} is no news")
            return
        minutes = max(1, told.minutes or 0)
        until_us = ENDLESS_US if told.kind == "over" else self._now_us + minutes * 60 * SECOND_US
        if heard.until_us and told.raised:
            left_us = max(0, heard.until_us - self._now_us)
            p50_us = (told.p50_ms or 0) * MILLISECOND_US
            lost = p50_us > left_us + rules.raise_after_us - 1000 and p50_us > rules.raise_ratio * left_us - 1000
            if heard.raised or not lost:
                self._fault(f"{told!r}: {left_us} us are left of the promise, raised before: {heard.raised}")
        elif heard.until_us and until_us > heard.until_us + rules.interval_us:
            self._fault(f"{told!r} promises {until_us}, before it was {heard.until_us}")
        heard.until_us, heard.raised = until_us, heard.raised or told.raised

    # -- what is said of it ---------------------------------------------------------------------------------------

    def _reply(self, peer: str, command: Any, reply: Reply) -> None:
        if not isinstance(command, ask.Announced | ask.Key):
            return
        once = (peer, command.seq, repr(command))
        heard = self._heard.get((peer, command.contact))
        if once in self._replied or heard is None:
            return
        self._replied.add(once)
        if isinstance(command, ask.Announced):
            if not isinstance(reply, Error) and command.announcement == heard.number and heard.kind:
                if command.how == "skipped" and heard.kind in OF_THE_WAIT:
                    heard.until_us, heard.raised = heard.before
                heard.kind = ""
        elif isinstance(reply, Error) and reply.code == "unknown_key" and command.key in self._offered:
            self._fault(f"{command!r} is refused, and {self._offered} were offered")
        elif not isinstance(reply, Error | Already) and command.key not in self._offered:
            self._fault(f"{command!r} is done, and {self._offered} were offered")
