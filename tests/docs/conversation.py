"""The worked conversations of the protocol page, as lines of JSON and as bytes.

Only what the clients say is written down here, with what a reader should notice. What the engine says is
what the real core says to it, with the sample centre's configuration; and `tests/system` plays the same
lines to a running daemon. So the page can't tell a story that does not happen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from router.wire import catalogue as c
from router.wire.codec import encode_frame
from router.wire.session import Timing
from tests.docs.registry import renders
from tests.docs.talk import Talk

Request = Callable[[str], c.Request]
"""A request, made from the id of the last offer."""


class Step(NamedTuple):
    """Something that a client says."""

    who: str
    request: Request
    note: str
    wait_ms: int = 0
    """Time that passes before it."""


def said(message: c.Request) -> Request:
    """A request that names no offer."""
    return lambda offer: message


ONE: tuple[Step, ...] = (
    Step("pbx-1", said(c.SyncEnd(1)), "the list of what is alive: nothing yet. From now on pbx-1 is offered"),
    Step("pbx-1", said(c.Attach(2, endpoint="phone-7", agent="anna")), "a phone serves the agent anna"),
    Step("pbx-1", said(c.LogIn(3, agent="anna", ready=True)), "she signs in, ready"),
    Step(
        "pbx-1",
        said(c.Enqueue(4, contact="call-1", queue="cards", data={"crm": "4711"})),
        "a call wants an agent. `queued`: it is kept, and not lost from here on. Then: ring phone-7",
    ),
    Step("pbx-1", lambda offer: c.Accept(5, offer=offer), "she picks up", 4000),
    Step("pbx-1", said(c.Connected(6, contact="call-1")), "customer and agent are joined", 200),
    Step("pbx-1", said(c.End(7, contact="call-1")), "the customer hangs up: wrap-up begins", 95_000),
    Step(
        "pbx-1",
        said(c.Complete(8, contact="call-1", codes=("lost",), resolved="yes")),
        "wrap-up is over, with the outcome; anna is free",
        12_000,
    ),
)
"""All on one gateway."""

TWO: tuple[Step, ...] = (
    Step("pbx-1", said(c.SyncEnd(1)), "the gateway of the callers"),
    Step("desk-7", said(c.SyncEnd(1)), "the gateway of the agents' phones"),
    Step("desk-7", said(c.Attach(2, endpoint="phone-7", agent="anna")), ""),
    Step("desk-7", said(c.LogIn(3, agent="anna", ready=True)), ""),
    Step("pbx-1", said(c.Enqueue(2, contact="call-1", queue="cards")), "one offer, told to both under one id"),
    Step("desk-7", lambda offer: c.Accept(4, offer=offer), "desk-7 accepts; pbx-1 is told to join them", 4000),
    Step("pbx-1", said(c.Connected(3, contact="call-1")), "pbx-1 has joined them; desk-7 is told", 200),
    Step("pbx-1", said(c.End(4, contact="call-1")), "the customer hangs up; desk-7 is told, wrap-up begins", 95_000),
    Step(
        "desk-7",
        said(c.Complete(5, contact="call-1", gateway="pbx-1", resolved="yes")),
        "the agent's side ends wrap-up",
        12_000,
    ),
)
"""The caller on one gateway, the agent's phone on another."""


SHOWN = "1-7"
"""The offer's id on the page, whichever number the core has counted to."""


class Line(NamedTuple):
    """One line of a conversation."""

    who: str
    to_engine: bool
    message: msgspec.Struct
    note: str = ""


def hellos(steps: tuple[Step, ...]) -> list[c.Hello]:
    """The first message of each client, in the order in which they speak."""
    return [c.Hello(name=name, role="gateway", instance="a1") for name in dict.fromkeys(step.who for step in steps)]


def play(steps: tuple[Step, ...], timing: Timing | None = None) -> list[Line]:
    """The whole conversation, as the engine has it."""
    talk = Talk()
    lines = []
    note = "who I am; `instance` is drawn anew at each start of the program"
    for hello in hellos(steps):
        lines.append(Line(hello.name, True, hello, note))
        note = ""
        told = talk.hello(hello) if timing is None else talk.hello(hello, timing)
        lines += [Line(hello.name, False, message) for message in told]
    offer = ""
    for step in steps:
        talk.now_ms += step.wait_ms
        lines.append(Line(step.who, True, step.request(SHOWN), step.note))
        for who, message in talk.say(step.who, step.request(offer)):
            offer = message.offer if isinstance(message, c.Offer) else offer
            shown = replace(message, offer=SHOWN) if hasattr(message, "offer") else message
            lines.append(Line(who, False, shown))
    return lines


def json_line(message: msgspec.Struct) -> str:
    """A message as one line of JSON."""
    return msgspec.json.encode(message).decode()


def written(lines: list[Line], names: bool) -> str:
    """The lines, `->` before what is sent and `<-` before what comes."""
    block: list[str] = []
    for line in lines:
        name = f"{line.who:6} " if names else ""
        if line.note:
            block += ["", f"# {line.note}"] if block else [f"# {line.note}"]
        block.append(f"{name}{'->' if line.to_engine else '<-'} {json_line(line.message)}")
    return "\n".join(("```text", *block, "```"))


@renders("conversation.one")
def one() -> str:
    """One gateway, as typed into `nc -U`."""
    return written(play(ONE), names=False)


@renders("conversation.two")
def two() -> str:
    """Two gateways, each in a terminal of its own."""
    return written(play(TWO), names=True)


@renders("conversation.bytes")
def as_bytes() -> str:
    """The beginning of the first conversation as frames in hexadecimal."""
    lines = play(ONE, Timing())
    chosen = [*lines[:4], *(line for line in lines if isinstance(line.message, c.Enqueue | c.Queued))]
    block = []
    for line in chosen:
        frame = encode_frame(line.message)  # type: ignore[arg-type]  # every message of the catalogue
        pairs = re.findall("..", frame.hex())
        block.append(f"{'->' if line.to_engine else '<-'} {json_line(line.message)}")
        block += [f"   {' '.join(pairs[start : start + 24])}" for start in range(0, len(pairs), 24)]
    return "\n".join(("```text", *block, "```"))
