"""Partners at run time: what each has now, what it has done within its window, and what its contract leaves room for.

    share in force = share_most x min(1, max(probe_share, achieved / service_level))

`achieved` is the part of those sent to it within the window that it answered within `target_s`; who came back, and who
left after more than that time, counts as missed. Before `JUDGED_LEAST` were judged it is unknown, and the share is
whole: one late answer is no reason to take a contract's traffic away. So a partner that falls short gets less in
proportion, and never less than its probe.

Values only, so that the world can hold them; `partners.py` sends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import field

from router.core.actions.send_to_partner import SendToPartner
from router.core.callbacks.book import of as callback_of
from router.core.doors.hours import due_us
from router.core.entity import Entity
from router.core.partners.sent import AWAY, sent_of
from router.core.special import is_test
from router.core.talks.consulting import is_consult
from router.core.tickets.ticket import TICKET
from router.rules.window import Ring, ring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from router.core import settings as of
    from router.core.entities import Contact
    from router.core.partners.settings import PartnerContract
    from router.core.queue import Queue
    from router.core.world import World

ARRIVED, SENT = range(2)
"""Rows of the window of a queue with a partner."""
IN_TARGET, JUDGED = range(2)
"""Rows of a partner's own window."""
JUDGED_LEAST = 10
"""Fewer within the window say nothing: with 10, a partner that keeps 80 % looks like one of 50 % once in a hundred."""
ROUNDING = 1e-9
"""0.29 x 100 is a little less than 29."""


class Partner(Entity, eq=False, gc=False):
    """Somebody outside with a contract."""

    contract: PartnerContract
    judged: Ring
    flows: dict[str, Ring] = field(default_factory=dict)
    """Queue -> what came into it, and what of that was sent here."""
    sent: int = 0
    """This and all that follows: since it has been known."""
    answered: int = 0
    in_target: int = 0
    failed: int = 0
    """Came back: not taken, or not answered."""
    left: int = 0
    """The customer left before it was answered there."""
    talk_us: int = 0
    cost: int = 0
    """In millionths."""
    due_us: int = 0
    """Somebody could go, and its share does not let them: looked at again then."""
    due_number: int = 0
    # run-time
    contacts: dict[Contact, None] = field(default_factory=dict)
    """What it has now, or is asked to take."""
    retired: bool = False
    """No contract any more: it keeps what it has."""

    @property
    def key(self) -> str:
        """tenant/name."""
        return self.contract.key

    def level(self, now_us: int) -> float | None:
        """Its own service level within the window; None: unknown."""
        in_target, judged = self.judged.sums(now_us)
        return in_target / judged if judged >= JUDGED_LEAST else None

    def share(self, now_us: int) -> float:
        """Its share in force."""
        contract, level = self.contract, self.level(now_us)
        if level is None:
            return contract.share_most
        return contract.share_most * min(1.0, max(contract.probe_share, level / contract.service_level))

    def lacks(self, now_us: int, queue: str, share: float) -> str:
        """Why it takes nobody of the queue now, of which the action gives it `share`: `full` or `share`; empty: it
        does. Its hours are another matter."""
        if len(self.contacts) >= self.contract.at_most:
            return "full"
        share = min(self.share(now_us), share)
        if share >= 1:
            return ""  # also who came before anybody counted
        arrived, sent = self.flows[queue].sums(now_us)
        return "" if sent + 1 <= share * arrived + ROUNDING else "share"


class Partners:
    """Partners of a world."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Partner] = {}
        self.stirred: dict[Queue, None] = {}
        """Queues of which somebody may go now: looked at before the step ends."""

    def take(self, settings: of.Settings, queues: dict[tuple[str, str], Queue], now_us: int) -> list[Partner]:
        """These settings are in force. Returns partners without a contract who have nobody, and are gone."""
        wanted = _queues_of(settings)
        for partner in self.known.values():
            partner.retired = True
        for contract in settings.partners:
            key = (contract.tenant, contract.name)
            partner = self.known.get(key) or self.find(contract, now_us)
            partner.retired = False
            if partner.contract.window_us != contract.window_us:
                partner.judged, partner.flows = ring(contract.window_us, 2, now_us), {}
            partner.contract = contract
            partner.flows = {
                queue: partner.flows.get(queue) or ring(contract.window_us, 2, now_us) for queue in wanted.get(key, ())
            }
        gone = [partner for partner in self.known.values() if partner.retired and not partner.contacts]
        for partner in gone:
            del self.known[partner.contract.tenant, partner.contract.name]
        for (tenant, name), queue in queues.items():
            queue.partners = tuple(
                partner
                for partner in self.known.values()
                if partner.contract.tenant == tenant and name in partner.flows and not partner.retired
            )
            if queue.partners:
                self.stirred[queue] = None
        return gone

    def find(self, contract: PartnerContract, now_us: int) -> Partner:
        """The partner of that name, known from now on."""
        partner = self.known.get((contract.tenant, contract.name))
        if partner is None:
            partner = Partner(contract, ring(contract.window_us, 2, now_us))
            self.known[contract.tenant, contract.name] = partner
        return partner


def _queues_of(settings: of.Settings) -> dict[tuple[str, str], list[str]]:
    """Partner -> the queues that some plan or rule may send from, sorted."""
    found: dict[tuple[str, str], set[str]] = {}
    said = [(plan.tenant, plan.actions) for plan in settings.plans]
    said += [(rule.tenant, rule.actions) for rule in settings.rules]
    for tenant, actions in said:
        for action in actions:
            if isinstance(action, SendToPartner):
                for name in action.partners:
                    found.setdefault((tenant, name), set()).update(action.queues)
    return {key: sorted(queues) for key, queues in found.items()}


def count_arrival(world: World, queue: Queue) -> None:
    """Somebody has come into a queue with partners: their shares grow."""
    for partner in queue.partners:
        partner.flows[queue.name].add(world.now_us, ARRIVED, 1)
        world.changed[partner] = None
    if queue.settings.laid.sending is not None:
        world.partners.stirred[queue] = None


def is_open(world: World, partner: Partner) -> bool:
    """Is it within its hours? Not before anybody has told the time."""
    calendar = partner.contract.calendar
    return not calendar or (world.ahead_us != 0 and world.hours[calendar].stopped_us < 0)


def may_go(contact: Contact) -> bool:
    """May it be sent at all, waiting in its queue? Left out are those with ways of their own, test calls, which should
    cost nothing, and those whose gateway connects nobody to partners."""
    if not contact.peer.sends or contact.direct is not None or contact.channel == TICKET or contact.queue.retired:
        return False
    if contact.stand_ins is not None or contact.main is not None:
        return False
    return contact.extra is None or not (is_consult(contact) or is_test(contact) or callback_of(contact) is not None)


def goes_in_us(world: World, contact: Contact) -> int:
    """How much longer it waits in its queue, by the clock of its line, before it may go; 0: no longer."""
    sending = contact.queue.settings.laid.sending
    assert sending is not None
    waited_us, extra = world.waited_us(contact), contact.extra
    if extra is not None and extra.route is not None and extra.route.moved_us > contact.entered_us:
        # As the limit on waiting, it begins anew in each queue.
        waited_us -= extra.route.moved_us - contact.entered_us
    return max(0, sending.after_us - waited_us)


def next_us(world: World, contact: Contact, at_us: int) -> int:
    """A contact's deadline (0: none), or when something of its way to a partner is due, if that is sooner. Of one that
    waits and whose time has come the queue is looked at in this step."""
    if contact.state in AWAY:
        sent = sent_of(contact)
        assert sent is not None
        return min(at_us, sent.until_us) if at_us else sent.until_us
    if contact.state != "waiting" or contact.queue.settings.laid.sending is None or not may_go(contact):
        return at_us
    left_us = goes_in_us(world, contact)
    if not left_us:
        world.partners.stirred[contact.queue] = None
        return at_us
    goes_us = due_us(world, contact.line.clock if contact.line is not None else None, left_us)
    return min(at_us, goes_us) if at_us else goes_us


def of_names(world: World, queue: Queue) -> Iterator[Partner]:
    """The partners that an action in force sends the queue's contacts to, in its order."""
    sending = queue.settings.laid.sending
    for name in sending.partners if sending is not None else ():
        partner = world.partners.known.get((queue.settings.tenant, name))
        if partner is not None and not partner.retired and queue.name in partner.flows:
            yield partner
