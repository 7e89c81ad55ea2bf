"""What a configuration says in the words of the files, what differs between two, and a name for one.

The one idea: the rows know how each value is written, so a configuration turns back into nested tables of
settings, and comparing two of those compares everything, new settings too.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from router.config.catalogue.actions import ACTIONS, KINDS
from router.config.catalogue.announcements import ANNOUNCE, ANNOUNCING, WHEN
from router.config.catalogue.balance import BALANCE
from router.config.catalogue.calendars import CALENDARS
from router.config.catalogue.callbacks import CALLBACK, TOKENS
from router.config.catalogue.centre import AGENT, AGENTS, CHANNELS, FILES, QUEUE, QUEUES
from router.config.catalogue.direct import DIRECT
from router.config.catalogue.ewt import EWT
from router.config.catalogue.machine import PEERS, SWITCHBOARD
from router.config.catalogue.needs import RELAX
from router.config.catalogue.partners import PARTNERS
from router.config.catalogue.plans import PLAN, WEBHOOKS
from router.config.catalogue.repeats import AGAIN, REPEAT
from router.config.catalogue.routes import REFUSE, ROUTE, ROUTES, SEGMENT, STEER
from router.config.catalogue.rules import RULE, RULES
from router.config.catalogue.tickets import NODE, PATH, TICKETS
from router.config.catalogue.treatments import TREATMENTS, WRAP_UP
from router.config.faults import shown
from router.config.model import Configuration
from router.config.patterns import patterns
from router.config.rows import Section
from router.core.actions import AnyAction
from router.core.layers.plan_settings import Plan
from router.core.routes.settings import Condition, Route, Segment
from router.core.ruling.settings import ActingRule
from router.core.settings import Queue
from router.core.tickets.settings import TicketPath

SECRET = "(secret)"  # noqa: S105 - what is shown instead of one
DIGEST_LENGTH = 16


class Change(Struct, frozen=True):
    """One difference. `added` and `removed` may be a whole queue or agent, with all its settings."""

    kind: Literal["added", "removed", "changed"]
    path: str
    old: Any = None
    new: Any = None
    restart: bool = False
    """It needs a restart to take effect."""

    def __str__(self) -> str:
        """`changed queues.loans.ring_s: 20 -> 25`"""
        if self.kind == "changed":
            text = f"changed {self.path}: {self.old} -> {self.new}"
        else:
            text = f"{self.kind} {self.path}" + ("" if self.kind == "removed" else f": {self.new}")
        return text + (" (needs a restart)" if self.restart else "")


def tables(configuration: Configuration) -> dict[str, Any]:
    """Every setting as the files would say it, defaults too; keys of clients are never in it.

    Queues, agents and clients stand under their names, with `tenant/` before it for tenants other than main.
    """
    settings = configuration.settings
    out: dict[str, Any] = {}
    for file in (SWITCHBOARD, QUEUES, ROUTES, AGENTS, TICKETS, RULES):
        out |= _shown(file, settings)
    for name, section in SWITCHBOARD.sections.items():
        if name not in {"peers", "limits"}:
            out[name] = _shown(section, getattr(configuration, name))
    out["limits"] = _shown(SWITCHBOARD.sections["limits"], settings.limits)
    out["peers"] = {_name(p): _shown(PEERS, p) | {"key": SECRET} for p in configuration.peers}
    out["channels"] = {channel.name: _shown(CHANNELS, channel) for channel in settings.channels}
    out["repeat"] = _shown(REPEAT, settings.repeat)
    out["ewt"] = _shown(EWT, settings.estimates)
    out["calendars"] = {calendar.name: _shown(CALENDARS, calendar) for calendar in settings.calendars}
    out["queues"] = {_name(queue): _queue(queue) for queue in settings.queues}
    out["routes"] = {_name(route): _route(route) for route in settings.routes}
    out["routes_in_order"] = [_name(route) for route in settings.routes]
    out["segments"] = {_name(segment): _segment(segment) for segment in settings.segments}
    out["segments_in_order"] = [_name(segment) for segment in settings.segments]
    out["steers"] = {_name(steer): _shown(STEER, steer) for steer in settings.steers}
    out["steers_in_order"] = [_name(steer) for steer in settings.steers]
    out["blocked"] = settings.blocked
    out["agents"] = {_name(agent): _shown(AGENT, agent) for agent in settings.agents}
    out["rules"] = {
        _name(rule): _shown(RULE, rule) | {"actions": actions_shown(rule.actions)} for rule in settings.rules
    }
    out["paths"] = {_name(path): _path(path) for path in settings.ticket_paths}
    out["webhooks"] = {_name(hook): _shown(WEBHOOKS, hook) | {"key": SECRET} for hook in configuration.webhooks}
    out["partners"] = {_name(partner): _shown(PARTNERS, partner) for partner in settings.partners}
    out["balance"] = {_name(balance): _shown(BALANCE, balance) for balance in settings.balances}
    out["plans"] = {_name(plan): _plan(plan) for plan in settings.plans}
    return out


def _rule(rule: ActingRule) -> dict[str, Any]:
    return _shown(RULE, rule) | {"actions": actions_shown(rule.actions)}


def _plan(plan: Plan) -> dict[str, Any]:
    return _shown(PLAN, plan) | {"actions": actions_shown(plan.actions)}


def actions_shown(actions: tuple[AnyAction, ...]) -> list[dict[str, Any]]:
    """The actions of a plan or a rule as `[[...actions]]` say them."""
    return [
        {"kind": type(action).__struct_config__.tag}
        | {name: _shown(ACTIONS, action)[name] for name in KINDS[str(type(action).__struct_config__.tag)].rows}
        for action in actions
    ]


def _path(path: TicketPath) -> dict[str, Any]:
    out = _shown(PATH, path)
    out["words"] = _shown(PATH.sections["words"], path.words)
    out["end"] = _shown(PATH.sections["end"], path.end)
    out["nodes"] = {node.name: _shown(NODE, node) for node in path.nodes}
    return out


def diff(old: Configuration, new: Configuration) -> list[Change]:
    """What differs, by path. The version's number is no difference; a client's key is, and is not shown."""
    changes = list(_diff((), tables(old), tables(new)))
    keys = {(peer.tenant, peer.name): peer.key for peer in old.peers}
    changes.extend(
        Change("changed", shown(("peers", _name(peer), "key")), SECRET, SECRET)
        for peer in new.peers
        if (peer.tenant, peer.name) in keys and keys[peer.tenant, peer.name] != peer.key
    )
    keys = {(hook.tenant, hook.name): hook.key for hook in old.webhooks}
    changes.extend(
        Change("changed", shown(("webhooks", _name(hook), "key")), SECRET, SECRET)
        for hook in new.webhooks
        if (hook.tenant, hook.name) in keys and keys[hook.tenant, hook.name] != hook.key
    )
    pins = {(route.tenant, route.name): route.pin for route in old.settings.routes}
    changes.extend(
        Change("changed", shown(("routes", _name(route), "pin")), SECRET, SECRET)
        for route in new.settings.routes
        if route.pin and pins.get((route.tenant, route.name), route.pin) not in ("", route.pin)
    )
    return sorted(changes, key=lambda change: change.path)


def digest(configuration: Configuration) -> str:
    """A name for what a configuration says: the same whatever the order of tables and keys, and whatever its
    number.

    Keys of clients and codes of rows are left out: the digest is shown to everybody, and a weak one could be found by
    trying.
    """
    bare = replace(
        configuration,
        settings=replace(
            configuration.settings,
            version=0,
            routes=tuple(replace(route, pin="") for route in configuration.settings.routes),
        ),
        peers=tuple(replace(peer, key=None) for peer in configuration.peers),
        webhooks=tuple(replace(hook, key=None) for hook in configuration.webhooks),
    )
    return sha256(msgspec.msgpack.encode(bare)).hexdigest()[:DIGEST_LENGTH]


def to_bytes(configuration: Configuration) -> bytes:
    """The whole configuration for another process; holds the clients' keys."""
    return msgspec.msgpack.encode(configuration)


def from_bytes(data: bytes) -> Configuration:
    """What `to_bytes` wrote. Raises `ValueError` for anything else."""
    return msgspec.msgpack.decode(data, type=Configuration)


def _shown(section: Section, struct: Any) -> dict[str, Any]:
    rows = (row for row in section.rows.values() if row.name not in {"name", "key"} and hasattr(struct, row.field))
    return {row.name: row.kind.show(getattr(struct, row.field)) for row in rows}


def _queue(queue: Queue) -> dict[str, Any]:
    out = _shown(QUEUE, queue)
    out["wrap_up"] = {channel: _shown(WRAP_UP, wrap_up) for channel, wrap_up in queue.wrap_up}
    out["relax"] = [_shown(RELAX, step) for step in queue.relax]
    out["treatments"] = {reason: _shown(TREATMENTS, treatment) for reason, treatment in queue.treatments}
    out["callback"], out["tokens"] = _shown(CALLBACK, queue.callback), _shown(TOKENS, queue.tokens)
    out["repeat"], out["direct"] = _shown(AGAIN, queue.repeat), _shown(DIRECT, queue.direct)
    out["announcing"] = _shown(ANNOUNCING, queue.announcing)
    out["announce"] = [_shown(ANNOUNCE, row) | {"when": _shown(WHEN, row.when)} for row in queue.announce]
    return out


def _route(route: Route) -> dict[str, Any]:
    out = _shown(ROUTE, route) | _asked(route.conditions)
    if route.pin:
        out["pin"] = SECRET
    if route.refuse is not None and not route.plan:
        out["refuse"] = _shown(REFUSE, route.refuse)
    if route.repeat is not None:
        out["repeat"] = _shown(AGAIN, route.repeat)
    return out


def _segment(segment: Segment) -> dict[str, Any]:
    return _shown(SEGMENT, segment) | _asked(segment.conditions)


def _asked(conditions: tuple[Condition, ...]) -> dict[str, Any]:
    out: dict[str, Any] = {"when": {}, "unless": {}}
    for condition in conditions:
        out["unless" if condition.negated else "when"][condition.attribute] = list(patterns(condition))
    return out


def _name(entity: Any) -> str:
    return entity.name if entity.tenant == "main" else f"{entity.tenant}/{entity.name}"


def _diff(path: tuple[str, ...], old: Any, new: Any) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            place = (*path, key)
            if key not in old:
                yield Change("added", shown(place), None, new[key])
            elif key not in new:
                yield Change("removed", shown(place), old[key], None)
            else:
                yield from _diff(place, old[key], new[key])
    elif old != new:
        yield Change("changed", shown(path), old, new, restart=not _is_hot(path))


def _is_hot(path: tuple[str, ...]) -> bool:
    """Does this setting take effect with a reload? What is inside a setting's own table counts as the
    setting."""
    for file in FILES:
        section: Section = file
        inner = iter(path)
        for part in inner:
            if part in section.rows:
                return section.rows[part].hot
            if part not in section.sections:
                break
            section = section.sections[part]
            if section.many:
                next(inner, None)
    return True
