"""The configuration that a trace needs: its queues, its people, and limits for a clock that runs faster.

It must not know how a trace is played. The one idea: what is written is an ordinary configuration directory, checked
like any other, so that anybody may read and change it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from router.config import check_texts, export_csv
from router.config.machine import Surroundings
from router.core.settings import Agent, Settings
from router.trace import TraceError, profiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from router.trace import Trace

DAY_S: Final = 86_400
RING_S: Final = 3_600
"""A phone may ring for an hour of the centre: at a speed of 600 that is six seconds of a client's."""

_BARE = re.compile(r"[A-Za-z0-9_-]+").fullmatch


def texts(trace: Trace, *, port: int = 7450, admin_port: int | None = 7451, log_level: str = "info") -> dict[str, str]:
    """File -> text. Raises `TraceError` where the trace's names can't be those of a centre."""
    made = {
        "switchboard.toml": _switchboard(port, admin_port, log_level),
        "queues.toml": _queues(trace),
        "agents.toml": '# The people of the trace, one for each set of skills.\ninclude_csv = "agents.csv"\n',
        "agents.csv": _people(trace),
    }
    report = check_texts(made, around=Surroundings(Path("/"), {}, read_keys=False))
    if report.configuration is None:
        first = report.errors[0]
        raise TraceError("no_centre", f"the trace makes no centre: {first}", remedy="rename what is named there")
    return made


def write(directory: Path, made: Mapping[str, str]) -> None:
    """Writes the files. Raises `FileExistsError` rather than touch a configuration, and `OSError`."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in made:
        if (directory / name).exists():
            raise FileExistsError(f"{directory / name} is there already")
    for name, text in made.items():
        (directory / name).write_text(text, encoding="utf-8")


def _switchboard(port: int, admin_port: int | None, log_level: str) -> str:
    admin = "enabled = false" if admin_port is None else f"port = {admin_port}"
    return f"""\
# Made from a trace, to be played: switchboard serve --config THIS --speed N
# What the clients' own machine takes its time for must not count against them: a second is N seconds of the centre.
site = "play"

[daemon]
# Beside these files; with --speed the store in it is a temporary one.
state_directory = "state"

[store]
# A busy disk is no reason to promise what a kill would take back: the ledger counts what was acknowledged.
degrade_after_s = 60

[listen]
port = {port}
trust_loopback = true

[admin]
{admin}

[logs]
level = "{log_level}"
# A line for each contact that ended would be thousands.
contact_lines_per_s = 0

[limits]
gateway_grace_s = {DAY_S}
confirm_s = {RING_S}
ended_kept_s = {DAY_S}
"""


def _queues(trace: Trace) -> str:
    channels: dict[str, set[str]] = {name: set() for name in trace.header.queues}
    for contact in trace.contacts:
        channels.setdefault(contact.queue, set()).add(contact.channel)
    for agent in trace.agents:
        for name in agent.skills:
            channels.setdefault(name, set())
    parts = ["# Every queue of the trace. Wrap-up lasts until the agent says so, as long as the trace has it.\n"]
    parts += [
        f"[channels.{_key(channel)}]\nring_s = {RING_S}\nconnect_s = {RING_S}\n"
        for channel in sorted({"voice"}.union(*channels.values()))
    ]
    for name, own in sorted(channels.items()):
        title = trace.header.queues.get(name, "")
        used = sorted(own) or ["voice"]
        comment = f"# {title}\n" if title.isprintable() and title and title != name else ""
        parts.append(
            f"{comment}[queues.{_key(name)}]\n"
            f"channels = {json.dumps(used)}\n"
            f"needs = {{ {_key(name)} = 1 }}\n"
            "target_s = 20\n"
            "enter_unstaffed = true\n"
            "waiting_max = 1_000_000\n"
            f"announcing = {{ channels = {json.dumps(used)} }}\n"
            'announce = [{ kind = "estimate", text = "wait", at_s = 5, every_s = 60 }]\n'
        )
        for channel in used:
            table = f"queues.{_key(name)}.wrap_up.{_key(channel)}"
            parts.append(f'[{table}]\nmode = "until_ready"\nmost_s = {DAY_S}\n')
    return "\n".join(parts)


def _people(trace: Trace) -> str:
    agents = [Agent(agent.name, skills=tuple(sorted(agent.skills.items()))) for _, agent in profiles(trace)]
    return export_csv(Settings(agents=tuple(agents)))


def _key(name: str) -> str:
    """A key of TOML, quoted where it must be: its basic strings are JSON's."""
    return name if _BARE(name) else json.dumps(name)
