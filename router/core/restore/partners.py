"""The part of `world.py` that is about partners: what they have done, and who is with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router.core.partners.sent import sent_of
from router.core.partners.settings import PartnerContract

if TYPE_CHECKING:
    from router.core.entities import Contact
    from router.core.world import World


def load(world: World, kinds: dict[str, dict[str, Any]]) -> None:
    """What they have done: also of those without a contract, who may have somebody. Windows of another length begin
    anew, and so do those of queues that are not sent from any more."""
    for record in sorted(kinds["partner"].values(), key=lambda record: (record.tenant, record.name)):
        partner = world.partners.known.get((record.tenant, record.name))
        if partner is None:
            partner = _without_contract(world, record.tenant, record.name)
            partner.contract = PartnerContract(record.name, record.tenant, window_us=record.window_us)
            partner.flows = dict(record.flows)
        if partner.contract.window_us == record.window_us:
            partner.judged = record.judged
            partner.flows = {name: record.flows.get(name, window) for name, window in partner.flows.items()}
        partner.sent, partner.answered, partner.in_target = record.sent, record.answered, record.in_target
        partner.failed, partner.left = record.failed, record.left
        partner.talk_us, partner.cost = record.talk_us, record.cost
        partner.due_number = record.due_number
        world.counter = max(world.counter, record.due_number)
        if record.due_us:
            world.deadlines.set(partner, record.due_us, record.due_number)


def _without_contract(world: World, tenant: str, name: str) -> Any:
    partner = world.partners.find(PartnerContract(name, tenant), world.now_us)
    partner.retired = True
    return partner


def found(world: World, contact: Contact) -> None:
    """A contact that is with a partner, or was being sent there."""
    sent = sent_of(contact)
    assert sent is not None, "who is away has been sent"
    partner = world.partners.known.get((contact.peer.tenant, sent.partner))
    if partner is None:
        partner = _without_contract(world, contact.peer.tenant, sent.partner)
    partner.contacts[contact] = None


def stale(world: World) -> list[tuple[str, str]]:
    """Everybody is there: the records of partners without a contract who have nobody are of no use any more."""
    gone = [partner for partner in world.partners.known.values() if partner.retired and not partner.contacts]
    for partner in gone:
        world.deadlines.cancel(partner)
        del world.partners.known[partner.contract.tenant, partner.contract.name]
    world.partners.stirred.clear()
    return [("partner", partner.key) for partner in gone]
