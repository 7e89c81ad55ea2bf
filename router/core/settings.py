"""What configuration tells the core: frozen, checked, in core units (microseconds), one object a version.

Layer 4 reads TOML, checks it and builds one of these; the core never sees a file. Defaults here are the defaults of
the configuration: the sample files are compared with them.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from router.core.actions.laid import Laid
from router.core.announcements.settings import AnnounceRow, AnnounceRules
from router.core.callbacks.settings import CallbackRules, TokenRules
from router.core.customers.settings import Again
from router.core.effects import Treatment
from router.core.estimates.settings import Estimating
from router.core.layers.plan_settings import Plan
from router.core.match.balance_settings import Balance
from router.core.needs.asked import Step
from router.core.needs.want import ANYBODY, Traits, Want
from router.core.partners.settings import PartnerContract
from router.core.routes.settings import Route, Segment, Steer
from router.core.ruling.settings import ActingRule
from router.core.tickets.settings import TicketPath
from router.terms import SECOND_US

AgentChoice: TypeAlias = Literal["longest_idle", "best_skill", "least_flexible", "round_robin", "least_occupied"]
Order: TypeAlias = Literal["urgency", "oldest", "newest"]

REFUSE = Treatment()
DAY_US = 86_400 * SECOND_US

Spans: TypeAlias = tuple[tuple[int, int], ...]
"""Hours of one day: (first minute, minute after the last) since its midnight; the last may end on the next day."""


class Calendar(Struct, frozen=True):
    """When something is open. It holds numbers only, so that the core needs neither the data base of time zones nor a
    list of holidays."""

    name: str
    time_zone: str = "UTC"
    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()
    days: tuple[tuple[int, Spans], ...] = ()
    """Special days (counted from 1970-01-01), sorted: hours that take the place of the weekly ones."""
    holidays: tuple[str, ...] = ()
    """Regions whose public holidays are closed, as configuration names them."""
    closed: tuple[int, ...] = ()
    """Those holidays as days from 1970-01-01, sorted; a special day of the same date goes before."""
    offsets: tuple[tuple[int, int], ...] = ()
    """The zone: (UTC second, seconds that local time is ahead from then on), sorted."""

    @property
    def weekly(self) -> tuple[Spans, ...]:
        """Hours by weekday, Monday first."""
        return (
            self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday,
        )  # fmt: skip

    @property
    def special(self) -> dict[int, Spans]:
        """Day -> hours in place of the weekly ones."""
        return dict.fromkeys(self.closed, ()) | dict(self.days)


class Channel(Struct, frozen=True, gc=False):
    """What one contact of this channel takes of an agent, and how its offers ring."""

    name: str
    units: int = 100
    """Units of capacity a contact holds from offer to the end of wrap-up."""
    ring_us: int = 20 * SECOND_US
    connect_us: int = 30 * SECOND_US
    """Accepted, and neither connected nor failed for this long: back to its place, the gateway is at fault."""
    misses_to_not_ready: int = 1
    """Misses in a row that make the agent not-ready."""
    most_at_once: int = 100
    """Contacts of this channel that one agent may hold, whatever their units."""
    interrupts: tuple[str, ...] = ()
    """Channels whose contacts do not keep an agent from being offered one of this channel."""
    interrupts_most: int = 1
    """Contacts of this channel that one agent may hold when it is offered by interrupting."""
    exclusive: bool = False
    """An agent gets it only when empty, and nothing beside it."""
    backoff_reject_us: int = 0
    """Who rejects an offer is given no other for so long."""
    backoff_busy_us: int = 0
    """Whose device is busy."""
    backoff_no_answer_us: int = 0
    """Who does not answer."""
    open_hours: bool = False
    """They wait over closing: let in at any time, and only open hours of their queue's calendar count as waiting."""
    parked_most_us: int = 0
    """Parked for so long it is given up; 0: contacts of this channel are not parked."""
    parked_agent_most_us: int = 60 * SECOND_US
    """A contact that comes back waits so long for the agent who had it, then for anyone."""
    park_after_us: int = 0
    """Nobody wrote for so long: parked by itself; 0: never."""
    talk_lease_us: int = 900 * SECOND_US
    """A gateway that confirms is asked so often whether a contact still talks; 0: never."""
    reserve_after_us: int = 0
    """The most urgent contact has waited so long and nobody has room: an agent is reserved for it; 0: never."""
    reserved_most_us: int = 300 * SECOND_US
    """An agent stays reserved no longer than this."""
    activity_reported: bool = False
    """Its gateways say who writes: the first reply is known, and idle contacts are."""
    kept_without_gateway: bool = False
    """Those who wait are kept however long their gateway is away: no person hangs on the line."""


class WrapUp(Struct, frozen=True, gc=False):
    """After-contact work. `none`; `timed`: for `time_us`, ended early by `ready`; `until_ready`, at most `most_us`."""

    mode: Literal["none", "timed", "until_ready"] = "none"
    time_us: int = 30 * SECOND_US
    most_us: int = 600 * SECOND_US
    early_end: bool = True


class Repeat(Struct, frozen=True, gc=False):
    """How long, and how much, is remembered of customers."""

    window_us: int = 24 * 3600 * SECOND_US
    """A contact within this of one that was served repeats it; 0: nothing is remembered."""
    customers_max: int = 200_000
    """Customers remembered: bounds memory (about 0.5 KiB each)."""
    contacts_per_day_max: int = 10
    """An id with more contacts a day is no customer, and left out."""


class Direct(Struct, frozen=True):
    """When a contact that is direct to an agent goes to the ordinary line."""

    overflow_us: int = 0
    """It has waited so long for them; 0: no time does that."""
    overflow_at_log_out: bool = False
    overflow_on_break: bool = False


class Queue(Struct, frozen=True):
    """A named service."""

    name: str
    tenant: str = "main"
    channels: tuple[str, ...] = ("voice",)
    needs: Want = ANYBODY
    """What is asked of an agent."""
    relax: tuple[Step, ...] = ()
    """How that gives way by wait, rising."""
    language_level: int = 0
    """The contact's language is needed with this level at least; 0: it is not asked."""
    preferred_for_us: int = 0
    """For so long only those take a contact whom it, or the queue, prefers; 0: whoever is free takes it."""
    level_window_us: int = 900 * SECOND_US
    """The service level that steps wait on is that of so much time past."""
    target_us: int = 20 * SECOND_US
    """Service-level target: the wait within which a contact should be answered."""
    target_class: str = "standard"
    contact_class: int = 0
    """Strict precedence; 0 unless the service is an emergency."""
    boost: float = 0.0
    order: Order = "urgency"
    agent_choice: AgentChoice = "longest_idle"
    open: bool = True
    calendar: str = ""
    """Its hours, by name; none given: always open."""
    last_admission_us: int = 0
    """So long before closing nobody is let in any more."""
    last_admission_by_estimate: bool = False
    """Nor is anybody whose turn is expected to come after closing, and after `serve_out_us` more."""
    serve_out_us: int = 0
    """So long after closing those who wait are served; then they get the treatment `at_closing`, where there is one."""
    enter_unstaffed: bool = False
    """Let contacts in while nobody able is signed in (e-mail over night); else they are refused as `nobody`."""
    pick: bool = False
    """Agents may take its contacts by hand, also while they are not ready for offers."""
    waiting_max: int = 1000
    wait_most_us: int = 0
    """Longest wait before the queue's treatment `waited_too_long`; 0: no limit."""
    held_most_us: int = 300 * SECOND_US
    ring_us: int = 0
    """Ring time of this queue's offers; 0: the channel's."""
    ring_several: int = 1
    """Agents who are rung at the same time; the first to accept has the contact."""
    miss_hold_us: int = 30 * SECOND_US
    backoff_reject_us: int = 0
    """Who rejects an offer of this queue is given no other, of any queue, for so long; 0: the channel's."""
    backoff_busy_us: int = 0
    backoff_no_answer_us: int = 0
    wrap_up: tuple[tuple[str, WrapUp], ...] = ()
    """Per channel, sorted; a channel not named has none."""
    treatments: tuple[tuple[str, Treatment], ...] = ()
    """Per reason (closed, blocked, nobody, full, waited_too_long, held_too_long, nobody_left, callback_expired),
    sorted."""
    codes: tuple[str, ...] = ()
    """Outcome codes that `complete` may carry; none listed: any."""
    whisper: str = ""
    time_zone: str = "UTC"
    callback: CallbackRules = CallbackRules()
    tokens: TokenRules = TokenRules()
    ticket_path: str = ""
    """The path of its tickets that name none."""
    ticket_due_us: int = 0
    """When its tickets are due that say nothing of it; 0: they have no due time."""
    repeat: Again = Again()
    direct: Direct = Direct()
    announce: tuple[AnnounceRow, ...] = ()
    """Its schedule, in the order of the rows; none: it announces nothing."""
    announcing: AnnounceRules = AnnounceRules()
    service_level: float = 0.0
    """Percent that should be answered within the target; 0: it is not said."""
    balanced: bool = True
    """Where it is in a balance: does that decide now?"""
    laid: Laid = Laid()
    """What only rules and plans say of it."""

    def wants(self) -> tuple[Want, ...]:
        """All that it asks of agents, sooner or later."""
        steps = (want for step in self.relax for want in (step.needs, step.also))
        return (self.needs, *(want for want in steps if want is not None))

    @property
    def watches_level(self) -> bool:
        """Does some step of it wait on its service level, or an announcement?"""
        return any(step.if_service_level_below > 0 for step in self.relax) or any(
            row.when.if_service_level_below > 0 for row in self.announce
        )


class Agent(Struct, frozen=True):
    """A person, as configuration knows them."""

    name: str
    tenant: str = "main"
    team: str = "main"
    skills: tuple[tuple[str, int], ...] = ()
    """Skill and level 1..10, sorted by skill."""
    languages: tuple[tuple[str, int], ...] = ()
    """Language and level 1..10, sorted by language."""
    attributes: tuple[tuple[str, str], ...] = ()
    """Anything else that may be asked for, sorted by name."""
    capacity_units: int = 100
    most_at_once: tuple[tuple[str, int], ...] = ()
    """Contacts of a channel that they may hold, where that is not the channel's own limit; sorted by channel."""

    @property
    def traits(self) -> Traits:
        """What needs may ask for."""
        return Traits(self.skills, self.languages, self.attributes, self.team)


class Limits(Struct, frozen=True, gc=False):
    """Everything has a limit, with a name, a unit and a reason."""

    contacts_max: int = 1_000_000
    """Live contacts: bounds memory (about 1 KiB each); above it `busy`."""
    lines_per_queue_max: int = 64
    """Different needs waiting in one queue: bounds what an agent who comes free compares."""
    queues_per_contact_max: int = 4
    """Queues that one contact waits in at a time: bounds what each step of it costs."""
    target_classes_max: int = 16
    routes_max: int = 1_000
    """Rows of the routes, and segments: bounds what a contact is compared with."""
    steered_max: int = 10_000
    """Customers remembered who took an advice: beyond it the oldest is forgotten."""
    data_bytes_max: int = 2048
    """Keys and values of one contact's data together."""
    notices_max: int = 1_000
    """Notices for webhooks that are not delivered yet: bounds memory (about 1 KiB each) while nobody answers."""
    ended_kept_us: int = 300 * SECOND_US
    """How long an ended id is remembered: longer than any client goes on retrying."""
    ended_max: int = 500_000
    """Ended ids remembered at most: bounds memory (about 0.4 KiB each) under a flood of short contacts."""
    tokens_max: int = 200_000
    """Places with a token at a time: bounds memory (about 0.2 KiB each). Above it contacts get none."""
    solved_max: int = 200_000
    """Solved tickets remembered at most, for reopening: bounds memory (about 0.6 KiB each)."""
    complete_kept_us: int = 300 * SECOND_US
    """How long after wrap-up `complete` may still add codes."""
    gateway_grace_us: int = 60 * SECOND_US
    """How long a lost gateway's agents and contacts are kept for its return."""
    confirm_us: int = 30 * SECOND_US
    """What a gateway does not confirm within this is over: longer than any pause of its own."""
    fault_pause_us: int = 1 * SECOND_US
    """How long a contact is kept from an agent whose device failed or who was busy elsewhere, also where there is no
    other agent: without it engine and gateway would try in a circle."""
    legs_max: int = 64
    """Past legs kept of one contact: beyond it the oldest that never talked is dropped."""
    suspend_after_failures: int = 5
    """Offers failed in a row, over more than one agent of a gateway, that suspend the gateway."""
    suspend_us: int = 30 * SECOND_US
    deadlines_a_step: int = 256
    """Deadlines fired before one command: bounds a step."""
    retry_us: int = 1 * SECOND_US
    """What `busy` says."""
    outcomes_kept: int = 1024
    """Replies remembered for each client, for numbers that come again."""


class Settings(Struct, frozen=True):
    """One version of everything that the core is told."""

    site: str = "main"
    version: int = 1
    channels: tuple[Channel, ...] = (
        Channel("voice"),
        Channel("chat", units=25, ring_us=60 * SECOND_US, misses_to_not_ready=2, parked_most_us=DAY_US),
        Channel(
            "email",
            units=50,
            ring_us=120 * SECOND_US,
            misses_to_not_ready=3,
            open_hours=True,
            parked_most_us=7 * DAY_US,
        ),
        Channel(
            "ticket",
            units=50,
            ring_us=300 * SECOND_US,
            misses_to_not_ready=3,
            open_hours=True,
            kept_without_gateway=True,
            talk_lease_us=0,
        ),
        Channel("callback"),
    )
    queues: tuple[Queue, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    agents: tuple[Agent, ...] = ()
    not_ready_reasons: tuple[str, ...] = ("login", "break", "lunch", "meeting", "training", "back_office", "missed")
    """`login` and `missed` are given by the engine too."""
    break_resets_idle: bool = True
    """Does a break start an agent's idle time anew? False: it runs from the end of the last contact."""
    oldest_target_us: int = 20 * SECOND_US
    """The common target with which queues of `order = "oldest"` are compared with others."""
    short_abandon_us: int = 5 * SECOND_US
    """Abandoned sooner than this is not counted in service level."""
    blocked_customers: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    """In their order: the first that matches decides."""
    segments: tuple[Segment, ...] = ()
    """In their order: a contact belongs to the first that it meets."""
    steers: tuple[Steer, ...] = ()
    """In their order: the first that fits advises."""
    steer_window_us: int = 86_400 * SECOND_US
    """Who took an advice and comes by the old channel within this time has come back."""
    blocked: dict[str, int] = {}
    """tenant/customer -> until when it is not let in, in UTC seconds; 0: for good."""
    hops_max: int = 3
    """Queues that one contact is sent on to by treatments, at entry and again while it waits; 0: the gateway is told
    the queue, and nothing is sent on."""
    limits: Limits = Limits()
    ticket_paths: tuple[TicketPath, ...] = ()
    estimates: Estimating = Estimating()
    reopen_us: int = 14 * 86_400 * SECOND_US
    """How long after its end a ticket can be reopened."""
    plans: tuple[Plan, ...] = ()
    """Actions prepared beforehand."""
    partners: tuple[PartnerContract, ...] = ()
    """Whom contacts may be sent to."""
    repeat: Repeat = Repeat()
    balances: tuple[Balance, ...] = ()
    """Sorted by tenant and name."""
    rules: tuple[ActingRule, ...] = ()
    """Sorted by key."""
    zones: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = ()
    """Time zones of the queues of which it is learned what is usual: as `Calendar.offsets`."""
