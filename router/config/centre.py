"""From the tables of `queues.toml` to the core's channels and queues, with the checks that need more than one
setting.

Agents are built in `people`; whether anybody can serve a queue is asked in `coverage`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from msgspec import UNSET
from msgspec.structs import replace

from router.config.announcements import with_schedule
from router.config.callbacks import callback_rules, token_rules
from router.config.faults import Findings, dangling, doubled, listed
from router.config.kinds.fields import plain
from router.config.read import Found
from router.core.customers.settings import Again
from router.core.effects import Treatment
from router.core.needs.asked import STEPS_MAX, Step
from router.core.settings import Channel, Queue, Settings, WrapUp
from router.terms import SECOND_US

STANDARD = Queue("any")
"""For the defaults of a target and its class."""

NEEDS_TO = ("message", "queue", "voicemail")
"""Treatments that lead somewhere, so they say where."""


class Centre(NamedTuple):
    """What `queues.toml` says."""

    channels: tuple[Channel, ...]
    queues: tuple[Queue, ...]
    places: dict[tuple[str, str], Found]
    """(tenant, queue) -> its table."""
    contact_skills: tuple[str, ...]
    classes: dict[str, int]
    """Target class -> target (us)."""
    balanced: frozenset[tuple[str, str]] = frozenset()
    """(tenant, queue) of those that are in a balance."""


def centre(found: Found, classes_max: int, findings: Findings) -> Centre:
    """Channels and queues, sorted; every mistake in them is among the findings."""
    channels = _channels(found)
    known = {channel.name for channel in channels}
    classes = {STANDARD.target_class: STANDARD.target_us}
    classes |= {table.key: table.get("target_s") for table in found.tables("target_classes")}
    tables = found.tables("queues")
    names = _names(tables)
    places: dict[tuple[str, str], Found] = {}
    queues = []
    for table in tables:
        queue = _queue(table, known, classes, names, findings)
        key = (queue.tenant, queue.name)
        if key in places:
            doubled(table.where, f"queue {queue.name} of tenant {queue.tenant}", places[key].where, findings)
        else:
            places[key] = table
            queues.append(queue)
    _count_classes(queues, places, classes_max, findings)
    queues.sort(key=lambda queue: (queue.tenant, queue.name))
    skills = found.values.get("contact_skills", ())
    return Centre(channels, tuple(queues), places, skills, classes)


def _channels(found: Found) -> tuple[Channel, ...]:
    channels = {channel.name: channel for channel in Settings().channels}
    for table in sorted(found.tables("channels"), key=lambda table: table.key):
        channels[table.key] = table.fill(channels.get(table.key, Channel(table.key)))
    return tuple(channels.values())


def _names(tables: Iterable[Found]) -> dict[str, set[str]]:
    """Tenant -> names of its queues."""
    names: dict[str, set[str]] = {}
    for table in tables:
        names.setdefault(table.get("tenant"), set()).add(_name(table))
    return names


def _name(table: Found) -> str:
    return str(table.values.get("name", table.key))


def _queue(
    table: Found,
    channels: set[str],
    classes: dict[str, int],
    names: dict[str, set[str]],
    findings: Findings,
) -> Queue:
    name, tenant = _name(table), table.get("tenant")
    queue: Queue = table.fill(Queue(name), "name")
    for index, channel in enumerate(queue.channels):
        if channel not in channels:
            dangling(table.at("channels") / index, "channel", channel, channels, findings)
    target_class, target_us = _target(table, classes, findings)
    wrap_up = [(inner.key, _wrap_up(inner, queue, findings)) for inner in table.tables("wrap_up")]
    treatments = [
        (inner.key, _treatment(inner, queue, names[tenant], findings)) for inner in table.tables("treatments")
    ]
    relax = _relax(table, queue, findings)
    if "wait_most_s" in table.values and 0 < queue.wait_most_us <= target_us:
        findings.warn(
            table.at("wait_most_s"),
            f"is no more than the target of {plain(target_us / SECOND_US)} s, so every wait meets it",
            "make it longer than the target",
        )
    queue = with_schedule(queue, table, names[tenant], findings)
    return replace(
        queue,
        target_class=target_class,
        target_us=target_us,
        wrap_up=tuple(sorted(wrap_up)),
        treatments=tuple(sorted(treatments, key=lambda pair: pair[0])),
        callback=callback_rules(table, queue, findings),
        tokens=token_rules(table, queue),
        relax=relax,
        repeat=again(table.only("repeat"), queue.name, queue.tenant, names[tenant], findings),
        direct=table.only("direct").fill(queue.direct),
    )


def _relax(table: Found, queue: Queue, findings: Findings) -> tuple[Step, ...]:
    """The queue's steps; they must rise, and each must say something."""
    steps: list[Step] = []
    for inner in table.tables("relax"):
        if "after_s" not in inner.values:
            findings.error(inner.where, "says not from which wait on", "add after_s = 30")
            continue
        step: Step = inner.fill(Step(0))
        if step.needs is None and step.also is None and step.language_level is None:
            findings.error(inner.where, "changes nothing", "add needs = {...} or also = {...}")
        if steps and step.after_us <= steps[-1].after_us:
            findings.error(inner.at("after_s"), "does not rise", "put the steps in the order of their waits")
        steps.append(step)
    if len(steps) > STEPS_MAX:
        findings.error(table.at("relax"), f"has {len(steps)} steps", f"use at most {STEPS_MAX}")
    if queue.preferred_for_us and not any(want and want.prefer for want in (queue.needs, *(s.needs for s in steps))):
        what = "has no effect for contacts that prefer nobody themselves: the queue's needs have no prefer"
        findings.warn(table.at("preferred_for_s"), what, "add prefer = {...} to needs")
    return tuple(steps)


def _target(table: Found, classes: dict[str, int], findings: Findings) -> tuple[str, int]:
    """The queue's target class and its target; a target of its own makes a class of its own name."""
    named, target_us = table.values.get("target_class", UNSET), table.values.get("target_s", UNSET)
    if named is not UNSET and target_us is not UNSET:
        findings.error(table.at("target_s"), "stands beside target_class", "give one of the two")
    if named is not UNSET:
        if named not in classes:
            dangling(table.at("target_class"), "target class", named, classes, findings)
        return named, classes.get(named, STANDARD.target_us)
    if target_us is UNSET:
        return STANDARD.target_class, classes[STANDARD.target_class]
    same = [name for name, target in classes.items() if target == target_us]
    return (min(same) if same else f"{plain(target_us / SECOND_US)}s"), target_us


def _count_classes(
    queues: list[Queue], places: dict[tuple[str, str], Found], classes_max: int, findings: Findings
) -> None:
    seen: dict[str, None] = {}
    for queue in queues:
        if queue.target_class in seen:
            continue
        seen[queue.target_class] = None
        if len(seen) > classes_max:
            table = places[queue.tenant, queue.name]
            setting = "target_class" if "target_class" in table.values else "target_s"
            findings.error(
                table.at(setting),
                f"is the {len(seen)}th different target, and there are at most {classes_max}",
                "let queues share targets",
            )


def _wrap_up(table: Found, queue: Queue, findings: Findings) -> WrapUp:
    wrap_up: WrapUp = table.fill(WrapUp())
    if table.key not in queue.channels:
        findings.error(
            table.where,
            f"the queue takes no contacts of channel {table.key}",
            f"use {listed(queue.channels)}",
        )
    if wrap_up.mode == "none":
        for setting in table.values.keys() - {"mode"}:
            findings.error(
                table.at(setting),
                'has no effect while mode is "none"',
                'write mode = "timed" or "until_ready"',
            )
    if wrap_up.mode == "timed" and wrap_up.time_us > wrap_up.most_us:
        setting = "time_s" if "time_s" in table.values else "most_s"
        findings.error(
            table.at(setting),
            f"a time of {plain(wrap_up.time_us / SECOND_US)} s is longer than the most of "
            f"{plain(wrap_up.most_us / SECOND_US)} s",
            "raise most_s or lower time_s",
        )
    return wrap_up


def again(table: Found, queue: str | None, tenant: str, queues: Collection[str], findings: Findings) -> Again:
    """What is done for a customer who comes again and asks for `queue`."""
    rule: Again = table.fill(Again())
    if rule.queue and rule.queue == queue:
        findings.error(table.at("queue"), "is the queue itself", "name the queue of the specialists")
    elif rule.queue and rule.queue not in queues:
        dangling(table.at("queue"), f"queue of tenant {tenant} named", rule.queue, queues, findings)
    return rule


def _treatment(table: Found, queue: Queue, queues: set[str], findings: Findings) -> Treatment:
    treatment: Treatment = table.fill(Treatment())
    if treatment.do in NEEDS_TO and not treatment.to:
        what = "queue" if treatment.do == "queue" else "mailbox" if treatment.do == "voicemail" else "message"
        findings.error(table.where, f'do = "{treatment.do}" says not where', f'add to = "...", the {what}')
    elif treatment.do == "refuse" and treatment.to:
        findings.error(table.at("to"), 'has no effect where do is "refuse"', 'write do = "message", or take it out')
    elif treatment.do == "queue" and treatment.to == queue.name:
        findings.error(table.at("to"), "sends contacts back to the same queue", "name another queue")
    elif treatment.do == "queue" and treatment.to not in queues:
        dangling(table.at("to"), f"queue of tenant {queue.tenant} named", treatment.to, queues, findings)
    return treatment
