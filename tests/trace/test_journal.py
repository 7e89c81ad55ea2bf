"""A day as a daemon writes it down, read as a trace: who came, who was there, what was cut off."""

from pathlib import Path

import pytest

from router.core.needs.want import Traits, Want
from router.core.stored.history import Visit
from router.core.talks.leg import Leg
from router.trace import Trace, TraceError, journal, read_trace, write_trace
from router.trace.replay.run import replay

DAY_S = 86_400
MIDNIGHT_S = 1_709_506_800
"""2024-03-04 in Berlin."""
US = 1_000_000
HEAD = journal.head("north", "main", "2024-03-04", "Europe/Berlin", MIDNIGHT_S * US, (MIDNIGHT_S + DAY_S) * US)
NINE = 9 * 3_600
NEEDS = {"cards": Want((("card", 3),)), "loans": Want((("loan", 1),), (("german", 2),))}
QUEUES = journal.queues((MIDNIGHT_S + 1) * US, NEEDS)


def leg(agent: str, queue: str, talk: int, *, ring: int = 0, wrap: int = 0, how: str = "served") -> Leg:
    """A talk, in seconds."""
    return Leg(agent, "1-1", how, queue, 1, ring * 1000, talk * 1000, 0, wrap * 1000)


def visit(name: str, at_s: float, outcome: str, *legs: Leg, **more: object) -> bytes:
    """A visit that began so many seconds after midnight."""
    fields = {"queue": "cards", "channel": "voice", **more}
    customer = fields.pop("customer", None)
    of = Visit(name, "gw1", "main", outcome=outcome, **fields)  # type: ignore[arg-type]  # its own fields
    of.legs = list(legs)
    of.arrived_utc_ms = round((MIDNIGHT_S + at_s) * 1000)
    return journal.visit(of, customer)  # type: ignore[arg-type]  # a word or none


def agent(name: str, at_s: float, state: str, reason: str = "", card: int = 5) -> bytes:
    """An agent's state from then on."""
    traits = Traits((("card", card),), (("german", 4),), (), "front")
    return journal.agent(round((MIDNIGHT_S + at_s) * US), name, state, reason, traits)


def read(folder: Path, *records: bytes, name: str = "2024-03-04.trace") -> Trace:
    """What is read of these records."""
    (folder / name).write_bytes(b"".join([HEAD, *records]))
    return read_trace(folder / "2024-03-04.trace")


def test_a_day(tmp_path: Path) -> None:
    """Contacts, shifts and breaks as they were, in microseconds of the local day; it can be replayed and written."""
    trace = read(
        tmp_path,
        QUEUES,
        agent("ann", NINE, "not_ready", "login"),
        agent("ann", NINE + 60, "available"),
        visit(
            "c1", NINE + 100, "answered", leg("ann", "cards", 120, ring=4, wrap=20),
            waited_ms=8_000, visit_ms=128_000, customer="k", priority_s=90,
        ),
        visit("c2", NINE + 130, "abandoned", waited_ms=33_000, visit_ms=33_000),
        agent("ann", NINE + 600, "not_ready", "lunch"),
        agent("ann", NINE + 1_200, "available"),
        agent("ann", NINE + 3_600, "offline"),
        journal.beat((MIDNIGHT_S + DAY_S) * US - 1),
    )  # fmt: skip
    first, second = trace.contacts
    assert (first.id, first.arrival_us, first.queue, first.outcome) == (
        "gw1:c1",
        (NINE + 100) * US,
        "cards",
        "answered",
    )
    assert (first.wait_us, first.service_us, first.wrap_up_us, first.agent) == (8 * US, 120 * US, 24 * US, "ann")
    assert (first.head_start_s, first.customer, first.patience_known) == (90, "k", False)
    assert (second.outcome, second.patience_us, second.patience_known) == ("abandoned", 33 * US, True)
    (ann,) = trace.agents
    assert ann.skills == {"cards": 5}
    (shift,) = ann.shifts
    assert (shift.from_us, shift.to_us, shift.skills) == ((NINE + 60) * US, (NINE + 3_600) * US, ("cards",))
    assert [(pause.from_us, pause.for_us) for pause in shift.breaks] == [((NINE + 600) * US, 600 * US)]
    header = trace.header
    assert (header.presence, header.time_zone, header.start) == (
        "recorded",
        "Europe/Berlin",
        "2024-03-04T00:00:00+01:00",
    )
    assert header.days[0].to_us == DAY_S * US
    assert replay(trace).violations == {}
    write_trace(tmp_path / "again.trace", trace)
    assert read_trace(tmp_path / "again.trace") == trace


def test_what_the_engine_sends_on_is_one_caller(tmp_path: Path) -> None:
    """Moved on from queue to queue, also at entry, they asked for the first one; the wait is that of all of them."""
    trace = read(
        tmp_path,
        visit("c1", 100, "moved", waited_ms=20_000, visit_ms=20_000, transferred_to="loans"),
        visit("c1", 100, "answered", leg("bob", "loans", 60), queue="loans", waited_ms=50_000, visit_ms=110_000),
        visit("c2", 100, "refused", why="full", transferred_to="loans"),
        visit("c2", 100, "abandoned", queue="loans", waited_ms=5_000, visit_ms=5_000),
    )
    assert [(each.queue, each.outcome, each.wait_us) for each in trace.contacts] == [
        ("cards", "answered", 50 * US),
        ("cards", "abandoned", 5 * US),
    ]
    assert trace.contacts[0].agent == "bob"
    assert trace.header.notes == {"sent_on": 2}


def test_what_routes_were_told_is_kept(tmp_path: Path) -> None:
    """By which number a contact came, what it was about, and what its row gave; nothing where routes did not choose."""
    of = Visit("c1", "gw1", "main", "cards", "voice", "abandoned", priority_s=90, route="gold", entry="+4930100")
    of.arrived_utc_ms, of.business = (MIDNIGHT_S + 100) * 1000, "complaint"
    trace = read(tmp_path, journal.visit(of, None, 60), visit("c2", 200, "abandoned"))
    first, second = trace.contacts
    assert (first.entry, first.business) == ("+4930100", "complaint")
    assert (first.head_start_s, first.route_head_start_s) == (90, 60)
    assert (second.entry, second.business, second.route_head_start_s) == (None, None, 0)
    write_trace(tmp_path / "again.trace", trace)
    assert read_trace(tmp_path / "again.trace") == trace


def test_a_transfer_is_another_contact(tmp_path: Path) -> None:
    """An agent hands a caller on: the second part begins then, waits, and has its own talk. The leg that wraps up
    meanwhile stands in the next record."""
    trace = read(
        tmp_path,
        visit("c1", 100, "answered", waited_ms=10_000, visit_ms=70_000, transferred_to="loans"),
        visit(
            "c1", 100, "answered", leg("ann", "cards", 60, wrap=15), leg("bob", "loans", 40),
            queue="loans", waited_ms=30_000, visit_ms=130_000,
        ),
    )  # fmt: skip
    first, second = trace.contacts
    assert (first.agent, first.service_us, first.wrap_up_us, first.wait_us) == ("ann", 60 * US, 15 * US, 10 * US)
    assert (second.id, second.queue, second.arrival_us, second.agent) == ("gw1:c1+2", "loans", 170 * US, "bob")
    assert (second.wait_us, second.service_us) == (20 * US, 40 * US)


def test_what_says_nothing_of_a_caller_is_left_out(tmp_path: Path) -> None:
    """Counted by its reason, and never silently."""
    trace = read(
        tmp_path,
        visit("c1", 100, "lost_with_gateway"),
        visit("c2", 100, "answered", test=True),
        visit("c3", 100, "answered", ticket="t-1"),
        visit("c4", 100, "refused", why="closed"),
        visit("c5", 100, "waited_too_long", waited_ms=9_000),
        visit("c6", 100, "refused", why="route", queue=""),
        visit("c7", 100, "refused", why="plan", queue=""),
    )
    assert trace.header.left_out == {"ended_by_a_row": 2, "lost_with_gateway": 1, "test": 1, "ticket": 1}
    assert replay(trace).violations == {}
    assert [each.outcome for each in trace.contacts] == ["turned_away", "timed_out"]


def test_a_day_that_was_cut_off_is_good_up_to_the_cut(tmp_path: Path) -> None:
    """Cut at any byte: what was whole is there, and who was signed in stays until the last that is known."""
    records = [
        QUEUES,
        agent("ann", NINE, "available"),
        visit("c1", NINE, "abandoned"),
        visit("c2", NINE + 50, "abandoned"),
    ]
    whole = b"".join([HEAD, *records])
    path = tmp_path / "2024-03-04.trace"
    for length in range(len(HEAD), len(whole)):
        path.write_bytes(whole[:length])
        trace = read_trace(path)
        assert len(trace.contacts) == sum(length >= len(HEAD) + len(b"".join(records[:number])) for number in (3, 4))
    path.write_bytes(whole)
    assert read_trace(path).agents[0].shifts[0].to_us == (NINE + 50) * US
    path.write_bytes(HEAD[:-1])
    with pytest.raises(TraceError, match="not_a_trace"):
        read_trace(path)


def test_the_files_of_a_day_are_one_trace(tmp_path: Path) -> None:
    """What a daemon wrote after a restart, or above the size of a file, is read with the first one; the torn end of one
    hides nothing of the next."""
    (tmp_path / "2024-03-04.2.trace").write_bytes(
        HEAD + agent("ann", NINE + 100, "available") + visit("c2", 60, "abandoned")
    )
    trace = read(
        tmp_path,
        QUEUES,
        agent("ann", NINE, "available"),
        visit("c1", 50, "abandoned"),
        visit("x", 70, "abandoned")[:-3],
    )
    assert [each.id for each in trace.contacts] == ["gw1:c1", "gw1:c2"]
    assert [(each.from_us, each.breaks) for each in trace.agents[0].shifts] == [(NINE * US, [])]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (HEAD.replace(b"\xa6schema\x01", b"\xa6schema\x63"), "wrong_schema"),
        (HEAD + b"\x01", "bad_record"),
        (HEAD + b"\xc1", "bad_record"),
        (HEAD + b"\x81\xa4kind\xa5visit", "bad_record"),
    ],
)
def test_a_damaged_journal_is_named(tmp_path: Path, data: bytes, code: str) -> None:
    """Whole records that make no sense are no cut: they are refused."""
    path = tmp_path / "2024-03-04.trace"
    path.write_bytes(data)
    with pytest.raises(TraceError) as raised:
        read_trace(path)
    assert raised.value.code == code


def test_a_record_of_a_later_release_is_counted(tmp_path: Path) -> None:
    """It is passed by, and the header says so."""
    trace = read(tmp_path, b"\x82\xa4kind\xa5other\xa5at_us\x00", visit("c1", 50, "abandoned"))
    assert trace.header.notes["records_of_a_later_release"] == 1
    assert len(trace.contacts) == 1
