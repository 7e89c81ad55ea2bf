"""What a seed draws of call-backs and place tokens: which queues take them and how, which gateways dial, who serves
them. Drawn apart from the rest of the plan, so that other topics do not move these draws.
"""

from __future__ import annotations

from random import Random

from msgspec.structs import replace

from router.core import settings as of
from router.core.callbacks.settings import CallbackRules, TokenRules
from router.core.effects import Treatment
from router.terms import SECOND_US

CHANNEL = "callback"
REACHED = (
    "call-back taken", "call-back asked for: waiting", "call-back asked for: offered", "call-back cancelled",
    "rang again with a token", "caller cut off", "dialled for an agent", "dialled ahead", "dial never reported",
    "dialled: answered", "dialled: no_answer", "dial cancelled: timed_out", "dial cancelled: moved",
    "answered too late",
    "let go: moved", "let go: withdrawn", "open call-back told", "place of a call-back taken",
    "treated: callback_expired", "call-back refused: gone", "call-back refused: callback_open",
    "call-back refused: number_not_allowed", "call-back refused: too_many_callbacks",
    "call-back on another gateway", "place kept by token",
)  # fmt: skip
"""What a set of a hundred seeds must show."""

Phones = dict[str, tuple[tuple[int, str, tuple[str, ...]], ...]]


def drawn(seed: int, settings: of.Settings) -> of.Settings:
    """These settings with queues that take call-backs and give tokens."""
    rng = Random(f"callbacks and places {seed}")
    channel = of.Channel(
        CHANNEL,
        ring_us=rng.choice((3, 8)) * SECOND_US,
        connect_us=rng.choice((4, 15)) * SECOND_US,
        misses_to_not_ready=rng.randint(1, 3),
        most_at_once=rng.choice((1, 100)),
    )
    return replace(
        settings,
        channels=(*settings.channels, channel),
        queues=tuple(_queue(rng, queue) for queue in settings.queues),
        limits=replace(settings.limits, tokens_max=rng.choice((3, 1000))),
    )


def _queue(rng: Random, queue: of.Queue) -> of.Queue:
    treatments = dict(queue.treatments)
    if rng.random() < 0.5:
        treatments["callback_expired"] = Treatment("message", "sorry")
    give = rng.random() < 0.4
    queue = replace(
        queue,
        treatments=tuple(sorted(treatments.items(), key=lambda pair: pair[0])),
        tokens=TokenRules(give, rng.choice((5, 1000)) * SECOND_US, rng.choice((0, 10, 20)) * SECOND_US),
    )
    if rng.random() < 0.3:
        return queue
    rules = CallbackRules(
        mode=rng.choice(("customer_first", "customer_first", "agent_first")),
        numbers=("+49",),
        numbers_barred=("+49900",),
        dialling_us=rng.choice((0, 5, 20)) * SECOND_US,
        dial_most_us=rng.choice((6, 20)) * SECOND_US,
        tries=rng.randint(1, 3),
        pause_us=rng.choice((0, 3, 20)) * SECOND_US,
        no_answer=rng.choice(("keep", "keep", "front", "expire")),
        agent_most_us=rng.choice((0, 5, 60)) * SECOND_US,
        open_most=rng.choice((1, 4, 100)),
        lasts_us=rng.choice((30, 300)) * SECOND_US,
    )
    return replace(queue, channels=(*queue.channels, CHANNEL), callback=rules)


def dials(seed: int) -> tuple[bool, ...]:
    """Which gateways can dial."""
    rng = Random(f"dials {seed}")
    return tuple(rng.random() < 0.7 for _ in range(3))


def phones(seed: int, known: Phones) -> Phones:
    """Most people take call-backs on their first device."""
    rng = Random(f"phones {seed}")
    found: Phones = {}
    for name, devices in known.items():
        number, address, channels = devices[0]
        more = (CHANNEL,) if rng.random() < 0.7 else ()
        found[name] = ((number, address, (*channels, *more)), *devices[1:])
    return found


def spoken(queue: of.Queue) -> tuple[str, ...]:
    """The channels by which a customer comes to the queue."""
    return tuple(channel for channel in queue.channels if channel != CHANNEL)
