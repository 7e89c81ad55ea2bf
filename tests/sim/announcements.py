"""What a seed draws of announcements, and what a simulated gateway does with them: it plays them, skips them, says
nothing or says it twice, and its customers press keys, also wrong ones.

Drawn apart from the rest of the plan, so that other topics do not move these draws.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from router.core import commands as ask
from router.core import settings as of
from router.core.announcements.settings import AnnounceRow, AnnounceRules, When
from router.core.effects import Announce, CallbackTaken, EstimateReply, Ok, RefusedEntry, Reply
from router.terms import SECOND_US
from tests.sim.dialler import BARRED, NUMBERS

if TYPE_CHECKING:
    from tests.sim.gateway import Gateway

PLAYED = 0.7
TWICE = 0.1
PRESSES = 0.4
KEYS = (("1", "callback"), ("2", "queue"), ("3", "voicemail:box"), ("4", "leave"))
"""The second leads to a queue that is drawn."""
REACHED = (
    "announced: welcome", "announced: comfort", "announced: position", "announced: time", "announced: next",
    "announced: keys", "announced: message", "announcement played", "announcement skipped", "announcement unanswered",
    "announcement acknowledged twice", "key pressed: callback", "key pressed: queue", "key pressed: voicemail",
    "key pressed: leave", "key pressed: none", "promise raised", "estimated before queuing",
)  # fmt: skip
"""What a set of a hundred seeds must reach."""


def drawn(seed: int, settings: of.Settings) -> of.Settings:
    """These settings, with queues that announce; in some seeds none does."""
    rng = Random(f"announcements {seed}")
    if rng.random() < 0.25:
        return settings
    names = [queue.name for queue in settings.queues]
    queues = (
        replace(queue, announce=_rows(rng, rng.choice([name for name in names if name != queue.name])),
                announcing=_rules(rng))
        for queue in settings.queues
    )  # fmt: skip
    return replace(settings, queues=tuple(queues))


def _rows(rng: Random, to: str) -> tuple[AnnounceRow, ...]:
    if rng.random() < 0.2:
        return ()
    rows = [
        AnnounceRow("hello", "welcome"),
        AnnounceRow("wait", "estimate", 3 * SECOND_US, rng.choice((5, 8)) * SECOND_US),
        AnnounceRow("place", "position", 2 * SECOND_US, 6 * SECOND_US),
        AnnounceRow("patience", "comfort", 4 * SECOND_US, rng.choice((0, 7)) * SECOND_US, _when(rng)),
        AnnounceRow("keys", "keys", rng.choice((1, 5)) * SECOND_US, 20 * SECOND_US, keys=_keys(to)),
        AnnounceRow("news", "message", 6 * SECOND_US, when=_when(rng), message="storm"),
    ]
    rng.shuffle(rows)
    return tuple(rows[: rng.randint(1, len(rows))])


def _keys(to: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, f"queue:{to}" if does == "queue" else does) for key, does in KEYS)


def _when(rng: Random) -> When:
    return rng.choice(
        (
            When(),
            When(waited_from_us=10 * SECOND_US),
            When(position_from=2),
            When(if_none_free=True, p50_from_us=5 * SECOND_US),
            When(if_service_level_below=0.8),
            When(state=rng.choice(("open", "unstaffed"))),
        )
    )


def _rules(rng: Random) -> AnnounceRules:
    return AnnounceRules(
        channels=rng.choice((("voice", "chat", "callback"), ("voice",), ("chat", "voice"))),
        first_after_us=rng.choice((1, 3)) * SECOND_US,
        interval_us=rng.choice((4, 8)) * SECOND_US,
        gap_us=rng.choice((1, 3)) * SECOND_US,
        quiet_before_take_us=rng.choice((0, 1, 3)) * SECOND_US,
        next_below_us=rng.choice((0, 30)) * SECOND_US,
        raise_after_us=rng.choice((1, 15)) * SECOND_US,
        interval_ratio_max=rng.choice((4.0, 100.0)),
        low_confidence=rng.choice(("position", "time", "time", "nothing")),
    )


def understood(command: Any) -> Any:
    """What the judge hears in a key: one with a number asks for a call-back."""
    if isinstance(command, ask.Key) and command.key == "1" and command.number is not None:
        return ask.TakeCallback(command.seq, command.contact, command.number)
    return command


class Speaker:
    """Of one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def announce(self, told: Announce) -> None:
        """Play it, or do not; and perhaps the customer presses something."""
        gateway, site = self._gateway, self._gateway.site
        site.faults[f"announced: {told.kind}"] += 1
        site.faults["promise raised"] += told.raised
        how = "played" if site.happens(PLAYED) else site.rng.choice(("skipped", "unanswered", "unanswered"))
        site.faults[f"announcement {how}"] += 1
        if how != "unanswered":
            said = ask.Announced(1, told.contact, told.announcement, how)  # type: ignore[arg-type]  # one of its words
            times = 2 if site.happens(TWICE) else 1
            site.faults["announcement acknowledged twice"] += times == 2
            for _ in range(times):
                site.after(site.some(SECOND_US), lambda: gateway.say(replace(said)))
        call = gateway.calls.get(told.contact)
        if told.keys and call is not None and not gateway.run.calming and site.happens(PRESSES):
            gateway.plan_for(call, 2 * SECOND_US, lambda: self._press(told.contact))

    def _press(self, contact: str) -> None:
        rng = self._gateway.site.rng
        key = rng.choice("12345")
        number = rng.choice((*NUMBERS, BARRED)) if key == "1" else None
        self._gateway.say(ask.Key(1, contact, key, number))

    def answered(self, request: ask.Key | ask.Estimate, reply: Reply) -> None:
        """What became of a key: where the visit is over there, it is here. A call-back is the dialler's business, and
        what is told of a treatment or of another queue comes as an event."""
        if isinstance(request, ask.Estimate):
            self._told(reply)
            return
        faults, does = self._gateway.site.faults, dict(KEYS).get(request.key, "none").partition(":")[0]
        if isinstance(reply, CallbackTaken):
            faults["key pressed: callback"] += 1
            self._gateway.dialler.answered(request, reply)
        elif isinstance(reply, Ok):
            faults[f"key pressed: {does}"] += 1
            call = self._gateway.calls.get(request.contact)
            if does == "leave" and call is not None:
                self._gateway.over(call)
        elif does == "none":
            faults["key pressed: none"] += 1

    def ask(self, queue: str, channel: str) -> None:
        """What would the wait be?"""
        self._gateway.say(ask.Estimate(1, queue, channel, needs=self._gateway.run.some_needs()))

    def _told(self, reply: Reply) -> None:
        """The answer: not more than it can be."""
        if isinstance(reply, EstimateReply):
            self._gateway.site.faults["estimated before queuing"] += 1
            assert reply.position > 0
            assert (reply.minutes is not None) == (reply.kind == "time")
            assert reply.wait is not None or reply.kind == "position"
        else:
            assert isinstance(reply, RefusedEntry) or reply.re > 0
