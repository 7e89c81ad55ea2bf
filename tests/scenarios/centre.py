"""The head of a story: the centre that it happens in, written in the words of the configuration.

    queue     sales   needs = { sales = 3 }, target_s = 30      as [queues.sales] of queues.toml
    agent     ann     skills = { sales = 5 }                    as [agents.ann] of agents.toml
    channel   voice   ring_s = 15                               as [channels.voice]
    target    gold    target_s = 10                             as [target_classes.gold]
    balance   shared  queues = ["sales", "support"]             as [balance.shared] of queues.toml
    limits    gateway_grace_s = 30                              as [limits] of switchboard.toml
    route     vip     when.tier = "gold", queue = "sales"       as [routes.vip] of routes.toml; in their order
    segment   north   when.region = "north", tolerance_s = 60   as [segments.north] of routes.toml; in their order
    steer     chat    to = "chat", queue = "chats"              as [steers.chat] of routes.toml; in their order
    blocked   c.13    2026-12-31                                as a line of blocked.csv; for good where nothing follows
    centre    break_resets_idle = false                         as the first lines of queues.toml and agents.toml
    calendar  office  weekdays = ["09:00-18:00"]                as [calendars.office] of calendars.toml
    now       2026-11-20 17:50 Europe/Berlin                    what the wall clock shows when the story begins
    path      repair  hops_max = 3                              as [paths.repair] of tickets.toml
    node      repair.first  queue = "service", limit_s = 60     as [paths.repair.nodes.first]; `repair.end`: its end
    words     repair  waiting = "with {label}"                  as [paths.repair.words]
    plan      storm   rank = 10, lasts_s = 60                   as [plans.storm] of plans.toml
    webhook   duty    url = "https://host.example/duty"         as [webhooks.duty] of plans.toml
    partner   acme    address = "sip:acme", at_most = 2          as [partners.acme] of plans.toml
    action    storm   kind = "close_entry", queues = ["sales"]  as one [[plans.storm.actions]], in their order
    rule      help    when = { queue = "sales", signal = "waiting", above = 3 }     as [rules.help] of rules.toml
    recipe    help                                              what docs/rules.md has under that name, as written
    gateway   gw1     reports_ringing = true                    a gateway, and what it says of itself in hello
    desk      d1      a desk; so is `supervisor`
    endpoint  101     ann on gw1 for voice, chat                a device; for voice where nothing is said
    ready     ann ben at d1                                     signed in and ready; else where their device is
    monitor   all                                               somebody watches: what monitors are told is told too

What follows a name is an inline table of TOML; a line that begins with spaces goes on with the one before. It is read
and checked by the engine's own reader of configurations.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from router.config import Surroundings, check_texts
from router.core.commands import Attach, LogIn, Request, SyncEnd
from router.core.internal import GatewayUp
from router.core.settings import Settings
from tests.scenarios import recipes
from tests.scenarios.language import Unclear

TABLES = {
    "queue": ("queues.toml", "queues"),
    "channel": ("queues.toml", "channels"),
    "target": ("queues.toml", "target_classes"),
    "balance": ("queues.toml", "balance"),
    "agent": ("agents.toml", "agents"),
    "calendar": ("calendars.toml", "calendars"),
    "path": ("tickets.toml", ""),
    "node": ("tickets.toml", ""),
    "words": ("tickets.toml", ""),
    "rule": ("rules.toml", "rules"),
    "route": ("routes.toml", "routes"),
    "segment": ("routes.toml", "segments"),
    "steer": ("routes.toml", "steers"),
    "plan": ("plans.toml", ""),
    "webhook": ("plans.toml", "webhooks"),
    "action": ("plans.toml", ""),
    "partner": ("plans.toml", "partners"),
}
OF_TICKETS = ("reopen_days",)
IN_FILES = (*TABLES, "limits", "blocked", "centre")
OF_AGENTS = ("break_resets_idle", "not_ready_reasons")
"""Settings of the whole centre that stand in agents.toml."""
AROUND = Surroundings(Path("centre"), {})


class Centre(Struct):
    """Settings, clients, and what they say before the story begins."""

    settings: Settings
    peers: dict[str, GatewayUp]
    before: list[tuple[str, Request]]
    """(peer's name, request): its number is given when it is said."""
    monitored: bool = False
    utc_s: int = 0
    """What the wall clock shows; 0: nobody has looked at it."""


def read(lines: list[str]) -> Centre:
    """The centre of a story. Raises `Unclear`."""
    texts: dict[str, list[str]] = {"switchboard.toml": ["[listen]", "trust_loopback = true"]}
    peers: dict[str, GatewayUp] = {}
    homes: dict[str, str] = {}
    attached: list[tuple[str, Request]] = []
    ready: list[tuple[str, str]] = []
    monitored, utc_s = False, 0
    for word, name, rest in _entries(lines):
        if word == "recipe":
            recipes.into(texts, name)
        elif word in IN_FILES:
            _in_file(texts, word, name, rest)
        elif word in ("gateway", "desk", "supervisor"):
            peers[name] = GatewayUp("i1", word, **tomllib.loads(f"hello = {{ {rest} }}")["hello"])  # type: ignore[arg-type]  # a role
        elif word == "monitor":
            monitored = True
        elif word == "endpoint":
            agent, gateway, channels = _device(rest)
            homes.setdefault(agent, gateway)
            attached.append((gateway, Attach(1, name, agent, channels)))
        elif word == "now":
            utc_s = wall_clock(f"{name} {rest}")
        elif word == "ready":
            people, _, at = f"{name} {rest}".partition(" at ")
            ready += [(agent, at.strip()) for agent in people.split()]
        else:
            raise Unclear(f"{word!r} is no part of a centre: {', '.join([*IN_FILES, 'gateway'])} ...")
    signed_in = [(at or homes[agent], LogIn(1, agent, True)) for agent, at in ready]
    synced = [(name, SyncEnd(1)) for name, up in peers.items() if up.role == "gateway"]
    strangers = {peer for peer, _ in [*attached, *signed_in]} - peers.keys()
    if strangers:
        raise Unclear(f"there is no gateway or desk named {', '.join(sorted(strangers))}")
    settings = _checked({name: "\n".join(text) for name, text in texts.items()})
    return Centre(settings, peers, [*synced, *attached, *signed_in], monitored, utc_s)


def _in_file(texts: dict[str, list[str]], word: str, name: str, rest: str) -> None:
    """What stands in a file of the configuration: file -> its lines."""
    if word in TABLES:
        file, table = TABLES[word]
        written = [f'{table}."{name}" = {{ {rest} }}'] if table else _of_path(word, name, rest)
        if file == "plans.toml":
            headers = {"plan": f'[plans."{name}"]', "action": f'[[plans."{name}".actions]]'}
            header = headers.get(word, f'[{table}."{name}"]')
            written = [header, *_settings(rest)]
        texts.setdefault(file, []).extend(written)
    elif word == "limits":
        texts["switchboard.toml"] += ["[limits]", *_settings(f"{name} {rest}")]
    elif word == "blocked":
        if "blocked.csv" not in texts:
            texts.setdefault("routes.toml", []).insert(0, 'blocked_csv = "blocked.csv"')
        texts.setdefault("blocked.csv", ["customer,until"]).append(f"{name},{rest}")
    else:
        for setting in _settings(f"{name} {rest}"):
            file = "agents.toml" if setting.startswith(OF_AGENTS) else "queues.toml"
            file = "tickets.toml" if setting.startswith(OF_TICKETS) else file
            texts.setdefault(file, []).insert(0, setting)


def wall_clock(text: str) -> int:
    """UTC seconds of `2026-11-20 17:50 Europe/Berlin`; of a time that comes twice, the first. Raises `Unclear`."""
    day, time, zone = [*text.split(), "", "", ""][:3]
    try:
        return int(datetime.fromisoformat(f"{day} {time}").replace(tzinfo=ZoneInfo(zone)).timestamp())
    except (ValueError, OSError, LookupError) as wrong:
        raise Unclear("the wall clock is written: 2026-11-20 17:50 Europe/Berlin") from wrong


def changed(lines: list[str], line: str) -> list[str]:
    """The head with `line` in place of the one that begins with the same two words; new where there is none, and
    without it where nothing but `gone` follows them. Raises `Unclear`."""
    said = next(_entries([line]))
    entries = list(_entries(lines))
    known = said[:2] in [entry[:2] for entry in entries]
    if said[2] == "gone":
        if not known:
            raise Unclear(f"there is no {said[0]} {said[1]}")
        return [" ".join(entry) for entry in entries if entry[:2] != said[:2]]
    changed_lines = [line if entry[:2] == said[:2] else " ".join(entry) for entry in entries]
    return changed_lines if known else [*changed_lines, line]


def _entries(lines: list[str]) -> Iterator[tuple[str, str, str]]:
    """(word, name, rest) of each entry; a line that begins with spaces goes on with the one before."""
    joined: list[str] = []
    for line in lines:
        if line.startswith(" ") and joined:
            joined[-1] += " " + line.strip()
        else:
            joined.append(line.strip())
    for entry in joined:
        word, name, rest = [*entry.split(None, 2), "", ""][:3]
        yield word, name, rest


def _of_path(word: str, name: str, rest: str) -> list[str]:
    """The lines of tickets.toml that such an entry stands for."""
    path, _, node = name.partition(".")
    if word == "path":
        return [f'paths."{path}".{setting}' for setting in _settings(rest)]
    if word == "words":
        return [f'paths."{path}".words = {{ {rest} }}']
    place = "end" if node == "end" else f'nodes."{node}"'
    return [f'paths."{path}".{place} = {{ {rest} }}']


def _settings(text: str) -> list[str]:
    """The settings of an inline table, a line each."""
    table: dict[str, Any] = tomllib.loads(f"table = {{ {text} }}")["table"]
    return [f"{name} = {_toml(value)}" for name, value in table.items()]


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_toml(each)}' for name, each in value.items())} }}"
    return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')


def _device(text: str) -> tuple[str, str, tuple[str, ...]]:
    """`ann on gw1 for voice, chat`."""
    who, _, channels = text.partition(" for ")
    words = who.split()
    if len(words) != 3 or words[1] != "on":
        raise Unclear("an endpoint is written: endpoint ADDRESS AGENT on GATEWAY [for CHANNEL, CHANNEL]")
    return words[0], words[2], tuple(channel.strip() for channel in channels.split(",")) if channels else ("voice",)


def _checked(texts: dict[str, str]) -> Settings:
    report = check_texts({"queues.toml": "", "agents.toml": "", **texts}, around=AROUND)
    if report.configuration is None:
        raise Unclear("\n".join(str(fault) for fault in report.faults))
    return report.configuration.settings
