"""What commands show in a terminal: queues, agents, times.

It must not ask anybody. The one idea: a figure that nobody knows yet is a dash, never a zero.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import RenderableType

    from router.cli.asking import Standing
    from router.wire.catalogue import (
        AgentStatus,
        AuditEntry,
        CallbackStatus,
        MissingStatus,
        QueueStatus,
        RuleStatus,
        VersionsReply,
    )


def standing(shown: Standing) -> RenderableType:
    """What `status` shows."""
    whole = shown.whole
    parts: list[RenderableType] = [queues(shown.by_queue)]
    if any(queue.estimates for queue in shown.by_queue):
        parts.append(estimates(shown.by_queue))
    parts.append(by_state(whole.agents))
    if shown.agents is not None:
        parts.append(agents(shown.agents))
    if whole.missing:
        parts.append(missing(whole.missing))
        if whole.missing_more:
            parts.append(Text(f"... and {whole.missing_more} more are missing"))
    line = f"{whole.contacts} contacts live, epoch {whole.epoch}, configuration {whole.version}"
    parts.append(Text(line + (f", {whole.violations} violations" if whole.violations else "")))
    if whole.pending:
        parts.append(Text(f"not in force: {whole.pending}"))
    return Group(*parts)


def queues(of: Iterable[QueueStatus]) -> Table:
    """One line a queue: now, and since the daemon's start. `3+2` wait: two more are counted in another queue that they
    wait in."""
    shown = table(
        "queue",
        "door",
        "waiting",
        "oldest",
        "offered",
        "talking",
        "free",
        "answered",
        "abandoned",
        "level",
        "asa",
        words=2,
    )
    for queue in of:
        shown.add_row(
            queue.queue,
            door(queue),
            f"{queue.waiting}+{queue.beside}" if queue.beside else str(queue.waiting),
            seconds(queue.oldest_wait_ms) if queue.waiting or queue.beside else "-",
            str(queue.offered),
            str(queue.connected),
            f"{queue.free}/{queue.staffed}",
            str(queue.answered),
            str(queue.abandoned),
            share(queue.service_level),
            seconds(queue.asa_ms),
        )
    return shown


def estimates(of: Iterable[QueueStatus]) -> Table:
    """One line a queue and channel: how good its estimated waits are."""
    shown = table("queue", "channel", "judged", "bias", "error", "near", "covered", "kept", words=2)
    for queue in of:
        for judged in queue.estimates:
            shown.add_row(
                queue.queue,
                judged.channel,
                str(judged.judged),
                f"{judged.bias_ms / 1000:+.1f} s",
                share(judged.error),
                share(judged.near),
                share(judged.covered),
                share(judged.promise_kept),
            )
    return shown


def door(queue: QueueStatus) -> str:
    """Open or closed, for how long yet, and what keeps it closed."""
    word = f"closed by {queue.closed_by.replace('_', ' ')}" if queue.closed_by else "open"
    return word if queue.changes_in_ms is None else f"{word}, {seconds(queue.changes_in_ms)} more"


def agents(of: Iterable[AgentStatus]) -> Table:
    """One line an agent."""
    shown = table("agent", "team", "state", "since", "units", "offered", "talking", "wrap-up", words=3)
    for agent in of:
        state = f"{agent.state} ({agent.reason})" if agent.reason else agent.state
        if agent.next_state:
            state += f", then {agent.next_state}"
        if agent.by_hand:
            state += f", by hand: {facts({skill: str(level) for skill, level in agent.by_hand.items()})}"
        units = f"{agent.units}/{agent.capacity}"
        shown.add_row(
            agent.agent, agent.team, state, seconds(agent.since_ms), units,
            str(agent.offered), str(agent.connected), str(agent.wrapping),
        )  # fmt: skip
    return shown


def missing(of: Iterable[MissingStatus]) -> Table:
    """One line an agent who should be at work by the roster."""
    shown = table("missing", "is", "since", "planned for", words=2)
    for each in of:
        why = each.why.replace("_", " ") + (f" ({each.reason})" if each.reason else "")
        shown.add_row(each.agent, why, seconds(each.since_ms), f"{seconds(each.until_ms)} more")
    return shown


def callbacks(of: Iterable[CallbackStatus]) -> Table:
    """One line a call-back."""
    shown = table(
        "call-back", "queue", "number", "is", "waited", "tries", "due in", "until in", "agent", "customer", words=4
    )
    for each in of:
        shown.add_row(
            each.callback, each.queue, each.number, each.phase, seconds(max(0, each.waited_ms)), str(each.tries),
            seconds(each.due_ms) if each.due_ms else "-", seconds(each.until_ms), each.agent or "-",
            each.customer or "-",
        )  # fmt: skip
    return shown


def rules(of: Iterable[RuleStatus]) -> Table:
    """One line a rule; what it reads stands below one another."""
    shown = table("rule", "is", "for", "turns in", "starts", "reads", words=6)
    for each in of:
        reads = [f"{read.what} ({read.value})" for read in each.reads]
        shown.add_row(
            each.rule, f"{each.state}, observes" if each.observe else each.state, seconds(each.since_ms),
            "-" if each.looks_in_ms is None else seconds(each.looks_in_ms), str(each.activations), "\n".join(reads),
        )  # fmt: skip
    return shown


def deeds(of: Iterable[AuditEntry]) -> Table:
    """One line an entry of the audit."""
    shown = table("number", "when", "who", "what", "whom", "before", "after", "why", words=8)
    for entry in of:
        shown.add_row(
            str(entry.number), moment(entry.utc_s), entry.who, entry.what, entry.target, facts(entry.before),
            facts(entry.after), entry.why,
        )  # fmt: skip
    return shown


def versions(known: VersionsReply) -> Table:
    """Kept versions of the configuration, oldest first; the one in force is marked."""
    found = table("version", "when", "how", "who", "why", "digest", words=5)
    for each in known.versions:
        how = f"{each.how} of {each.of}" if each.of else each.how
        mark = "*" if each.version == known.current else ""
        found.add_row(f"{each.version}{mark}", moment(each.utc_s), how, each.who, each.why, each.digest)
    return found


def moment(utc_s: int) -> str:
    """A moment as a local date and time."""
    return datetime.fromtimestamp(utc_s, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def facts(of: Mapping[str, str]) -> str:
    """`name value` pairs, in one line; a dash where there are none."""
    return ", ".join(f"{name} {value}" for name, value in of.items()) or "-"


def by_state(of: Mapping[str, int]) -> Text:
    """Agents by state, in one line."""
    return Text("agents: " + (", ".join(f"{count} {state}" for state, count in sorted(of.items())) or "none"))


def seconds(milliseconds: int | None) -> str:
    """A time as people say it: 7 s, 2:05, 1:00:05; a dash where there is none."""
    if milliseconds is None:
        return "-"
    whole = milliseconds // 1000
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60}:{whole % 60:02}"
    return f"{whole // 3_600}:{whole // 60 % 60:02}:{whole % 60:02}"


def share(of: float | None) -> str:
    """A share in percent; a dash where nothing has been counted."""
    return "-" if of is None else f"{of:.0%}"


def listing(*columns: str) -> Table:
    """A table of words under bold headings."""
    return Table(*columns, box=None, header_style="bold")


def table(*columns: str, words: int = 1) -> Table:
    """A table whose first `words` columns are words, and the others figures."""
    made = Table(box=None, pad_edge=False)
    for number, column in enumerate(columns):
        made.add_column(column, justify="left" if number < words else "right", no_wrap=True)
    return made
