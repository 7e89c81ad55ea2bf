"""What gateways tell of announcements, the keys that customers press, and the wait of one who would join."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from router.core import commands as ask
from router.core import gateways, moves, offers
from router.core.admission import drop_if_empty, refusal
from router.core.announcements import announcements
from router.core.announcements.announcements import heard_of, quote_of
from router.core.announcements.settings import AnnounceRules
from router.core.callbacks.book import CHANNEL
from router.core.effects import EstimateReply, Ok, RefusedEntry, Reply, Treat, Treatment, Wait
from router.core.entities import Contact, Peer
from router.core.estimates.expect import estimate
from router.core.handlers.callbacks import take_callback
from router.core.handlers.contacts import own
from router.core.handlers.entry import would_enter
from router.core.handlers.several import find_queue
from router.core.line import Line
from router.core.places import places, several
from router.core.special import is_test, routed_of
from router.core.talks.consulting import misses_kept
from router.core.world import World
from router.errors import Refused
from router.ewt import Estimate
from router.ewt.policy import decide
from router.terms import SECOND_US

LAST = 2**62
"""Above the number of every place."""
SECOND_MS = 1000


def announced(world: World, peer: Peer, command: ask.Announced) -> Reply:
    """Played or skipped. Late, or said again, it has no effect."""
    contact = peer.contacts.get(command.contact)
    if contact is None:
        if command.contact not in peer.ended:
            raise Refused("unknown_contact", command.contact)
    elif not announcements.acknowledge(world, contact, command.announcement, command.how):
        raise Refused("bad_state", f"announcement {command.announcement}")
    return Ok(command.seq)


# -- keys -------------------------------------------------------------------------------------------------------------


def key(world: World, peer: Peer, command: ask.Key) -> Reply:
    """The customer has pressed a key that was offered: do what it stands for."""
    contact = own(peer, command.contact)
    if contact.state in places.TAKEN:
        raise Refused("gone" if contact.state == "connecting" else "bad_state", contact.state)
    does, _, to = _meaning(world, contact, command.key).partition(":")
    queue = contact.queue
    if does == "callback":
        if command.number is None:
            raise Refused("number_needed")
        reply = take_callback(world, peer, ask.TakeCallback(command.seq, contact.id, command.number))
    elif does == "queue":
        reply = _go_on(world, peer, command, contact, to)
    else:
        if does != "leave":
            world.tell(peer, Treat(contact.id, "key", Treatment(does, to)))  # type: ignore[arg-type]  # one of its words
        gateways.over(world, contact, "left_by_key", "customer", peer)
        reply = Ok(command.seq)
    if not is_test(contact):
        queue.tally.keys_pressed[does] = queue.tally.keys_pressed.get(does, 0) + 1
    return reply


def _meaning(world: World, contact: Contact, pressed: str) -> str:
    """What the key stands for by the last announcement with keys. Raises `Refused`."""
    heard, schedule = heard_of(contact), announcements.home(world, contact).schedule
    if heard is not None and schedule is not None:
        for row in schedule.rows:
            if row.text == heard.keys and pressed in dict(row.keys):
                return dict(row.keys)[pressed]
    raise Refused("unknown_key", pressed)


def _go_on(world: World, peer: Peer, command: ask.Key, contact: Contact, name: str) -> Reply:
    """Into the queue of that name, with the age kept, where it lets the contact in. Raises `Refused`."""
    queue = find_queue(world, peer, name, contact.channel)
    if several.has_place_in(contact, queue):
        return Ok(command.seq)
    routed = routed_of(contact)
    contact_class = routed.contact_class if routed is not None else None
    own_target = world.routing.own_target(contact)
    line = world.line(queue, contact.channel, contact.needs, contact_class, own_target, contact.language)
    why = refusal(world, line, contact.customer, None)
    if why is not None:
        drop_if_empty(world, line)
        raise Refused("queue_closed", f"{name}: {why}")
    for offer in list(contact.offers):
        if offer.state == "offered":
            offers.cancel(world, offer, "moved", back=True)
    contact.missed = misses_kept(contact)
    moves.move(world, contact, line, "key")
    return Ok(command.seq)


# -- the wait of one who would join -----------------------------------------------------------------------------------


def estimated(world: World, peer: Peer, command: ask.Estimate) -> Reply:
    """The wait of a contact that would join now, and how to say it."""
    found = would_enter(world, peer, command)
    if isinstance(found, RefusedEntry):
        return found
    lines, decision = found
    line = lines[0]
    ahead = _ahead(world, line, command.priority_s if decision is None else decision.priority_s)
    known = estimate(world, line, ahead)
    reply = EstimateReply(command.seq, line.queue.name, ahead + 1, "position")
    _say(reply, known, line.queue.settings.announcing)
    rules = line.queue.settings.callback
    reply.callback = bool(rules.numbers) and CHANNEL in line.queue.settings.channels
    for each in lines:
        drop_if_empty(world, each)
    return reply


def _ahead(world: World, line: Line, priority_s: int) -> int:
    """How many would stand before it. The newest first: nobody."""
    if line.newest:
        return 0
    place: Any = (line.time(world.now_us) - priority_s * SECOND_US, LAST)
    ahead = line.order.rank(place) + line.dialling
    return ahead if line.virtual is None else ahead + line.virtual.rank(place)


def _say(reply: EstimateReply, known: Estimate | None, rules: AnnounceRules) -> None:
    """How to tell it: as the first announcement would."""
    if known is None:
        return
    mean_ms, p10_ms, p50_ms, p80_ms, p90_ms = (round(wait_s * SECOND_MS) for wait_s in known[:5])
    reply.wait = Wait(mean_ms, p10_ms, p50_ms, p80_ms, p90_ms, known.confidence)
    policy = rules.policy()
    say = decide(quote_of(known, rules.low_confidence), reply.position, policy.first_after_s, None, policy)
    if say.kind in ("time", "next", "over"):
        reply.kind = say.kind
        reply.minutes = say.bucket if say.kind == "time" else None


HANDLERS: dict[type[ask.Request], Callable[[World, Peer, Any], Reply]] = {
    ask.Announced: announced,
    ask.Key: key,
    ask.Estimate: estimated,
}
