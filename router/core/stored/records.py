"""The stored form of every entity: one record each, with a schema number, and nothing that configuration says.

    kind      key                        what
    world     world                      core time, the counter of numbers, epoch
    peer      tenant/name                a client: instance, last number applied, whether we listen to it
    agent     tenant/name                a person: what is their own (state, session, turns)
    endpoint  tenant/gateway/address     a device and whom it serves, outside work
    hours     calendar                   a calendar: its open time
    door      tenant/queue               a queue that a person has opened or closed by hand, or with a deadline
    contact   tenant/gateway/id          a visit with its live offers and legs; or, ended, its tombstone
    steps     tenant/queue/channel/ask   when the conditions of steps held last, for contacts who ask this
    level     tenant/queue               a queue's service level over its window, where steps wait on it
    layer     tenant/rule|plan/name/n    what a rule or a plan has laid over the configuration
    pause     tenant/rule|plan/name      layers that are off, and not forgotten
    plan      tenant/plan                a plan in force
    emptying  tenant/queue/number        a queue whose waiting are being moved, called back or told
    notice    number                     a message to a webhook that is not delivered yet
    partner   tenant/partner             what was sent to an outsourcer, and how it did
    ticket    tenant/gateway/ticket      a ticket that is over and may be reopened
    customer  tenant/digest              who served a customer lately, and about what
    learned   tenant/queue/channel       what estimates of waits have learned, as of the last half minute
    rule      tenant/rule                where a rule is
    flow      tenant/flow|crew/...       what rules count in windows
    usual     tenant/queue               what is usual for the half-hours of the week
    roster    tenant/agent/day           when an agent is planned to be there
    balance   tenant/balance             rates and thresholds of queues that are balanced, as of the last step

Records are written as plain tuples in the order of these types' fields (a tuple is built three times as fast as a
type), and read back as the types, which checks every field.

A record holds names, never links: any mixture of records loads to a legal world (`restore/world.py`).
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder

from router.core.estimates.kept import LearnedRecord
from router.core.extra import Extra, KeptPlace
from router.core.owned import Reckoning
from router.core.rota import RosterRecord
from router.core.stored.balance import BalanceRecord
from router.core.stored.customers import CustomerRecord
from router.core.stored.hours import DoorRecord, HoursRecord
from router.core.stored.layers import EmptyingRecord, LayerRecord, NoticeRecord, OfLayers, PauseRecord, PlanRecord
from router.core.stored.partners import PartnerRecord
from router.core.stored.people import AgentRecord, EndpointRecord
from router.core.stored.rules import FlowRecord, RuleRecord, UsualRecord
from router.core.stored.steps import CourseRecord, LevelRecord
from router.core.talks.leg import Leg
from router.core.tickets.ticket import Solved

SCHEMA = 1


class WorldRecord(Struct, array_like=True, gc=False):
    """Where time and numbers stand."""

    schema: int
    now_us: int
    utc_s: int
    counter: int
    epoch: int
    ahead_us: int = 0
    secret: bytes = b""
    announced_us: int = 0


class PeerRecord(Struct, array_like=True, gc=False):
    """See `entities.Peer`."""

    schema: int
    tenant: str
    name: str
    number: int
    role: str
    instance: str
    last_seq: int
    live: bool
    synced: bool
    draining: bool
    reports_ringing: bool
    reports_connecting: bool
    away_since_us: int
    gone: bool
    sync_round: int
    failures: int
    failed_agent: str
    failed_several: bool
    suspended_until_us: int
    chore: str
    reach: int
    due_us: int
    due_number: int
    dials: bool = False
    confirms: bool = False
    sends: bool = False
    reckoning: Reckoning | None = None


class OfferRecord(Struct, array_like=True, gc=False):
    """See `entities.Offer`; part of its contact's record."""

    id: str
    number: int
    queue: str
    agent: str
    endpoint: str
    endpoint_peer: str
    channel: str
    units: int
    made_us: int
    ring_us: int
    version: int
    state: str
    rang: bool
    accepted_us: int
    connected_us: int
    talk_over_us: int
    held_us: int
    wrap_up_most_us: int
    left_us: int
    due_us: int
    due_number: int
    asked: bool = False


class ContactRecord(Struct, array_like=True, tag="live", gc=False):
    """See `entities.Contact`."""

    schema: int
    id: str
    peer: str
    queue: str
    channel: str
    number: int
    arrived_us: int
    entered_us: int
    key_us: int
    digest: int
    state: str
    priority_s: int
    needs: tuple[tuple[str, int], ...]
    customer: str | None
    link: str | None
    language: str | None
    preferred: str | None
    preferred_until_us: int
    direct: str | None
    held_until_us: int
    hold_began_us: int
    data: dict[str, str] | None
    missed: dict[str, int] | None
    retry_us: int
    waited_us: int
    offers: list[OfferRecord]
    legs: list[Leg]
    outcome: str | None
    ended_by: str
    left_us: int
    codes: tuple[str, ...]
    resolved: str
    sync_round: int
    due_us: int
    due_number: int
    extra: Extra | None = None


class TombstoneRecord(Struct, array_like=True, tag="ended", gc=False):
    """See `entities.Tombstone`. It takes the place of its contact's record; the tag tells them apart."""

    schema: int
    id: str
    peer: str
    digest: int
    outcome: str
    queue: str
    number: int
    ended_us: int
    waited_us: int
    codes: tuple[str, ...]
    resolved: str
    agent: str
    due_us: int
    due_number: int
    place: KeptPlace | None = None
    customer: str | None = None


Record = (
    PeerRecord
    | ContactRecord
    | TombstoneRecord
    | CustomerRecord
    | AgentRecord
    | EndpointRecord
    | WorldRecord
    | HoursRecord
    | DoorRecord
    | CourseRecord
    | LevelRecord
    | OfLayers
    | PartnerRecord
    | Solved
    | LearnedRecord
    | RuleRecord
    | FlowRecord
    | UsualRecord
    | RosterRecord
    | BalanceRecord
)

encode = Encoder().encode

_DECODERS: dict[str, Decoder[Any]] = {
    "world": Decoder(WorldRecord),
    "peer": Decoder(PeerRecord),
    "contact": Decoder(ContactRecord | TombstoneRecord),
    "agent": Decoder(AgentRecord),
    "endpoint": Decoder(EndpointRecord),
    "customer": Decoder(CustomerRecord),
    "hours": Decoder(HoursRecord),
    "door": Decoder(DoorRecord),
    "steps": Decoder(CourseRecord),
    "level": Decoder(LevelRecord),
    "layer": Decoder(LayerRecord),
    "pause": Decoder(PauseRecord),
    "plan": Decoder(PlanRecord),
    "emptying": Decoder(EmptyingRecord),
    "notice": Decoder(NoticeRecord),
    "partner": Decoder(PartnerRecord),
    "ticket": Decoder(Solved),
    "learned": Decoder(LearnedRecord),
    "rule": Decoder(RuleRecord),
    "flow": Decoder(FlowRecord),
    "usual": Decoder(UsualRecord),
    "roster": Decoder(RosterRecord),
    "balance": Decoder(BalanceRecord),
}

KINDS: tuple[str, ...] = tuple(_DECODERS)


class BadRecord(ValueError):
    """A stored record that this release can't read: kind, key and why."""

    def __init__(self, kind: str, key: str, why: str) -> None:
        super().__init__(f"{kind} {key}: {why}")


def decode(kind: str, key: str, value: bytes) -> Record:
    """The record behind stored bytes. Raises `BadRecord`."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        raise BadRecord(kind, key, "no such kind of record")
    try:
        record: Record = decoder.decode(value)
    except ValueError as error:
        raise BadRecord(kind, key, f"not a record of schema {SCHEMA}: {error}") from error
    if record.schema != SCHEMA:
        raise BadRecord(kind, key, f"schema {record.schema}, this release reads {SCHEMA}")
    return record
