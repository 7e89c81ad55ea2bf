"""What a gateway reports of contacts that were sent to a partner, and what is shown of partners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from router.core import commands as ask
from router.core import visits
from router.core.effects import Ok, PartnersReply, PartnerStatus, Reply
from router.core.entities import Contact, Peer
from router.core.handlers.contacts import own
from router.core.partners import partners
from router.core.partners.partner import Partner, is_open
from router.core.partners.sent import AWAY, Sent, sent_of
from router.core.partners.settings import MILLION
from router.core.world import World
from router.errors import Refused
from router.terms import SECOND_US

PAGE = 500


def _sent(peer: Peer, command: ask.PartnerAnswered | ask.PartnerEnded | ask.PartnerFailed) -> tuple[Contact, Sent]:
    """The contact, if it is still under way as the report says. Raises `Refused`."""
    contact = own(peer, command.contact)
    sent = sent_of(contact)
    if contact.state not in AWAY or sent is None or sent.id != command.send:
        raise Refused("gone", command.send)
    return contact, sent


def answered(world: World, peer: Peer, command: ask.PartnerAnswered) -> Reply:
    """Talk begins."""
    contact, sent = _sent(peer, command)
    if contact.state == "sent":
        partners.answered(world, contact, sent)
    return Ok(command.seq)


def ended(world: World, peer: Peer, command: ask.PartnerEnded) -> Reply:
    """The visit is over."""
    contact, _ = _sent(peer, command)
    if contact.state != "at_partner":
        raise Refused("bad_state", contact.state)
    visits.leave(world, contact, "sent_to_partner", command.by)
    return Ok(command.seq)


def failed(world: World, peer: Peer, command: ask.PartnerFailed) -> Reply:
    """Back to its old place."""
    contact, sent = _sent(peer, command)
    if contact.state != "sent":
        raise Refused("bad_state", contact.state)
    partners.failed(world, contact, sent, None)
    return Ok(command.seq)


def listed(world: World, peer: Peer, command: ask.PartnersAsked) -> Reply:
    """A page of partners."""
    names = sorted(name for tenant, name in world.partners.known if tenant == peer.tenant and name > command.after)
    page = [status(world, world.partners.known[peer.tenant, name]) for name in names[:PAGE]]
    return PartnersReply(command.seq, page, len(names) > PAGE)


def status(world: World, partner: Partner) -> PartnerStatus:
    """One partner, as it is now."""
    contract, at_once, level = partner.contract, len(partner.contacts), partner.level(world.now_us)
    shown = PartnerStatus(
        contract.name, "open", at_once, contract.at_most, round(partner.share(world.now_us), 4), contract.share_most,
        level if level is None else round(level, 4), contract.service_level, partner.sent, partner.answered,
        partner.in_target, partner.failed, partner.left, partner.talk_us // SECOND_US, partner.cost / MILLION,
        contract.currency,
    )  # fmt: skip
    if partner.retired:
        shown.state = "retired"
    elif not is_open(world, partner):
        shown.state = "closed"
    elif at_once >= contract.at_most:
        shown.state = "full"
    return shown


HANDLERS: dict[type[ask.Request], Callable[[World, Peer, Any], Reply]] = {
    ask.PartnerAnswered: answered,
    ask.PartnerEnded: ended,
    ask.PartnerFailed: failed,
    ask.PartnersAsked: listed,
}
