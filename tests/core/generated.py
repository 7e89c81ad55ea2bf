"""Requests made from their declarations: any field of any message may hold anything that the wire lets through.

It knows types, and which names are alive; what a request would do it does not know. So it says what no client would:
that is what it is for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any

from msgspec import inspect, msgpack

from router.core import commands as ask
from router.core.world import World
from router.wire.codec import FRAMES
from router.wire.explain import UNDECODABLE

ODD = ("nosuch", "x" * 64, "*", "..", "main/gw1", "\u202e", "a\0", " ")
"""Names of nothing."""
INTEGERS = (0, 1, 2, 10, 1_000, 5_000, 20_000, 3_600_000)
SKILLS = ("cards", "loans", "german", "sales", "nosuch")
NEEDED = (*SKILLS, "languages", "attributes", "team", "all", "any", "not", "prefer")
LATELY = 15
"""Tokens and the like that were told last are remembered."""
FIXED: dict[str, tuple[str, ...]] = {
    "gateway": ("gw1", "gw2", "gw3"),
    "customer": ("anna", "ben", "cleo"),
    "language": ("de", "en", "fr"),
    "entry": ("100", "101", "+49123"),
    "tier": ("gold", "standard"),
    "region": ("berlin",),
    "who": ("mia",),
    "why": ("a test",),
    "number": ("+49301000", "+4930108", "123"),
    "pin": ("1234", "123456"),
    "key": tuple("0123456789*#"),
    "day": ("2026-11-22", "2026-03-29"),
    "codes": ("sold", "other"),
    "after": ("", "a0", "zz"),
}
FIELDS = {"preferred": "agent", "talks_to": "agent", "parked_by": "agent", "queues": "queue", "channels": "channel",
          "contacts": "contact", "from": "who"}  # fmt: skip
"""Fields that hold names of another one's kind."""
STATES: dict[type, tuple[str, ...]] = {
    ask.Connected: ("connecting",), ask.ConnectFailed: ("connecting",), ask.Transfer: ("connected",),
    ask.Complete: ("wrapping", "connected"), ask.Consult: ("connected",), ask.Park: ("connected",),
    ask.Resume: ("held", "pending"), ask.Unpark: ("parked",), ask.OpenTicket: ("assigned",),
    ask.TakeCallback: ("waiting", "held"), ask.PartnerAnswered: ("sent",), ask.PartnerEnded: ("at_partner",),
}  # fmt: skip
"""Where a request is mostly about contacts of these states, so that more than refusals come of it."""


@cache
def _fields(kind: type) -> tuple[inspect.Field, ...]:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    return described.fields


class Generated:
    """Draws requests for one world, which may be exchanged."""

    def __init__(self, rng: Random, world: World) -> None:
        self.world = world
        self._rng = rng
        self._told: dict[str, list[Any]] = {"token": [], "send": [], "announcement": []}
        self._brought = 0

    def heard(self, message: Any) -> None:
        """What was told may be said back."""
        for name, lately in self._told.items():
            if value := getattr(message, name, None):
                lately.append(value)
                del lately[:-LATELY]

    def request(self, kind: type[Any], seq: int, **given: Any) -> Any:
        """A request of this kind as the wire would give it; None where it would refuse it."""
        body = self._struct(kind) | given | {"t": kind.__struct_config__.tag, "seq": seq}
        try:
            return FRAMES.decode(msgpack.encode(body))
        except UNDECODABLE:
            return None

    # -- values by their types ------------------------------------------------------------------------------------

    def _struct(self, kind: type) -> dict[str, Any]:
        fields = [field for field in _fields(kind) if field.name != "seq"]
        return {
            field.encode_name: self._value(field.type, field.name, kind)
            for field in fields
            if field.required or self._rng.random() < 0.4
        }

    def _value(self, of: Any, name: str, kind: type) -> Any:
        rng = self._rng
        if isinstance(of, inspect.Metadata):
            of = of.type
        if name in ("needs", "also"):
            return self._needs() if rng.random() < 0.5 else None
        if isinstance(of, inspect.UnionType):
            some = [each for each in of.types if not isinstance(each, inspect.NoneType)]
            nothing = len(some) < len(of.types) and rng.random() < 0.5
            return None if nothing else self._value(rng.choice(some), name, kind)
        if isinstance(of, inspect.StructType):
            return self._struct(of.cls)
        if isinstance(of, inspect.ListType | inspect.VarTupleType):
            most = of.max_length if of.max_length is not None else 4
            size = max(of.min_length or 0, min(most, rng.choice((0, 1, 1, 2, 3, 17))))
            return [self._value(of.item_type, name, kind) for _ in range(size)]
        if isinstance(of, inspect.DictType):
            return {rng.choice(("a", "note")): "x" * rng.choice((0, 5, 2048)) for _ in range(rng.choice((0, 1, 2)))}
        return _PLAIN[type(of)](self, of, name, kind)

    def _integer(self, of: Any, name: str, _: type) -> int:
        if name == "announcement" and self._told[name]:
            return int(self._rng.choice(self._told[name]))
        least, most = of.ge if of.ge is not None else -(2**53), of.le if of.le is not None else 2**53
        if name.endswith("utc_s"):
            return max(0, self.world.utc_s + self._rng.choice((-86_400, 0, 60, 3_600, 86_400)))
        edge = self._rng.random()
        if edge < 0.2:
            return int(least if edge < 0.1 else most)
        return int(min(most, max(least, self._rng.choice(INTEGERS) * self._rng.random())))

    def _number(self, of: Any, *_: Any) -> float:
        return float(self._rng.choice((of.ge or 0.0, of.le or 5.0, 0.3, 1e-300)))

    def _needs(self, depth: int = 0) -> dict[str, Any]:
        rng, needs = self._rng, dict[str, Any]()
        for word in rng.choices(NEEDED, k=rng.choice((0, 1, 1, 2, 3))):
            if word in SKILLS:
                needs[word] = rng.choice((1, 2, 5, 10))
            elif word == "languages":
                needs[word] = {"de": rng.randint(1, 10)}
            elif word == "attributes":
                needs[word] = {"site": "north"}
            elif word == "team":
                needs[word] = rng.choice(("a", "b", ["a", "b"]))
            elif depth < 2:
                needs[word] = [self._needs(depth + 1) for _ in range(rng.choice((1, 2)))]
        return needs

    # -- names ----------------------------------------------------------------------------------------------------

    def _text(self, _: Any, name: str, kind: type) -> str:
        name = FIELDS.get(name, name)
        if self._rng.random() < 0.05:
            return self._rng.choice(ODD)
        if name == "contact":
            return self._contact(kind)
        return str(self._rng.choice(self._alive(name) or ODD))

    def _contact(self, kind: type) -> str:
        if kind in (ask.Enqueue, ask.AliveContact) and self._rng.random() < 0.8:
            self._brought += 1
            return f"c{self._brought}"
        live = [contact for peer in self.world.peers.values() for contact in peer.contacts.values()]
        fitting = [contact.id for contact in live if contact.state in STATES.get(kind, ())]
        if fitting and self._rng.random() < 0.8:
            return self._rng.choice(fitting)
        return self._rng.choice([contact.id for contact in live] or [f"c{self._brought}"])

    def _alive(self, name: str) -> Sequence[str]:
        """Names of this kind that mean something now."""
        world = self.world
        if name in FIXED:
            return FIXED[name]
        if name in self._told:
            return self._told[name]
        found: dict[str, Callable[[], list[str]]] = {
            "queue": lambda: [queue.name for queue in world.queues.values()],
            "agent": lambda: [agent.name for agent in world.agents.values()],
            "offer": lambda: (
                [offer.id for offer in world.offers.values() if offer.state == "offered"] or [*world.offers]
            ),
            "channel": lambda: [channel.name for channel in world.settings.channels],
            "endpoint": lambda: [f"sip-{number}" for number in range(8)],
            "plan": lambda: [plan.name for plan in world.settings.plans],
            "rule": lambda: [rule.name for rule in world.settings.rules],
            "partner": lambda: [partner.name for partner in world.settings.partners],
            "reason": lambda: [*world.settings.not_ready_reasons],
        }
        return found[name]() if name in found else [agent.name for agent in world.agents.values()]


_PLAIN: dict[type, Callable[[Generated, Any, str, type], Any]] = {
    inspect.NoneType: lambda *_: None,
    inspect.BoolType: lambda drawn, *_: drawn._rng.random() < 0.5,
    inspect.LiteralType: lambda drawn, of, *_: drawn._rng.choice(of.values),
    inspect.IntType: Generated._integer,
    inspect.FloatType: Generated._number,
    inspect.StrType: Generated._text,
    inspect.BytesType: lambda *_: b"x" * 32,
}
