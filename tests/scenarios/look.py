"""What is true at a moment of a story: the lines that begin with `?`.

    ? position c1 2 line_length 3 waited 20s     where it stands in its line (0: it does not)
    ? contact c1 waiting queue sales        its state; `ended answered`, or `unknown`
    ? agent ann not_ready missed units 0    state and reason, and what they do
    ? queue sales waiting 2 answered 1      what `status` shows
    ? segment gold answered 3               what `status` shows of it
    ? steer by-chat advised 2 taken 1       what `status` shows of this cell
    ? record c1 answered waited 20s         the record of the visit, the last one unless `c1#1`
    ? leg c1 2 ben served talk 60s          the second leg of the last record of c1 with legs
    ? deed set_agent ann who mia            what was last done by hand, and to whom
    ? callback b1 hold tries 0              an open call-back: later, hold, line, dialling; or none
    ? repaired wrap_up 1                    what stuck in that state and was set free, since the engine's start
    ? ticket t1 first holder ann hops 1     where a ticket is on its path (`nowhere`: it has none), and what it carries
    ? hop t1 1 first ann unresolved         the first stay of it that is over, clock 60s stay 90s
    ? solved t1 ann                         a ticket that may be reopened
    ? value sales boost 2 by "plan storm"   what is in effect on a queue, and by which layer
    ? plan storm active by hand             a plan, and who wants it; `off`
    ? promises sales kept 2 raised 1      waits that were told, and announcements: `time.played 2`
    ? rule help active starts 1             a rule: inactive, pending, active, cooling or paused; why: what it reads
    ? missing ann not_signed_in since 60s   who should be at work by the roster; or `missing nobody`
    ? partner acme open at_once 2 sent 3    a partner: open, closed, full or retired; or none
    ? client gw2 away                       live, not_synced, away, suspended, draining or unknown

They ask the engine's own questions where there is one, and look at the world where there is none.
"""

from __future__ import annotations

from collections.abc import Callable

from router.core import audit
from router.core.callbacks import book as callback_book
from router.core.commands import AliveContact, AliveEndpoint, Callbacks, Position, Sync
from router.core.effects import CallbacksReply, PositionReply
from router.core.entities import Contact, Peer
from router.core.handlers import callbacks, partners, questions
from router.core.handlers.rota import missing_status
from router.core.partners.sent import sent_of
from router.core.places import several
from router.core.ruling import ruling
from router.core.stored import history
from router.core.stored.records import ContactRecord
from router.core.world import World
from router.terms import MILLISECOND_US
from tests.scenarios import look_layers, look_tickets
from tests.scenarios.language import Said, Unclear, said, said_of, words_of


def look(world: World, visits: list[history.Visit], deeds: list[audit.Deed], line: str) -> Said:
    """What a line asks about, as it is."""
    words = words_of(line)
    what, name = [*words, "", ""][:2]
    if what in OF_THE_WORLD:
        return OF_THE_WORLD[what](world, name)
    if what == "record":
        return _record(visits, name)
    if what == "leg":
        return _leg(visits, name, words[2])
    if what == "deed":
        return said(deeds[-1], "deed {what} {target}") if deeds else Said(("deed", "none"), {})
    if what in look_layers.WORDS:
        return look_layers.WORDS[what](world, words)
    if what in look_tickets.WORDS:
        return look_tickets.look(world, _contact(world, name), words)
    known = ", ".join([*OF_THE_WORLD, *look_tickets.WORDS, *look_layers.WORDS, "record", "leg", "deed"])
    raise Unclear(f"{what!r} can't be asked: {known}")


def _position(world: World, name: str) -> Said:
    contact = _contact(world, name)
    if contact is None:
        return Said(("position", name, "unknown"), {})
    reply = questions.position(world, contact.peer, Position(1, name))
    assert isinstance(reply, PositionReply)
    return said(reply, "position {contact} {position}")


def _queue(world: World, name: str) -> Said:
    return said(questions.queue_status(world, world.queues["main", name]), "queue {queue}")


def _segment(world: World, name: str) -> Said:
    return said(questions.segment_status(world, ("main", name)), "segment {segment}")


def _steer(world: World, name: str) -> Said:
    return said(questions.steer_status(world, "main", name), "steer {steer}")


def _repaired(world: World, name: str) -> Said:
    return Said(("repaired", name, str(world.tally.repaired.get(name, 0))), {})


def _contact(world: World, name: str) -> Contact | None:
    return next((peer.contacts[name] for peer in world.peers.values() if name in peer.contacts), None)


def _contact_said(world: World, name: str) -> Said:
    contact = _contact(world, name)
    if contact is None:
        ended = [peer.ended[name].outcome for peer in world.peers.values() if name in peer.ended]
        return Said(("contact", name, *(("ended", ended[0]) if ended else ("unknown",))), {})
    waited_us = contact.waited_us or world.now_us - contact.entered_us
    values = {field: getattr(contact, field) for field in ContactRecord.__struct_fields__ if field != "schema"}
    shown = {
        "queue": contact.queue.name, "waited_ms": waited_us // MILLISECOND_US,
        "agents": [offer.agent.name for offer in contact.offers], "peer": contact.peer.name,
        "offers": len(contact.offers), "legs": len(contact.legs), "extra": None, "queues": several.queues(contact),
    }  # fmt: skip
    return said_of(values | shown, "contact {id} {state}")


def _agent_said(world: World, name: str) -> Said:
    agent = world.agent("main", name)
    status = questions.agent_status(world, agent)
    head = "agent {agent} {state}" + (" {reason}" if agent.state == "not_ready" else "")
    session = agent.session.partition("/")[2] if agent.state != "offline" else ""
    return said(status, head, session=session, next=agent.next_state)


def _record(visits: list[history.Visit], name: str) -> Said:
    contact, _, nth = name.partition("#")
    found = [visit for visit in visits if visit.contact == contact]
    if not found:
        return Said(("record", name, "none"), {})
    visit = found[int(nth) - 1 if nth else -1]
    return said(visit, f"record {name} {{outcome}}", legs=len(visit.legs))


def _leg(visits: list[history.Visit], name: str, nth: str) -> Said:
    found = [visit for visit in visits if visit.contact == name and visit.legs]
    if not found or len(found[-1].legs) < int(nth):
        return Said(("leg", name, nth, "none"), {})
    return said(found[-1].legs[int(nth) - 1], f"leg {name} {nth} {{agent}} {{how}}")


def _callback(world: World, name: str) -> Said:
    reply = callbacks.listed(world, Peer("main/boss", "main", "boss", 0), Callbacks(1, numbers=True))
    assert isinstance(reply, CallbacksReply)
    for status in reply.callbacks:
        if status.callback == name:
            return said(status, "callback {callback} {phase}")
    return Said(("callback", name, "none"), {})


def _promises(world: World, name: str) -> Said:
    tally = world.queues["main", name].tally
    told = {f"{kind}.{outcome}": count for (kind, outcome), count in tally.announced.items()}
    counts = {**tally.promises, "raised": tally.raised, **told}
    return Said(("promises", name), {what: str(count) for what, count in counts.items()})


def _client(world: World, name: str) -> Said:
    return Said(("client", name, _client_state(world.peers.get(f"main/{name}"))), {})


def _rule(world: World, name: str) -> Said:
    state = world.ruling.rules.get(f"main/{name}")
    if state is None:
        return Said(("rule", name, "none"), {})
    paused = ruling.is_paused(world, state)
    details = {"starts": str(state.activations), "why": ruling.values(world, state)}
    return Said(("rule", name, "paused" if paused else state.life.state), details)


def _missing(world: World, name: str) -> Said:
    found, more = missing_status(world, "main")
    if name == "nobody":
        return Said(("missing", ",".join(each.agent for each in found) or "nobody"), {})
    for each in found:
        if each.agent == name:
            return said(each, "missing {agent} {why}", of=len(found) + more)
    return Said(("missing", name, "no"), {})


def _client_state(peer: Peer | None) -> str:
    if peer is None:
        return "unknown"
    if not peer.live:
        return "away"
    if not peer.synced:
        return "not_synced"
    return "suspended" if peer.suspended_until_us else "draining" if peer.draining else "live"


def all_alive(peer: Peer) -> Sync:
    """The list of a gateway that still has all that the engine knows of it, and has seen nothing else."""
    contacts = []
    for contact in peer.contacts.values():
        talking = [offer.agent.name for offer in contact.offers if offer.state == "connected"]
        is_callback = contact.extra is not None and callback_book.is_at_rest(contact)
        if contact.state != "wrapping" and not is_callback:
            alive = AliveContact(contact.id, contact.queue.name, contact.channel, talks_to=next(iter(talking), None))
            alive.queues = several.queues(contact) or None
            alive.dialling = callback_book.of(contact) is not None
            sent = sent_of(contact)
            alive.partner = sent.partner if sent is not None and contact.state == "at_partner" else None
            contacts.append(alive)
    endpoints = [
        AliveEndpoint(endpoint.address, endpoint.agent.name, endpoint.channels) for endpoint in peer.endpoints.values()
    ]
    return Sync(1, tuple(contacts), tuple(endpoints))


def _partner(world: World, name: str) -> Said:
    partner = world.partners.known.get(("main", name))
    if partner is None:
        return Said(("partner", name, "none"), {})
    return said(partners.status(world, partner), "partner {partner} {state}")


OF_THE_WORLD: dict[str, Callable[[World, str], Said]] = {
    "position": _position,
    "contact": _contact_said,
    "agent": _agent_said,
    "queue": _queue,
    "segment": _segment,
    "steer": _steer,
    "callback": _callback,
    "promises": _promises,
    "repaired": _repaired,
    "client": _client,
    "partner": _partner,
    "rule": _rule,
    "missing": _missing,
}
"""What can be asked of something by its name."""
