"""From the tables of `tickets.toml` to the core's paths, with what only a look at the whole path shows: names that lead
nowhere, ways that go round, and a path without an end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from router.config.catalogue.tickets import PENDING
from router.config.centre import Centre
from router.config.faults import Findings, dangling, doubled, listed
from router.config.people import People
from router.config.read import Found
from router.core.settings import Queue
from router.core.tickets.settings import Node, TicketPath, Words
from router.core.tickets.ticket import END, TICKET


class Around:
    """What a path may name."""

    def __init__(self, centre: Centre, people: People, findings: Findings) -> None:
        self.findings = findings
        self.queues = {(queue.tenant, queue.name): queue for queue in centre.queues}
        self.agents: dict[str, set[str]] = {}
        for agent in people.agents:
            self.agents.setdefault(agent.tenant, set()).add(agent.name)

    def queue(self, tenant: str, name: str) -> Queue | None:
        """The queue of that name."""
        return self.queues.get((tenant, name))


def paths(found: Found, centre: Centre, people: People, findings: Findings) -> tuple[TicketPath, ...]:
    """All paths, sorted; every mistake in them, and in the queues that name them, is among the findings."""
    around = Around(centre, people, findings)
    known: dict[tuple[str, str], TicketPath] = {}
    places: dict[tuple[str, str], Found] = {}
    for table in found.tables("paths"):
        path = _path(table, around)
        key = (path.tenant, path.name)
        if key in places:
            doubled(table.where, f"path {path.name} of tenant {path.tenant}", places[key].where, findings)
            continue
        places[key], known[key] = table, path
    for queue in centre.queues:
        _of_queue(queue, centre.places[queue.tenant, queue.name], known, findings)
    return tuple(known[key] for key in sorted(known))


def _of_queue(queue: Queue, table: Found, known: Mapping[tuple[str, str], TicketPath], findings: Findings) -> None:
    """A queue whose tickets go a path: it is there, begins here, and lets tickets in at night."""
    if not queue.ticket_path:
        return
    where = table.at("ticket_path")
    path = known.get((queue.tenant, queue.ticket_path))
    if path is None:
        names = [name for tenant, name in known if tenant == queue.tenant]
        dangling(where, f"path of tenant {queue.tenant} named", queue.ticket_path, names, findings)
    elif path.first(queue.name) is None:
        findings.error(where, f"no node of the path is worked in queue {queue.name}", "add one, or name another path")
    if TICKET not in queue.channels:
        findings.error(where, "the queue takes no tickets", 'add "ticket" to its channels')
    elif not queue.enter_unstaffed:
        findings.warn(
            where,
            "tickets that come while nobody is signed in are refused",
            "write enter_unstaffed = true",
        )


def _path(table: Found, around: Around) -> TicketPath:
    tenant = table.get("tenant")
    tables = table.tables("nodes")
    names = {inner.key for inner in tables}
    nodes = []
    for inner in tables:
        if inner.key == END:
            around.findings.error(inner.where, f"a node can't be named {END}", "the end is a table [paths.NAME.end]")
            continue
        nodes.append(_node(inner, Node(inner.key, ""), tenant, names, around))
    end_table = table.only("end")
    if not end_table.values:
        around.findings.error(
            table.where, "has no end: an unresolved ticket would never stop", "add [paths.NAME.end] with its owner"
        )
    end = _node(end_table, Node(END, ""), tenant, names, around) if end_table.values else Node(END, "")
    words = table.only("words").fill(Words())
    path: TicketPath = table.fill(
        TicketPath(str(table.values.get("name", table.key)), end, nodes=tuple(nodes), words=words), "name"
    )
    if not nodes:
        around.findings.error(table.where, "has no nodes, so no ticket can begin", "add [paths.NAME.nodes.NODE]")
    _rounds(path, tables, around.findings)
    _unused(path, tables, around)
    return path


def _node(table: Found, base: Node, tenant: str, names: set[str], around: Around) -> Node:
    findings = around.findings
    node: Node = table.fill(base)
    queue = around.queue(tenant, node.queue)
    if not node.queue:
        findings.error(table.where, "says not who works there", 'add queue = "..."')
    elif queue is None:
        known = [name for owner, name in around.queues if owner == tenant]
        dangling(table.at("queue"), f"queue of tenant {tenant} named", node.queue, known, findings)
    elif TICKET not in queue.channels:
        findings.error(table.at("queue"), f"queue {queue.name} takes no tickets", 'add "ticket" to its channels')
    if node.agent and node.agent not in around.agents.get(tenant, ()):
        dangling(
            table.at("agent"), f"agent of tenant {tenant} named", node.agent, around.agents.get(tenant, ()), findings
        )
    for setting, to in (("next", node.next), ("escalate_to", node.escalate_to)):
        if to != END and to not in names:
            dangling(table.at(setting), "node", to, [*names, END], findings)
    for code, to in node.next_by_code:
        if to != END and to not in names:
            dangling(table.at("next_by_code") / code, "node", to, [*names, END], findings)
        if queue is not None and queue.codes and code not in queue.codes:
            dangling(table.at("next_by_code") / code, f"code of queue {queue.name} named", code, queue.codes, findings)
    _times(table, node, findings)
    return node


def _times(table: Found, node: Node, findings: Findings) -> None:
    for word in node.stops_when_pending:
        if word not in PENDING:
            findings.error(table.at("stops_when_pending"), f"names {word}", f"use {listed(PENDING)}")
    if node.warn_before_us and not node.limit_us:
        findings.error(table.at("warn_before_s"), "has no effect without a limit", "add limit_s, or take it out")
    elif node.limit_us and node.warn_before_us >= node.limit_us:
        findings.error(table.at("warn_before_s"), "is not shorter than the limit", "make it shorter than limit_s")


def _rounds(path: TicketPath, tables: Iterable[Found], findings: Findings) -> None:
    """Ways that never come to the end: by `next` and by `escalate_to` that is an error, by codes a warning."""
    places = {table.key: table for table in tables}
    for setting in ("next", "escalate_to"):
        leads = {node.name: (getattr(node, setting),) for node in path.nodes}
        for name in _in_a_round(leads):
            findings.error(
                places[name].at(setting),
                f"goes round and never comes to the end: {_shown_round(leads, name)}",
                f'let one of them lead to "{END}"',
            )
            return
    ways: dict[str, tuple[str, ...]] = {
        node.name: (node.next, *(to for _, to in node.next_by_code)) for node in path.nodes
    }
    for name in _in_a_round(ways)[:1]:
        findings.warn(
            places[name].at("next_by_code"),
            f"leads back to {name}: only hops_max = {path.hops_max} ends it",
            "allowed, if tickets may come back",
        )


def _in_a_round(leads: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Names from which a way leads back to them, in the order of the file."""
    found = []
    for name in leads:
        seen: set[str] = set()
        ahead = list(leads[name])
        while ahead:
            to = ahead.pop()
            if to not in seen:
                seen.add(to)
                ahead += leads.get(to, ())
        if name in seen:
            found.append(name)
    return found


def _shown_round(leads: Mapping[str, tuple[str, ...]], name: str) -> str:
    way, at = [name], leads[name][0]
    while at != name and at not in way:
        way.append(at)
        at = leads[at][0]
    return " -> ".join([*way, at])


def _unused(path: TicketPath, tables: Iterable[Found], around: Around) -> None:
    """Nodes to which nothing leads, told as warnings: no queue begins there and no other node sends there."""
    begins = {node.name for queue in around.queues.values() if (node := path.first(queue.name)) is not None}
    for table in tables:
        led_to = any(
            table.key in (node.next, node.escalate_to, *(to for _, to in node.next_by_code))
            for node in path.nodes
            if node.name != table.key
        )
        if table.key != END and table.key not in begins and not led_to:
            around.findings.warn(table.where, "is a node that no ticket can come to", "let another node lead to it")
