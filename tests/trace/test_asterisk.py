"""The Asterisk importer on a sample log with every documented event, and on faults of real logs."""

from pathlib import Path

import pytest

from router.trace.asterisk import import_asterisk
from router.trace.records import Contact, ImportResult, TraceError
from tests.trace.make import S

SAMPLE = Path(__file__).with_name("queue_log")
"""Two days of a small centre. Its first call comes on Monday, 4 March 2024, 8:00:00 UTC, epoch 1709539200."""
FIRST = 1_709_539_200


@pytest.fixture(scope="module")
def result() -> ImportResult:
    """The sample, imported once; tests only look at it."""
    return import_asterisk(SAMPLE)


def visit(result: ImportResult, second: int) -> Contact:
    """The visit that entered its queue so many seconds after the first."""
    (found,) = [each for each in result.trace.contacts if each.arrival_us == (8 * 3600 + second) * S]
    return found


@pytest.mark.parametrize(
    ("second", "outcome", "wait", "talk"),
    [
        (0, "answered", 4, 120),
        (30, "answered", 6, 114),
        (60, "answered", 71, 120),
        (170, "abandoned", 45, None),
        (180, "left_by_key", 60, None),
        (255, "answered", 3, 62),
        (300, "timed_out", 300, None),
        (830, "answered", 5, 70),
        (1_100, "turned_away", 1, None),
    ],
)
def test_each_way_to_end(result: ImportResult, second: int, outcome: str, wait: int, talk: int | None) -> None:
    """COMPLETE*, the three transfers, ABANDON, EXITWITHKEY, EXITWITHTIMEOUT and EXITEMPTY, with their
    times."""
    found = visit(result, second)
    assert found.outcome == outcome
    assert found.wait_us == wait * S
    assert found.service_us == (None if talk is None else talk * S)


def test_only_a_caller_who_chose_to_go_shows_patience(result: ImportResult) -> None:
    """Hanging up and pressing a key are the caller's choice; connected, timed out and turned away are not."""
    known = {each.outcome for each in result.trace.contacts if each.patience_known}
    assert known == {"abandoned", "left_by_key"}


def test_what_is_left_out_is_counted(result: ImportResult) -> None:
    """A call from before the log, one lost at a restart, one without an end; and lines that are no use."""
    assert result.left_out == {"entered_before_the_log": 1, "lost_at_restart": 1, "no_end_in_the_log": 1}
    assert result.ignored_lines == {
        "end of a call that had ended": 1,
        "event SOMETHINGNEW": 1,
        "not a line of a queue_log": 1,
    }
    assert result.trace.header.notes["ringnoanswer"] == 1


def test_numbers_of_callers_stay_in_the_log(result: ImportResult) -> None:
    """A caller is the same word each time, and not the number; no number is no customer."""
    assert visit(result, 0).customer == visit(result, 180).customer
    assert visit(result, 0).customer != visit(result, 30).customer
    assert visit(result, 60).customer is None
    assert "4930" not in repr(result)


def test_presence_comes_from_member_events(result: ImportResult) -> None:
    """201 is a member of two queues from 7:55 until out of both; 202 joined paused and paused twice more."""
    agents = {agent.name: agent for agent in result.trace.agents}
    (shift,) = agents["PJSIP_201"].shifts
    assert (shift.from_us, shift.to_us) == ((8 * 3600 - 300) * S, (8 * 3600 + 1_200) * S)
    assert shift.skills == ("sales", "support")
    (shift,) = agents["PJSIP_202"].shifts
    assert shift.skills == ("support",)
    assert [(each.from_us // S - 8 * 3600, each.for_us // S) for each in shift.breaks] == [
        (-120, 115),
        (160, 500),
        (763, 60),
    ], "the last pause began in a call: it counts from the end of that call"


def test_calls_outside_recorded_times_get_inferred_shifts(result: ImportResult) -> None:
    """Agent/1001 logs in on the second day only, but took a call on the first: both days are shifts."""
    (agent,) = [each for each in result.trace.agents if each.name == "Agent_1001"]
    assert [(shift.from_us // S, shift.to_us // S) for shift in agent.shifts] == [
        (8 * 3600 + 835, 8 * 3600 + 905),
        (86_400 + 8 * 3600, 86_400 + 9 * 3600),
    ]
    assert result.trace.header.presence == "mixed"


def test_days_begin_at_midnight_of_the_time_zone() -> None:
    """In Berlin the first call came at nine; without a zone days are those of UTC."""
    berlin = import_asterisk(SAMPLE, time_zone="Europe/Berlin").trace
    assert berlin.contacts[0].arrival_us == 9 * 3600 * S
    assert berlin.header.start == "2024-03-04T00:00:00+01:00"
    assert [day.date for day in berlin.header.days] == ["2024-03-04", "2024-03-05"]


def write(path: Path, *lines: str) -> Path:
    """A log of lines whose first field is seconds after the first call of the sample."""
    text = ""
    for line in lines:
        second, rest = line.split("|", 1)
        text += f"{FIRST + int(second)}|{rest}\n"
    path.write_text(text)
    return path


def test_a_day_of_23_hours_is_one(tmp_path: Path) -> None:
    """Clocks go forward on 31 March: that day is an hour shorter, and the next begins at its own midnight."""
    late = 27 * 86_400
    log = write(tmp_path / "log", f"{late - 40000}|a|q|NONE|ENTERQUEUE||1|1", f"{late + 99000}|a|q|NONE|ABANDON|1|1|9")
    days = import_asterisk(log, time_zone="Europe/Berlin").trace.header.days
    assert [day.date for day in days] == ["2024-03-30", "2024-03-31", "2024-04-01"]
    assert [(day.to_us - day.from_us) // (3600 * S) for day in days] == [24, 23, 24]


def test_a_call_may_visit_two_queues(tmp_path: Path) -> None:
    """The second ENTERQUEUE of a call id is a visit of its own, with an id of its own."""
    log = write(
        tmp_path / "log",
        "0|a|q1|NONE|ENTERQUEUE||1|1",
        "10|a|q1|NONE|EXITWITHTIMEOUT|1|1|10",
        "12|a|q2|NONE|ENTERQUEUE||1|1",
        "20|a|q2|SIP/1|CONNECT|8|b|3",
        "50|a|q2|SIP/1|COMPLETECALLER|8|30|1",
    )
    found = [(each.id, each.queue, each.outcome) for each in import_asterisk(log).trace.contacts]
    assert found == [("a", "q1", "timed_out"), ("a+2", "q2", "answered")]


def test_members_who_left_twice_worked_twice(tmp_path: Path) -> None:
    """Members since before the log, removed from one queue and later from another: no shifts that overlap."""
    log = write(
        tmp_path / "log",
        "0|a|q1|NONE|ENTERQUEUE||1|1",
        "5|a|q1|SIP/1|CONNECT|5|b|3",
        "20|a|q1|SIP/1|COMPLETEAGENT|5|15|1",
        "100|M|q1|SIP/1|REMOVEMEMBER|",
        "200|M|q2|SIP/1|REMOVEMEMBER|",
    )
    (agent,) = import_asterisk(log).trace.agents
    assert [(s.from_us // S - 28_800, s.to_us // S - 28_800, s.skills) for s in agent.shifts] == [
        (0, 100, ("q1",)),
        (100, 200, ("q2",)),
    ]


def test_a_log_of_nothing_usable_is_refused(tmp_path: Path) -> None:
    """Another file, or a log without one whole visit: an error that says what was there."""
    path = tmp_path / "log"
    path.write_text("Feb  1 10:00:00 host kernel: hello\n")
    with pytest.raises(TraceError, match=r"not_a_queue_log.*left out: nothing; lines ignored: not a line"):
        import_asterisk(path)


def test_an_unknown_time_zone_is_refused() -> None:
    """A wrong zone would put calls on wrong days: it is an error with a code."""
    with pytest.raises(TraceError, match="unknown_time_zone"):
        import_asterisk(SAMPLE, time_zone="Europe/Atlantis")
