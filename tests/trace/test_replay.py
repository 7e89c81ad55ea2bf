"""A replay's conversation with the engine: small traces whose outcome can be worked out by hand, and a busy hour."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace as changed

import pytest

from router.core import settings as of
from router.trace import Agent, Break, Contact, Header, Shift, Trace, TraceError, generate_busy_hour
from router.trace.replay.report import ReplayReport
from router.trace.replay.run import replay
from tests.conftest import ROOT
from tests.trace.make import S, small_trace

HOUR = 3_600


def call(
    name: str, at: float, *, talk: float = 60, wrap: float = 0, patience: float | None = None, queue: str = "PS"
) -> Contact:
    """A contact without a record; all times in seconds."""
    return Contact(
        id=name,
        arrival_us=int(at * S),
        queue=queue,
        patience_us=None if patience is None else int(patience * S),
        patience_known=patience is not None,
        service_us=int(talk * S),
        wrap_up_us=int(wrap * S),
    )


def shift(start: float, end: float, *breaks: tuple[float, float], queues: tuple[str, ...] = ("PS",)) -> Shift:
    """A shift with breaks (start, length); all times in seconds."""
    pauses = [Break(int(from_s * S), int(for_s * S)) for from_s, for_s in breaks]
    return Shift(int(start * S), int(end * S), queues, pauses)


def centre(contacts: list[Contact], **shifts: list[Shift]) -> Trace:
    """A trace of these contacts and people."""
    agents = [
        Agent(name, {queue: 5 for each in own for queue in each.skills}, own) for name, own in sorted(shifts.items())
    ]
    return Trace(Header("test", "2024-03-04T00:00:00", "generated"), agents, contacts)


def clean(trace: Trace, settings: of.Settings | None = None) -> ReplayReport:
    """The report of a replay in which nothing was violated."""
    report = replay(trace, settings=settings)
    assert report.violations == {}, report.first_violations
    assert report.contacts == report.served + report.abandoned + report.left_out
    return report


def mean_wait(report: ReplayReport) -> float | None:
    """Of the served, in seconds."""
    return report.whole.simulated.figures.mean_wait_s


def test_wrap_up_keeps_the_agent_from_the_next() -> None:
    """The second caller waits for talk and wrap-up of the first: 60 + 30 - 10 s; the mean is half of that."""
    trace = centre([call("a", 100, talk=60, wrap=30), call("b", 110, talk=60)], ANN=[shift(0, HOUR)])
    report = clean(trace)
    assert (report.served, mean_wait(report)) == (2, 40.0)
    time = report.agents["ANN"][1]
    assert (time.served, time.time.work_us, time.time.logged_in_us) == (2, 150 * S, HOUR * S)


def test_patience_ends_a_wait() -> None:
    """Who would wait 79 s hangs up before the agent is free after 80 s; who would wait exactly 80 s is served."""
    trace = centre(
        [call("a", 0, talk=100), call("b", 20, patience=79), call("c", 20, patience=80)], ANN=[shift(0, HOUR)]
    )
    report = clean(trace)
    assert (report.served, report.abandoned, mean_wait(report)) == (2, 1, 40.0)


def test_head_start_goes_first() -> None:
    """A head start of 90 s passes a caller who came 30 s earlier."""
    late = call("c", 50, talk=10, patience=60)
    late.head_start_s = 90
    trace = centre([call("a", 0, talk=100), call("b", 20, patience=85), late], ANN=[shift(0, HOUR)])
    report = clean(trace)
    assert (report.served, report.abandoned) == (2, 1), "b gave up at 105 s, while c was served from 100 s"


def test_break_waits_for_the_contact_and_keeps_its_length() -> None:
    """A break due during a call of 100 s begins at its end and lasts its 300 s: the next caller waits until 400 s."""
    trace = centre([call("a", 0, talk=100), call("b", 150, talk=10)], ANN=[shift(0, HOUR, (50, 300))])
    report = clean(trace)
    assert mean_wait(report) == 125.0
    assert report.agents["ANN"][1].time.not_ready_us == 300 * S


def test_breaks_follow_one_another() -> None:
    """A break due during another begins when that is over, without a moment ready in between."""
    trace = centre([call("b", 120, talk=10)], ANN=[shift(0, HOUR, (100, 100), (150, 100))])
    report = clean(trace)
    assert mean_wait(report) == 180.0
    assert report.agents["ANN"][1].time.not_ready_us == 200 * S


def test_break_not_begun_by_the_shifts_end_is_dropped() -> None:
    """A call runs over the shift's end: its break is dropped, and the agent leaves when the call is over."""
    trace = centre([call("a", 0, talk=500)], ANN=[shift(0, 300, (200, 100))])
    time = clean(trace).agents["ANN"][1].time
    assert (time.not_ready_us, time.logged_in_us, time.work_us) == (0, 500 * S, 500 * S)


def test_break_is_cut_by_the_shifts_end() -> None:
    """Whoever is on a break at the end of the shift goes home; nobody is called ready afterwards."""
    trace = centre([call("a", 250, talk=10, patience=500)], ANN=[shift(0, 300, (200, 900))])
    report = clean(trace)
    time = report.agents["ANN"][1].time
    assert (report.served, time.not_ready_us, time.logged_in_us) == (0, 100 * S, 300 * S)


def test_one_person_is_never_at_two_desks() -> None:
    """A shift with other queues begins while the last contact of the shift before is in hand: it begins after it."""
    shifts = [shift(0, 300), shift(300, 900, queues=("NE",))]
    trace = centre([call("a", 200, talk=250), call("b", 310, talk=10, queue="NE")], ANN=shifts)
    report = clean(trace)
    assert mean_wait(report) == 70.0
    assert report.agents["ANN"][1].time.logged_in_us == 900 * S


def test_the_same_shift_goes_on_over_a_contact() -> None:
    """A shift with the same queues that begins during the last contact of the one before takes the log-out back."""
    trace = centre([call("a", 200, talk=250), call("b", 310, talk=10)], ANN=[shift(0, 300), shift(300, 900)])
    report = clean(trace)
    assert mean_wait(report) == 70.0
    assert report.agents["ANN"][1].time.logged_in_us == 900 * S


def test_who_is_served_by_nobody_leaves_in_the_end() -> None:
    """A queue that nobody serves, callers who never hang up: counted as abandoned, and said apart."""
    trace = centre([call("a", 0, queue="XX"), call("b", 5)], ANN=[shift(0, HOUR)])
    report = clean(trace)
    assert (report.served, report.abandoned, report.stayed) == (1, 1, 1)
    assert report.queues["XX"].simulated.figures.mean_wait_s is None


def test_chats_share_an_agent() -> None:
    """Contacts of a channel with a quarter of the units are taken side by side, and count as a quarter of work."""
    chats = [call(name, at, talk=100) for name, at in (("a", 0), ("b", 1), ("c", 2))]
    for chat in chats:
        chat.channel = "chat"
    report = clean(centre(chats, ANN=[shift(0, HOUR)]))
    assert mean_wait(report) == 0.0
    assert report.agents["ANN"][1].time.work_us == 75 * S


def test_recorded_side_is_the_traces_own() -> None:
    """The recorded figures come from the record, whatever the replay does."""
    report = clean(small_trace())
    was = report.whole.recorded.figures
    assert (was.contacts, was.served, was.abandoned, was.mean_wait_s) == (3, 2, 1, 10.0)
    assert (report.contacts, report.left_out) == (5, 2)
    assert report.agents["ANN"][0].time.work_us == 125 * S


def test_the_configuration_of_a_queue_counts() -> None:
    """With a higher boost for the second queue its caller goes first; what is not in the trace is named."""
    contacts = [call("a", 0, talk=100), call("b", 20, patience=150), call("c", 50, queue="NE", talk=80)]
    trace = centre(contacts, ANN=[shift(0, HOUR, queues=("PS", "NE"))])
    assert clean(trace).served == 3
    settings = of.Settings(queues=(of.Queue("NE", boost=100.0), of.Queue("cards")))
    report = clean(trace, settings=settings)
    assert (report.served, report.abandoned) == (2, 1), "b gives up at 170 s, c talks until 180 s"
    assert (report.configured, report.derived, report.not_in_trace) == (("NE",), ("PS",), ("cards",))
    assert [row[0] for row in report.tables()[-1].rows] == ["NE", "PS", "cards"]


def test_agent_choice_comes_from_the_configuration() -> None:
    """The least flexible agent is kept for what only they can do when the configuration says so."""
    contacts = [call("a", 100, talk=500), call("b", 110, talk=10, queue="NE", patience=60)]
    people = {"ANN": [shift(0, HOUR, queues=("PS", "NE"))], "BOB": [shift(1, HOUR)]}
    assert clean(centre(contacts, **people)).abandoned == 1, "ANN is idle for longer, so b finds nobody"
    settings = of.Settings(queues=(of.Queue("PS", agent_choice="least_flexible"),))
    assert clean(centre(contacts, **people), settings=settings).abandoned == 0


def test_busy_hour() -> None:
    """A generated hour: everybody is accounted for, nothing is violated, and the object has what it must."""
    told: list[tuple[str, int, int | None]] = []
    trace = generate_busy_hour(3)
    report = replay(trace, progress=lambda *said: told.append(said))
    found = report.as_json()
    assert found["violations"] == 0, found["first_violations"]
    assert found["contacts"] == found["served"] + found["abandoned"] + found["left_out"] == len(trace.contacts)
    assert found["served"] > 400
    assert found["simulated"]["mean_wait_s"] > 0
    assert found["recorded"]["mean_wait_s"] is None, "a generated hour has no record"
    assert set(found["queues"]) == set(trace.header.queues)
    assert all(0.4 < agent["simulated"]["occupancy"] < 1 for agent in found["agents"].values())
    assert found["commands_per_s"] > 0
    assert told[-1] == ("contacts", 500, len(trace.contacts))
    json.dumps(found, allow_nan=False)
    for table in report.tables():
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_the_same_seed_is_the_same_replay() -> None:
    """Same trace and seed: same digest, checks or not. Another seed draws other talk times: another digest."""
    trace = generate_busy_hour(4)
    for each in trace.contacts[::2]:
        each.service_us = None
    first = replay(trace, seed=1)
    assert replay(trace, seed=1, verify=False).digest == first.digest
    assert replay(trace, seed=2).digest != first.digest


def test_no_hash_seed_changes_the_digest() -> None:
    """Two processes with different PYTHONHASHSEEDs tell their peers the same, byte for byte."""
    program = (
        "from router.trace import generate_busy_hour; from router.trace.replay.run import replay; "
        "print(replay(generate_busy_hour(5)).digest)"
    )
    digests = set()
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        run = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=True
        )
        digests.add(run.stdout)
    assert len(digests) == 1
    assert len(digests.pop()) == 65, "a SHA-256 in hexadecimal, and a line's end"


def test_the_page_lists_every_key() -> None:
    """Each key of the object stands in the page's table, and no other."""
    page = (ROOT / "docs" / "traces.md").read_text()
    table = page[page.index("| key | unit |") : page.index("The same trace, settings and seed")]
    listed = {name for line in table.splitlines()[2:] if line for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert listed == set(replay(centre([])).as_json())


GOOD = centre([call("a", 0), call("b", 5)], ANN=[shift(0, HOUR)])


@pytest.mark.parametrize(
    ("code", "trace"),
    [
        ("contact_twice", changed(GOOD, contacts=[call("a", 0), call("a", 5)])),
        ("agent_twice", changed(GOOD, agents=GOOD.agents * 2)),
        ("bad_id", changed(GOOD, contacts=[call("a b", 0)])),
        ("bad_id", changed(GOOD, contacts=[call("a", 0, queue="two words")])),
        ("bad_id", changed(GOOD, agents=[Agent("\n", {}, [])])),
        ("bad_time", changed(GOOD, contacts=[call("a", -1)])),
        ("bad_time", changed(GOOD, contacts=[call("a", 0, talk=-1)])),
        ("bad_time", changed(GOOD, contacts=[changed(call("a", 0), head_start_s=90_000)])),
        ("bad_time", centre([], ANN=[shift(10, 5)])),
        ("bad_time", centre([], ANN=[shift(0, 5, (1, -1))])),
        ("shifts_overlap", centre([], ANN=[shift(0, 10), shift(9, 20)])),
        ("bad_level", changed(GOOD, agents=[Agent("ANN", {"PS": 11}, [])])),
        ("bad_level", changed(GOOD, agents=[Agent("ANN", {"PS": 5}, [shift(0, 5, queues=("NE",))])])),
        ("agent_twice", centre([], **{"A": [shift(0, 1), shift(1, 2, queues=("NE",))], "A+2": [shift(0, 1)]})),
    ],
)
def test_bad_traces_are_refused(code: str, trace: Trace) -> None:
    """What the engine could not take is named before anything is replayed."""
    with pytest.raises(TraceError) as raised:
        replay(trace)
    assert raised.value.code == code


def test_empty_trace() -> None:
    """A trace without contacts and people gives a report of nothing."""
    report = clean(centre([]))
    assert (report.contacts, mean_wait(report)) == (0, None)
