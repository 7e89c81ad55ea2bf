"""The words of the stories: lines to commands, and effects to lines.

Both are read off the messages' own types, so a new field needs no new word here. Durations are written with their unit
(`20s`), an offer by the contact it is about (`c1`, or `c1#2` for its second offer), lists with commas, tables as
`name=value`. It knows nothing of the engine.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from router.core import commands as ask
from router.core import effects as told
from router.terms import MILLISECOND_US, SECOND_US
from tests.scenarios import rosters

TIME = re.compile(r"(?:(\d+):)?(\d+):(\d\d)(?:\.(\d{1,6}))?")
"""Hours, minutes, seconds, parts of a second; the hours may be left out."""


class Unclear(ValueError):
    """A line that can't be understood; the message says what would be."""


class Said(Struct, frozen=True):
    """Something in words: what must be there, and what may be added as `name value`."""

    head: tuple[str, ...]
    details: Mapping[str, str]
    who: str = ""

    def __str__(self) -> str:
        shown = [f"{name} {value}" for name, value in self.details.items() if value not in ("none", "0", "no", "0s")]
        return " ".join([*([self.who] if self.who else []), *self.head, *shown])

    def is_told_by(self, line: str) -> bool:
        """Does `line` say this? It must have all of the head, and of the details those that it likes."""
        words = words_of(line)
        if self.who and (not words or words.pop(0) != self.who):
            return False
        most = len(self.head)
        if tuple(words[:most]) != self.head:
            return False
        return all(self.details.get(name) == value for name, value in pairs(words[most:]))


def words_of(line: str) -> list[str]:
    """A line as words; what stands in quotes is one."""
    try:
        return shlex.split(line)
    except ValueError as wrong:
        raise Unclear(str(wrong)) from wrong


def pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    """`name value` after `name value`."""
    for at in range(0, len(words), 2):
        yield words[at], words[at + 1] if at + 1 < len(words) else ""


# -- values ---------------------------------------------------------------------------------------------------------


def time_us(word: str) -> int | None:
    """`0:20.5` in microseconds, None where the word is no time."""
    found = TIME.fullmatch(word)
    if found is None:
        return None
    hours, minutes, seconds, part = found.groups("0")
    return (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * SECOND_US + int(part.ljust(6, "0"))


def clock(us: int) -> str:
    """The time of a story, as it is written there."""
    minutes, rest = divmod(us, 60 * SECOND_US)
    seconds, part = divmod(rest, SECOND_US)
    return f"{minutes}:{seconds:02}.{f'{part:06}'.rstrip('0') or '0'}"


def duration(us: int) -> str:
    """`20s`, `1.5s`."""
    return f"{us / SECOND_US:.6f}".rstrip("0").rstrip(".") + "s"


def shown(name: str, value: Any) -> tuple[str, str]:
    """A field in words: its name without its unit, and its value."""
    if isinstance(value, told.Treatment):
        return name, f"{value.do}:{value.to}" if value.to else value.do
    if name == "clashes":
        return name, ",".join(f"{each.target} {each.what}: {each.winner} over {each.loser}" for each in value) or "none"
    if name == "reads":
        return name, "; ".join(f"{each.what} is {each.value}" for each in value) or "none"
    if isinstance(value, told.PlaceIn):
        return name, f"{value.queue}:{value.position}/{value.line_length}"
    if isinstance(value, told.SteerTo):
        return name, f"{value.steer}:{value.to}:{duration(value.gain_ms * MILLISECOND_US)}"
    if isinstance(value, told.Wait):
        return name, duration(value.mean_ms * MILLISECOND_US)
    for unit, us in (("_ms", MILLISECOND_US), ("_s", SECOND_US)):
        if name.endswith(unit) and isinstance(value, int):
            return name.removesuffix(unit), duration(value * us)
    if isinstance(value, bool):
        return name, "yes" if value else "no"
    if isinstance(value, dict):
        return name, ",".join(f"{key}={each}" for key, each in sorted(value.items())) or "none"
    if isinstance(value, list | tuple):
        return name, ",".join(shown(name, each)[1] for each in value) or "none"
    return name.removesuffix("_ms").removesuffix("_s"), "none" if value in (None, "") else str(value)


def _read(field: str, word: str) -> Any:
    """A value for a field of a command, from its word."""
    for unit, us in (("_ms", MILLISECOND_US), ("_s", SECOND_US)):
        if field.endswith(unit):
            if not re.fullmatch(r"\d+(\.\d+)?s", word):
                raise Unclear(f"{field.removesuffix(unit)} is a duration like 20s, not {word!r}")
            return round(float(word[:-1]) * SECOND_US) // us
    if field == "days":
        try:
            return rosters.days_of(word)
        except ValueError as wrong:
            raise Unclear(str(wrong)) from wrong
    if field == "skills":
        table = dict(each.partition("=")[::2] for each in word.split(",") if each != "none")
        return {key: None if value == "back" else int(value) for key, value in table.items()}
    if word == "anyone" and field == "agent":
        return None
    if field == "relax" or (field == "needs" and word.startswith("{")):
        return _toml(word)
    if field in ("needs", "data"):
        table = dict(each.partition("=")[::2] for each in word.split(","))
        return {key: int(value) for key, value in table.items()} if field == "needs" else table
    if field in ("channels", "codes", "contacts", "queues"):
        return tuple(word.split(","))
    return int(word) if field in ("units", "announcement") else word


def _toml(word: str) -> Any:
    """A needs table or steps, in the words of the configuration: `{ any = [{ german = 3 }, { english = 5 }] }`."""
    try:
        value = tomllib.loads(f"value = {word}")["value"]
    except tomllib.TOMLDecodeError as wrong:
        raise Unclear(f"{word!r} is no value: {wrong}") from wrong
    for step in value if isinstance(value, list) else []:
        step["after_ms"] = round(step.pop("after_s") * 1000)
    return value


# -- commands ---------------------------------------------------------------------------------------------------------

POSITIONAL = {
    "enqueue": ("contact", "queue"), "probe": ("queue",), "hold": ("contact",), "resume": ("contact",),
    "update": ("contact",), "transfer": ("contact", "queue"), "end": ("contact",), "connected": ("contact",),
    "connect_failed": ("contact", "fault"), "ringing": ("offer",), "accept": ("offer",), "reject": ("offer",),
    "complete": ("contact",), "park": ("contact",), "unpark": ("contact",), "activity": ("contact", "from"),
    "switch_channel": ("contact", "channel"), "alive": (),
    "pick": ("agent",), "extend_wrap_up": ("contact", "by"),
    "log_in": ("agent",), "log_out": ("agent",),
    "ready": ("agent",), "not_ready": ("agent", "reason"), "attach": ("endpoint", "agent"), "detach": ("endpoint",),
    "occupy": ("endpoint", "kind"), "release": ("endpoint",), "drain": ("on",), "sync_end": (),
    "open_ticket": ("contact",), "close_ticket": ("contact",), "pend": ("contact", "pending_for"),
    "reopen": ("contact", "ticket"), "track": ("contact",), "tickets": (),
    "steer": ("contact",), "steered": ("steer",),
    "position": ("contact",), "status": (), "agents": (), "who": (),
    "set_agent": ("agent", "to"), "set_skills": ("agent", "skills"), "move_contact": ("contact", "queue"),
    "set_priority": ("contact", "priority"), "assign_contact": ("contact", "agent"), "pull_contact": ("contact",),
    "end_contact": ("contact",), "close_queue": ("queue",), "open_queue": ("queue",),
    "start_plan": ("plan",), "stop_plan": ("plan",), "plans": (), "layers": (),
    "pause_layers": (), "resume_layers": (), "rules": (), "pause_rules": ("rule",), "resume_rules": ("rule",),
    "consult": ("contact", "consult"), "cancel_consult": ("contact",), "complete_consult": ("contact",),
    "conference": ("contact",), "listen_contact": ("contact", "endpoint"), "leave": ("contact", "agent"),
    "take_callback": ("contact", "number"), "announced": ("contact", "announcement", "how"),
    "key": ("contact", "key"), "estimate": ("queue",),
    "schedule_callback": ("queue", "number"), "dialled": ("contact", "result"), "take_place": ("contact",),
    "cancel_callback": ("callback",), "callbacks": (), "roster": ("days",), "rosters": (), "partners": (),
    "partner_answered": ("contact", "send"), "partner_ended": ("contact", "send"),
    "partner_failed": ("contact", "send"),
}  # fmt: skip
"""What follows a command without its name; everything else follows as `name value`, or `name` alone for a yes."""

BY_HAND = {"who": "mia", "why": "by hand"}
"""Who does what a supervisor does, and why, where a line does not say."""

REQUESTS = {str(request.__struct_config__.tag): request for request in ask.WIRE_REQUESTS}


def command(words: list[str], seq: int, offer_id: Callable[[str], str]) -> ask.Request:
    """The request that these words make. `offer_id` finds an offer by its contact."""
    name = words[0]
    if name == "sync":
        return _sync(words[1:], seq)
    if name not in POSITIONAL:
        raise Unclear(f"nobody can say {name!r}; there are {', '.join(sorted([*POSITIONAL, 'sync']))}")
    given = _fields(REQUESTS[name], POSITIONAL[name], words[1:])
    if issubclass(REQUESTS[name], ask.Hand):
        given = BY_HAND | given
    if "offer" in given:
        given["offer"] = offer_id(given["offer"])
    if name == "drain":
        given["on"] = given["on"] == "on"
    request: ask.Request = _built(REQUESTS[name], {"seq": seq, **given})
    return request


def _fields(kind: type[Struct], positional: tuple[str, ...], words: list[str]) -> dict[str, Any]:
    """The fields that the words give, by name."""
    names = {re.sub(r"_m?s$", "", field): field for field in kind.__struct_encode_fields__}
    flags = {field.name for field in fields(kind) if field.type is bool}
    may_lack = {field.name for field in fields(kind) if field.default is None}
    for place, name in enumerate(positional):
        # What may be left out is there if no other field's name stands in its place.
        if names[name] in may_lack and (len(words) <= place or words[place] in names):
            positional = positional[:place]
            break
    if len(words) < len(positional):
        raise Unclear(f"it needs {' and '.join(positional)}")
    given = {names[name]: _read(names[name], word) for name, word in zip(positional, words, strict=False)}
    rest = words[len(positional) :]
    while rest:
        name = rest.pop(0)
        if name not in names or name == "seq":
            raise Unclear(f"{name!r} is none of its fields: {', '.join(sorted(names.keys() - {'seq'}))}")
        if name in flags:
            given[name] = True
        elif rest:
            given[names[name]] = _read(names[name], rest.pop(0))
        else:
            raise Unclear(f"{name} needs a value")
    return given


def _built(kind: type[Any], given: dict[str, Any]) -> Any:
    """The message, checked as one that came over the wire is."""
    tag = kind.__struct_config__.tag
    try:
        return msgspec.convert(given | ({"t": tag} if tag else {}), kind)
    except msgspec.ValidationError as wrong:
        raise Unclear(str(wrong)) from wrong


def _sync(words: list[str], seq: int) -> ask.Request:
    """`sync c1 sales waited 20s ; endpoint 101 ann`: contacts and endpoints that are alive."""
    contacts: list[Any] = []
    endpoints: list[Any] = []
    for part in " ".join(shlex.quote(word) for word in words).replace("';'", ";").split(" ; "):
        entry = words_of(part)
        if entry[:1] == ["endpoint"]:
            endpoints.append(_built(ask.AliveEndpoint, _fields(ask.AliveEndpoint, ("endpoint", "agent"), entry[1:])))
        elif entry:
            contacts.append(_built(ask.AliveContact, _fields(ask.AliveContact, ("contact", "queue"), entry)))
    return ask.Sync(seq, tuple(contacts), tuple(endpoints))


# -- effects ----------------------------------------------------------------------------------------------------------

HEADS: dict[type[Struct], str] = {
    told.Ok: "ok",
    told.Already: "already",
    told.Error: "error {code}",
    told.Busy: "busy",
    told.Queued: "queued {contact}",
    told.RefusedEntry: "refused {why}",
    told.Probed: "probed",
    told.Picked: "picked {contact}",
    told.PositionReply: "position {contact} {position}",
    told.StatusReply: "status",
    told.AgentsReply: "agents",
    told.Steering: "steering {contact}",
    told.Synced: "synced",
    told.Offer: "offer {contact} to {agent} at {endpoint}",
    told.OfferCancelled: "offer_cancelled {contact} {reason}",
    told.Accepted: "accepted {contact} by {agent} at {endpoint}",
    told.ConnectedEvent: "connected {contact} with {agent}",
    told.TalkOver: "talk_over {contact} with {agent}",
    told.ParkedEvent: "parked {contact} with {agent}",
    told.Confirm: "confirm",
    told.AgentState: "agent_state {agent} {state}",
    told.Displaced: "displaced {agent} by {by}",
    told.Announce: "announce {contact} {kind} {text}",
    told.EstimateReply: "estimate {queue} {position} {kind}",
    told.Treat: "treat {contact} {why}",
    told.Moved: "moved {contact} {queue}",
    told.PlaceGone: "place_gone {contact} {queue}",
    told.Ended: "ended {contact}",
    told.Listen: "listen {contact} at {endpoint}",
    told.ConsultOver: "consult_over {contact} {consult}",
    told.Suspended: "suspended",
    told.CallbackTaken: "callback_taken {callback}",
    told.CallbacksReply: "callbacks",
    told.CallbackStatus: "callback {callback} {phase}",
    told.Dial: "dial {contact} {number}",
    told.DialCancelled: "dial_cancelled {contact} {why}",
    told.Send: "send {contact} to {partner} {send}",
    told.SendOver: "send_over {contact} {send} {why}",
    told.PartnersReply: "partners",
    told.PartnerStatus: "partner {partner} {state}",
    told.LetGo: "let_go {contact} {outcome}",
    told.AgentEvent: "agent_event {agent} {state}",
    told.ContactEvent: "contact_event {contact} {state}",
    told.ContactState: "state {contact} {state}",
    told.OfferState: "state {contact} to {agent} {state}",
    told.TicketEvent: "ticket {contact} {news}",
    told.TrackReply: "track {ticket} {state}",
    told.QueueAnnouncement: "queue_announcement {queue}",
    told.Advice: "advice {contact}",
    told.NoticeOut: "notice {webhook}",
    told.PlanStarted: "plan_started {plan}",
    told.PlanStopped: "plan_stopped {plan}",
    told.PlansReply: "plans",
    told.RulesReply: "rules",
    told.RuleStatus: "rule {rule} {state}",
    told.RuleReads: "reads {what}",
    told.PlanStatus: "plan {plan}",
    told.LayersReply: "layers",
    told.RosterReply: "roster {days}",
    told.LayerStatus: "layer {source} {name} {target} {what} {state}",
    told.Clash: "clash {target} {what}",
    told.PlanEvent: "plan_event {plan} {news}",
    told.TicketStatus: "tickets {contact} {state}",
}
"""What every line about such an effect says; its other fields may follow."""

DONE: tuple[type[told.Reply], ...] = (told.Ok, told.Queued, told.Synced)
"""Replies that need not be told."""


def said(struct: Struct, head: str, who: str = "", **more: Any) -> Said:
    """A struct in words, with `more` beside its own fields."""
    return said_of({field: getattr(struct, field) for field in struct.__struct_fields__} | more, head, who)


def said_of(values: dict[str, Any], head: str, who: str = "") -> Said:
    """These values in words: those that `head` names, and then the others."""
    used = set(re.findall(r"{(\w+)}", head))
    details = dict(shown(name, value) for name, value in values.items() if name not in used | {"re"})
    return Said(tuple(head.format(**values).split()), details, who)


def effect(peer: str, message: told.Message, offer_name: Callable[[str], str]) -> list[Said]:
    """An effect in words: one line, or for a `state` one an entry. `offer_name` names an offer by its contact."""
    who = peer.partition("/")[2].lstrip("*")
    if isinstance(message, told.State):
        entries: list[Struct] = [*message.contacts, *message.offers]
        return [_one(who, entry, offer_name) for entry in entries]
    if isinstance(message, told.CallbacksReply):
        return [_one(who, entry, offer_name) for entry in message.callbacks]
    if isinstance(message, told.PlansReply | told.LayersReply):
        entries = [*(message.plans if isinstance(message, told.PlansReply) else message.layers)]
        return [_one(who, entry, offer_name) for entry in entries] or [said(message, HEADS[type(message)], who)]
    if isinstance(message, told.RulesReply):
        return [_one(who, entry, offer_name) for entry in message.rules]
    if isinstance(message, told.RostersReply):
        return [Said(rosters.day_words(day), {}, who) for day in message.days] or [Said(("rosters", "none"), {}, who)]
    if isinstance(message, told.WhoReply):
        return [
            said(entry, "could {agent}" if entry.takes else "not {agent} {why_not}", who) for entry in message.agents
        ]
    if isinstance(message, told.TicketsReply):
        listed = [_one(who, entry, offer_name) for entry in message.tickets]
        return listed or [Said(("tickets", "none"), {}, who)]
    return [_one(who, message, offer_name)]


def _one(who: str, message: Struct, offer_name: Callable[[str], str]) -> Said:
    offer = getattr(message, "offer", None)
    more = {"offer": offer_name(offer)} if isinstance(offer, str) else {}
    return said(message, HEADS[type(message)], who, **more)
