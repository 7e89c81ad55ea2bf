"""Everything that lives, in one place, and the few ways to touch it: numbers, deadlines, changes, effects.

A handler changes entities through these methods, so that nothing is changed without being recorded, moved without its
table, or told to a client that we do not listen to.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Any

from router.core import settings as of
from router.core import states
from router.core.agent_of import agent_of
from router.core.announcements.announcing import Announcing, take_schedule
from router.core.audit import Deed
from router.core.customers.customer import Customer
from router.core.deadlines import Deadlines
from router.core.doors.doors import hang_door, line_clock
from router.core.doors.hours import Hours, clock_of, new_hours
from router.core.effects import Message
from router.core.entities import Agent, Contact, Offer, Peer, Tombstone
from router.core.estimates.state import Estimates
from router.core.extra import ask_needs
from router.core.layers.layer import Layers
from router.core.layers.plan import Plans
from router.core.line import Line, Needs
from router.core.match import balance
from router.core.match.choose import CHOICES
from router.core.needs import courses
from router.core.needs.asked import NOTHING, Asked
from router.core.needs.course import Way
from router.core.order import Order
from router.core.partners.partner import Partners
from router.core.places import several
from router.core.queue import Queue
from router.core.roster import Roster
from router.core.rota import Rota
from router.core.routes.routing import Routing
from router.core.ruling.ruled import Ruling
from router.core.stored.history import Visit
from router.core.tally import QueueTally, Tally
from router.core.tickets.ticket import TICKET, Tickets
from router.core.watched import agent_event, contact_event
from router.errors import Refused

WAITS = ("waiting", "held")
MONITOR = "*monitor"
"""The address of what every monitor of a tenant is told: tenant/*monitor."""


class World:
    """The state of one site."""

    secret: bytes = b""
    """What place tokens are made with, drawn outside; none: no tokens."""
    callbacks: int = 0
    """Open call-backs: where there are none nothing is looked for."""
    crossing: Any = None
    """The switch to other settings that is under way (`crossing.Crossing`); None: none is."""
    monitored: bool = False
    durability: str = ""
    """What an acknowledged command survives now: whoever keeps the records says it here, for `status`."""
    pending: str = ""
    """A configuration that is not in force, in words: whoever watches for one says it here, for `status`."""

    def __init__(self, settings: of.Settings, epoch: int) -> None:
        self.settings, self.epoch = settings, epoch
        self.now_us = self.utc_s = self.counter = self.ahead_us = 0
        """How far the wall clock is ahead of core time, for calendars only; 0: nobody has told the time yet."""
        self.peers: dict[str, Peer] = {}
        self.agents: dict[tuple[str, str], Agent] = {}
        self.offers: dict[str, Offer] = {}  # live offers and legs by id, in the order in which they were made
        self.queues: dict[tuple[str, str], Queue] = {}
        self.channels: dict[str, of.Channel] = {}
        self.routing, self.tickets, self.announcing = Routing(), Tickets(), Announcing()
        self.layers, self.plans, self.partners, self.balances = Layers(), Plans(), Partners(), balance.Balances()
        self.configured: dict[tuple[str, str], of.Queue] = {}
        """Queues as configuration says, without layers."""
        self.exclusive: tuple[str, ...] = ()  # channels of which an agent holds one contact and nothing else
        self.interrupting = False
        """Is there a channel that interrupts another? Else a full agent can take nothing, whatever comes."""
        self.hours: dict[str, Hours] = {}  # calendars by name
        self.roster, self.rota = Roster(), Rota()
        self.ruling = Ruling(self.roster.dirty)
        self.deadlines: Deadlines[Any] = Deadlines()
        self.buried: deque[Tombstone] = deque()
        """Ended ids, the oldest first: all are kept equally long, so they need no deadline each."""
        self.customers: OrderedDict[tuple[str, str], Customer] = OrderedDict()  # who was heard of longest ago first
        self.live = 0  # live contacts: those without a tombstone
        self.tokens: dict[int, Contact | Tombstone] = {}  # places that have a token, and who holds them now
        self.chores: dict[int, Peer] = {}  # peers with work that is done in slices, by number
        self.unmet: dict[Needs, None] = {}
        """Needs that the last able agent has left, whose lines have a treatment for it."""
        self.closing: dict[str, Any] = {}
        """What opening, closing and emptying left to do in slices, by a name to sort by: queues whose waiting must go,
        calendars whose deadlines are to be set anew."""
        self.changed: dict[Any, None] = {}
        """Entities to record with the next batch, in the order of their first change."""
        self.dropped: list[tuple[str, str]] = []
        self.history: list[Visit] = []
        self.deeds: list[Deed] = []  # what people did by hand since the last batch
        self.effects: list[tuple[str, Message]] = []
        self.loose_contacts: list[Contact] = []
        """Contacts that came to stand in a line in this step: each looks for an agent."""
        self.resting: dict[Agent, None] = {}  # those who are given no offers for a while
        self.loose_agents: dict[Agent, None] = {}
        """Agents who came free in this step: each looks for a contact."""
        self.ringing = 0  # contacts that ring at fewer agents than they may
        self.loose_rings: dict[Contact, None] = {}
        """Those of them that are to look for one more in this step."""
        self.heads: dict[Line, None] = {}  # lines that changed in this step: their first may have an agent reserved
        self.reservations: dict[Contact, Agent] = {}  # who is reserved for which contact
        self._per_us: dict[int, float] = {}  # target -> 1 / target
        self.tally, self.estimates = Tally(), Estimates(settings.estimates)
        self.adopt(settings)

    # -- configuration ------------------------------------------------------------------------------------------

    def take_settings(self, settings: of.Settings) -> None:
        """These settings are in force; what is built from them is the caller's to change."""
        self.settings = settings
        self.configured = {(queue.tenant, queue.name): queue for queue in settings.queues}
        self.routing.take(settings)
        self.plans.take(settings)
        self.tickets.paths = {(path.tenant, path.name): path for path in settings.ticket_paths}
        self.channels = {channel.name: channel for channel in settings.channels}
        self.exclusive = tuple(channel.name for channel in settings.channels if channel.exclusive)
        self.interrupting = any(channel.interrupts for channel in settings.channels)
        # A queue that goes with these settings chooses as it did, until nobody is left in it.
        chosen = {queue.agent_choice for queue in settings.queues}
        chosen.update(queue.settings.agent_choice for queue in self.queues.values())
        self.roster.order_kinds = tuple(sorted({CHOICES[choice].ORDER for choice in chosen} | {"free_since_us"}))

    def adopt(self, settings: of.Settings) -> None:
        """Build queues, channels, calendars and agents of these settings into an empty world."""
        self.take_settings(settings)
        for calendar in settings.calendars:
            self.hours[calendar.name] = new_hours(self, calendar)
        for queue in settings.queues:
            self.adopt_queue(queue)
        self.partners.take(settings, self.queues, self.now_us)
        self.agents.update(((agent.tenant, agent.name), agent_of(agent, n)) for n, agent in enumerate(settings.agents))

    def adopt_queue(self, settings: of.Queue) -> Queue:
        """Build a queue, with a line for each of its channels."""
        queue = Queue(settings.name, settings, QueueTally(), dict(settings.wrap_up), dict(settings.treatments))
        queue.counts = dict.fromkeys(states.CONTACT, 0)
        self.queues[settings.tenant, settings.name] = queue
        hang_door(self, queue)
        for channel in settings.channels:
            queue.own[channel] = self.line(queue, channel, NOTHING)
        take_schedule(queue)
        return queue

    # -- finding ------------------------------------------------------------------------------------------------

    def waited_us(self, contact: Contact) -> int:
        """How long the contact has waited by now: core time, or the open time of its calendar."""
        now_us = self.now_us
        if contact.extra is not None:
            clock = clock_of(self, contact)
            if clock is not None:
                now_us = clock.now(now_us)
        return now_us - contact.entered_us

    def agent(self, tenant: str, name: str) -> Agent:
        """The agent of that name. Raises `Refused`."""
        agent = self.agents.get((tenant, name))
        if agent is None or (agent.retired and agent.state == "offline"):
            raise Refused("unknown_agent", name)
        return agent

    def line(
        self,
        queue: Queue,
        channel: str,
        needs: Asked,
        contact_class: int | None = None,
        own_target: str = "",
        language: str | None = None,
    ) -> Line:
        """The line of `queue` for that channel where somebody who needs this, beyond what the queue needs, begins to
        wait; of another class than the queue's and of the contact's own target class where they are given. Raises
        `Refused`."""
        if contact_class is None:
            contact_class = queue.settings.contact_class
        if own_target and (own_target == queue.settings.target_class or own_target not in self.routing.targets):
            own_target = ""
        if needs is NOTHING and not own_target and contact_class == queue.settings.contact_class:
            own = queue.own.get(channel)
            if own is not None and (language is None or not own.course.in_languages):
                return own
        course = courses.course_for(self, queue, Way(channel, needs, language or "", contact_class, own_target))
        return courses.line_at(self, course, course.begin)

    def line_of(self, contact: Contact) -> Line:
        """The line that a contact belongs in, by its queue, needs and classes. Raises `Refused`."""
        extra = contact.extra
        if extra is None or extra.route is None:
            return self.line(contact.queue, contact.channel, contact.needs, language=contact.language)
        return self.line(
            contact.queue,
            contact.channel,
            contact.needs,
            extra.route.contact_class,
            self.routing.own_target(contact),
            contact.language,
        )

    def some_line_of(self, contact: Contact) -> Line:
        """The line that a contact belongs in; where its queue has too many already, that of the queue's own needs: what
        the contact asks beyond them is given up."""
        try:
            return self.line_of(contact)
        except Refused:
            ask_needs(contact, NOTHING)
            contact.language = None
            if contact.extra is not None and contact.extra.route is not None:
                contact.extra.route.contact_class, contact.extra.route.segment = None, ""
            self.changed[contact] = None
            return self.line(contact.queue, contact.channel, NOTHING)

    def weigh(self, line: Line) -> None:
        """Give a line the boost of its queue's settings, and its own target or theirs. `order = "oldest"`: one target
        for all of them."""
        settings = line.queue.settings
        oldest = settings.order == "oldest"
        line.target_class = line.own_target or settings.target_class
        line.newest = settings.order == "newest"
        line.aged = not line.newest and line.needs.channel != TICKET
        line.clock = line_clock(self, line)
        channel = self.channels.get(line.needs.channel)
        line.reserve_us = channel.reserve_after_us if channel is not None else 0
        line.boost = 0.0 if oldest else settings.boost
        target_us = self.routing.targets.get(line.own_target, settings.target_us)
        if oldest:
            target_us = self.settings.oldest_target_us
        # Lines of one target share one number: an agent who comes free reads it for each of theirs.
        line.per_us = self._per_us.setdefault(target_us, 1.0 / target_us)

    def leave_line(self, contact: Contact) -> None:
        """The contact belongs to its line no more, nor to those of further queues; a line for special needs goes with
        its last member."""
        line = contact.line
        if line is None:
            return
        if contact.stand_ins is not None:
            several.drop_all(self, contact)
        self.unstand(contact)
        contact.line = contact.entry = None
        line.members -= 1
        if line.course.streams:
            courses.leave(self, line.course)
        if line.members == 0 and line.queue.own.get(contact.channel) is not line:
            courses.drop_line(self, line)

    def stand(self, contact: Contact, order: Order[Any]) -> None:
        """Put the contact at its place in `order`."""
        # The tuple itself: one whose fields the compiler knows would be taken apart and made anew for the order.
        entry: Any = contact.entry
        order.add(entry)
        contact.standing = order
        line = contact.line
        if line is not None:
            if line.reserve_us and order is line.order:
                self.heads[line] = None
            self.roster.came(line, entry[0])

    def unstand(self, contact: Contact) -> None:
        """Take the contact out of where it stands, in all of its queues; it keeps its places."""
        if contact.stand_ins is not None:
            for place in contact.stand_ins:
                self.step_out(place)
        self.step_out(contact)

    def step_out(self, contact: Contact) -> None:
        """Take the contact, or this stand-in alone, out of where it stands; it keeps its place."""
        order = contact.standing
        if order is not None:
            order.remove(contact.entry)  # type: ignore[arg-type]  # who stands has an entry
            contact.standing = None
            line = contact.line
            assert line is not None
            if order is line.ringing:
                self.ringing -= 1
            if line.reserve_us and order is line.order:
                self.heads[line] = None
            self.roster.went(line)

    def repaired(self, state: str) -> None:
        """Something stuck in this state, and was set free: a message must have been lost, or somebody forgot."""
        counts = self.tally.repaired
        counts[state] = counts.get(state, 0) + 1

    # -- numbers, time, changes ---------------------------------------------------------------------------------

    def number(self) -> int:
        """The next number: of a contact, an offer, a deadline. None is given twice."""
        self.counter += 1
        return self.counter

    def set_due(self, entity: Any, at_us: int) -> None:
        """Give an entity its deadline; it must be recorded with it."""
        self.counter += 1
        self.deadlines.set(entity, at_us, self.counter)

    def move_contact(self, contact: Contact, event: str) -> None:
        """Move a contact along its table, count it, record it, and tell monitors."""
        counts = contact.queue.counts
        was = contact.state
        counts[was] -= 1
        states.move(states.CONTACT, contact, event)
        counts[contact.state] += 1
        self.changed[contact] = None
        if was in WAITS or contact.state in WAITS:
            self.roster.touch(contact.queue)
        if self.monitored:
            self.effects.append((f"{contact.peer.tenant}/{MONITOR}", contact_event(self, contact)))

    def change_queue(self, contact: Contact, queue: Queue) -> None:
        """The contact is in another queue from now on, in the same state."""
        for each, change in ((contact.queue, -1), (queue, 1)):
            each.counts[contact.state] += change
            self.roster.touch(each)
        contact.queue = queue
        self.changed[contact] = None

    def transfer_contact(self, contact: Contact, queue: Queue) -> None:
        """Move a connected contact into the waiting of another queue."""
        self.change_queue(contact, queue)
        self.move_contact(contact, "transfer")

    def requeue_contact(self, contact: Contact, queue: Queue) -> None:
        """Move a contact that waits, or is held, to another queue, and tell monitors."""
        self.change_queue(contact, queue)
        self.tell_monitors_about(contact)

    def tell_monitors_about(self, contact: Contact) -> None:
        """Something about a contact has changed that is no move: its queue, or who is with it."""
        if self.monitored:
            self.effects.append((f"{contact.peer.tenant}/{MONITOR}", contact_event(self, contact)))

    def tell_monitors_of(self, agent: Agent) -> None:
        """Something about an agent has changed that is no move: their reason, or what they are busy with."""
        if self.monitored:
            self.effects.append((f"{agent.tenant}/{MONITOR}", agent_event(self, agent)))

    def move_agent(self, agent: Agent, event: str, reason: str) -> None:
        """Move an agent along the table, record it, and tell monitors."""
        states.move(states.AGENT, agent, event)
        agent.reason = reason
        agent.since_us = self.now_us
        self.changed[agent] = None
        self.roster.moved(agent)
        self.tell_monitors_of(agent)

    # -- telling ------------------------------------------------------------------------------------------------

    def tell(self, peer: Peer, message: Message) -> None:
        """An effect for a client, if we listen to it; one that is away learns all after its sync_end."""
        if peer.live:
            self.effects.append((peer.key, message))

    def tell_session(self, agent: Agent, message: Message) -> None:
        """Tell the gateway or desk where the agent is signed in."""
        peer = self.peers.get(agent.session)
        if peer is not None:
            self.tell(peer, message)

    def tell_agent(self, agent: Agent, message: Message) -> None:
        """Tell every client that is concerned with the agent: where they are signed in, and their devices' gateways."""
        told = {agent.session: None, **{endpoint.peer.key: None for endpoint in agent.endpoints.values()}}
        for key in told:
            peer = self.peers.get(key)
            if peer is not None:
                self.tell(peer, message)

    def tell_agents_side(self, offer: Offer, message: Message, but: Peer | None = None) -> None:
        """Tell the endpoint's gateway, and the agent's desk where it is another client; `but` knows already."""
        if offer.endpoint_peer is not but:
            self.tell(offer.endpoint_peer, message)
        session = offer.agent.session
        if session != offer.endpoint_peer.key:
            desk = self.peers.get(session)
            if desk is not None and desk is not but and desk.role == "desk":
                self.tell(desk, message)

    def tell_everyone(self, offer: Offer, message: Message, but: Peer | None = None) -> None:
        """Tell the contact's gateway and the agent's side, each client once; `but` knows already."""
        home = offer.contact.peer
        if home is not but:
            self.tell(home, message)
        if offer.endpoint_peer is not home:
            self.tell_agents_side(offer, message, but)
        elif offer.agent.session != home.key:
            desk = self.peers.get(offer.agent.session)
            if desk is not None and desk is not but and desk.role == "desk":
                self.tell(desk, message)
