"""The rows cover everything that the core and the server can be told, and follow the rules for settings."""

import msgspec
import pytest

from router.config import model
from router.config.catalogue.centre import FILES
from router.config.catalogue.treatments import REASONS
from router.config.kinds.fields import Seconds, Whole
from router.config.rows import Row, Section
from router.core import settings as core
from router.core.announcements.settings import AnnounceRow, AnnounceRules, When
from router.core.callbacks.settings import CallbackRules, TokenRules
from router.core.customers.settings import Again
from router.core.effects import RefusedEntry, Treat
from router.core.estimates.settings import Estimating
from router.core.layers.plan_settings import Plan
from router.core.partners.settings import PartnerContract
from router.core.routes.settings import Route, Segment, Steer
from router.core.ruling.settings import ActingRule
from router.server.limits import ServerLimits
from router.store.base import STREAMS_MOST
from router.wire.frames import FRAME_BYTES_MAX
from router.wire.session import Timing

ROWS = [
    pytest.param(path, section, row, id=".".join((*path, row.name)))
    for file in FILES
    for path, section in file.walk()
    for row in section.rows.values()
]

BUILT = {
    core.Settings: {
        "version",
        "channels",
        "queues",
        "balances",
        "agents",
        "limits",
        "calendars",
        "routes",
        "segments",
        "steers",
        "blocked",
        "repeat",
        "estimates",
        "ticket_paths",
        "plans",
        "partners",
        "rules",
        "zones",
    },
    Route: {"name", "conditions", "refuse", "repeat"},
    Segment: {"name", "conditions", "target_us"},
    Steer: {"name"},
    Plan: {"actions"},
    PartnerContract: {"name"},
    ActingRule: {"actions"},
    core.Channel: {"name"},
    core.Queue: {
        *["announce", "announcing", "callback", "direct", "relax", "repeat", "tokens", "treatments", "wrap_up"],
        "laid",
        "balanced",
    },
    core.Calendar: {"name", "closed", "offsets"},
    core.Agent: {"most_at_once"},
    core.WrapUp: set(),
    CallbackRules: set(),
    AnnounceRow: {"when"},
    AnnounceRules: set(),
    When: set(),
    TokenRules: set(),
    Again: set(),
    core.Repeat: set(),
    Estimating: set(),
    core.Limits: set(),
    model.Listen: set(),
    model.People: set(),
    model.Admin: set(),
    model.Store: set(),
    model.Connections: set(),
    model.Peer: set(),
    model.Logs: set(),
    model.Webhook: {"name"},
    model.Daemon: set(),
    model.Record: set(),
}
"""Struct -> fields that are built from tables of their own, or given by the caller, and have no row."""


@pytest.mark.parametrize("struct", BUILT, ids=lambda struct: struct.__name__)
def test_every_field_has_a_row(struct: type[msgspec.Struct]) -> None:
    """What the core or the daemon can be told can be written in a file; nothing is settable and unsaid."""
    filled = {
        row.field
        for file in FILES
        for _, section in file.walk()
        for row in section.rows.values()
        if section.struct is struct
    }
    assert {field.encode_name for field in msgspec.structs.fields(struct)} - filled == BUILT[struct]


@pytest.mark.parametrize(("path", "section", "row"), ROWS)
def test_a_row_follows_the_rules(path: tuple[str, ...], section: Section, row: Row) -> None:
    """It says what it means in a sentence, has a unit where it is a number, ends in `_s` where it is a time, and its
    default is within its own bounds."""
    assert row.doc.endswith("."), "a sentence"
    assert row.name.endswith("_s") == (isinstance(row.kind, Seconds) or row.name.endswith("_per_s"))
    if isinstance(row.kind, Whole):
        assert row.unit, "a whole number counts something"
    if "bytes" in row.name:
        assert row.unit == "bytes"
    default = section.default_shown(row)
    if default not in {msgspec.UNSET, None} if not isinstance(default, list | dict) else True:
        taken = row.kind.take(default)
        assert taken.wrongs == ()
        assert taken.value == section.defaults[row.name]


def test_reasons_are_those_of_the_core() -> None:
    """Every reason for which the core can refuse or give up a contact can have a treatment."""
    why = {
        word
        for struct in (RefusedEntry, Treat)
        for field in msgspec.structs.fields(struct)
        if field.name == "why"
        for word in field.type.__args__
    }
    # A row of the routes that refuses says itself what is done; so do a key, and an action that empties.
    assert why - {"route", "key", "emptied"} <= set(REASONS)


def test_defaults_of_connections_are_those_of_the_server() -> None:
    """The server's own limits, for callers without a configuration, are not a second opinion."""
    ours, limits, timing = model.Connections(), ServerLimits(), Timing()
    assert ours.connections_max == limits.connections_max
    assert ours.newcomers_max == limits.newcomers_max
    assert ours.hellos_per_s == limits.hellos_per_s
    assert ours.unread_bytes_max == limits.unread_bytes_max
    assert ours.heartbeat_us == timing.heartbeat_s * 1_000_000
    assert ours.auth_most_us == timing.auth_most_s * 1_000_000
    assert ours.frame_most_us == timing.frame_most_s * 1_000_000


def test_defaults_of_the_record_are_those_of_the_store() -> None:
    """The same for how much history a store keeps."""
    ours = model.Record()
    assert {"history": ours.history_records_max, "audit": ours.audit_records_max} == STREAMS_MOST


def test_data_always_fits_a_frame() -> None:
    """The largest data that can be allowed leaves half of a frame to the rest of an offer."""
    limits = next(section for file in FILES for _, section in file.walk() if section.name == "limits")
    kind = limits.rows["data_bytes_max"].kind
    assert isinstance(kind, Whole)
    assert kind.most * 2 <= FRAME_BYTES_MAX
