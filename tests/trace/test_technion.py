"""The bank's call records: each kind of line, each fault, other shapes of the file, and the real month."""

import gzip
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from router.terms import is_id
from router.trace.codec import read_trace, write_trace
from router.trace.records import Contact, ImportResult, TraceError
from router.trace.report import by_queue, figures, recorded
from router.trace.technion import ACKNOWLEDGEMENT, import_technion
from tests.trace.make import COLUMNS, S, lines, queued, row

MONTH = "bank-1999-02.tsv.gz"
CALLS = 33_344
PLAIN = row(call_id="plain", vru_entry="7:00:00", vru_exit="7:00:00", ser_start="7:00:00", server="BEN")
NINE = 9 * 3600


def imported(tmp_path: Path, *rows: dict[str, str]) -> ImportResult:
    """These lines, imported, with one plain call so that there always is one."""
    path = tmp_path / "calls.tsv"
    path.write_text(lines(PLAIN, *rows))
    return import_technion(path)


def only(result: ImportResult) -> Contact:
    """The one contact besides the plain call."""
    (found,) = [each for each in result.trace.contacts if not each.id.endswith("plain")]
    return found


def test_a_call_answered_at_once(tmp_path: Path) -> None:
    """It arrives as it leaves the IVR, waits 0, and its patience is only known to be more than that."""
    call = only(imported(tmp_path, row()))
    assert (call.arrival_us, call.wait_us, call.service_us) == (NINE * S, 0, 120 * S)
    assert (call.outcome, call.agent, call.patience_us, call.patience_known) == ("answered", "ANN", 0, False)


def test_a_call_that_queued_with_priority(tmp_path: Path) -> None:
    """It arrives as its wait begins; priority 2 is worth 90 seconds, priority 1 nothing."""
    cells = queued("9:00:00", "9:00:40", 40, priority=2, customer_id=123, ser_exit="9:02:40")
    call = only(imported(tmp_path, cells))
    assert (call.arrival_us, call.wait_us, call.answered_us) == (NINE * S, 40 * S, (NINE + 40) * S)
    assert (call.head_start_s, call.customer) == (90, "123")
    assert only(imported(tmp_path, cells | {"priority": "1"})).head_start_s == 0


def test_a_caller_who_hung_up_shows_patience(tmp_path: Path) -> None:
    """Abandoned after exactly the recorded wait; talk noted beside it is not believed, but counted."""
    result = imported(tmp_path, queued("9:00:00", "9:00:33", 33, outcome="HANG", server="NO_SERVER"))
    call = only(result)
    assert (call.outcome, call.patience_us, call.patience_known) == ("abandoned", 33 * S, True)
    assert (call.service_us, call.agent) == (None, None)
    assert result.trace.header.notes["hung_up_but_has_service_time"] == 1


def test_a_call_answered_by_nobody_named_is_kept(tmp_path: Path) -> None:
    """It was served and its times are known; only whose work it was is not."""
    result = imported(tmp_path, row(server="NO_SERVER"))
    assert (only(result).outcome, only(result).agent) == ("answered", None)
    assert result.trace.header.notes["answered_by_nobody_named"] == 1


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (row(outcome="PHANTOM"), "phantom"),
        (row(outcome="HANG"), "hung_up_in_ivr"),
        (row(outcome="FAX"), "outcome_not_known"),
        (row(date="990231"), "date_not_understood"),
        (row(date="yesterday"), "date_not_understood"),
        (row(ser_start="9:77:00"), "time_not_understood"),
        (row(vru_exit="noon"), "time_not_understood"),
        (row(ser_time="long"), "number_not_understood"),
        (row(ser_time=-5, ser_start="9:05:00", ser_exit="9:04:55"), "runs_backwards"),
        (queued("9:00:00", "8:59:00", -60), "runs_backwards"),
        (row(call_id="plain"), "same_call_again"),
    ],
)
def test_what_cannot_be_used_is_left_out_under_its_reason(tmp_path: Path, cells: dict[str, str], reason: str) -> None:
    """Every kind of unusable line has its own count, and the other calls are imported."""
    result = imported(tmp_path, cells)
    assert result.left_out == {reason: 1}
    assert len(result.trace.contacts) == 1
    assert result.trace.header.left_out == result.left_out


def test_a_duration_that_makes_no_sense_is_taken_from_the_clock(tmp_path: Path) -> None:
    """A negative number of seconds beside sane clock times: the clock times count."""
    assert only(imported(tmp_path, row(ser_time=-1))).service_us == 120 * S


def test_an_ivr_clock_that_ran_ahead_harms_nothing(tmp_path: Path) -> None:
    """The IVR's own time may be negative: queue and service have their own clocks."""
    cells = queued("9:00:00", "9:00:10", 10) | {"vru_entry": "9:00:57", "vru_time": "-57"}
    assert only(imported(tmp_path, cells)).arrival_us == NINE * S


def test_a_service_clock_far_off_is_not_believed(tmp_path: Path) -> None:
    """Seconds between the clocks of queue and service are kept; service that begins hours away is a fault."""
    near = only(imported(tmp_path, queued("9:00:00", "9:00:10", 10) | {"ser_start": "9:00:08"}))
    assert near.answered_us == (NINE + 8) * S
    far = only(imported(tmp_path, queued("9:00:00", "9:00:10", 10) | {"ser_start": "15:00:08"}))
    assert far.answered_us == (NINE + 10) * S


def test_a_call_over_midnight_goes_on(tmp_path: Path) -> None:
    """Queued at 23:59:50, answered after midnight, ended later still: one call of the day it began."""
    cells = queued("23:59:50", "0:00:20", 30, ser_exit="0:02:20")
    call = only(imported(tmp_path, cells))
    assert call.arrival_us == (86_400 - 10) * S
    assert call.answered_us == (86_400 + 20) * S


def test_a_queue_that_begins_at_midnight_is_one(tmp_path: Path) -> None:
    """0:00:00 stands for no queue only where no time was spent in it."""
    cells = queued("0:00:00", "0:00:15", 15, ser_exit="0:01:15") | {"vru_entry": "23:59:55", "vru_exit": "0:00:00"}
    call = only(imported(tmp_path, cells))
    assert (call.arrival_us, call.wait_us) == (86_400 * S, 15 * S)


def test_dates_of_two_digits_cross_the_century(tmp_path: Path) -> None:
    """991231 and 000101 (also without its zeros) are neighbours."""
    path = tmp_path / "calls.tsv"
    path.write_text(lines(row(date="991231"), row(date="000101"), row(date="101", call_id="2")))
    trace = import_technion(path).trace
    assert [day.date for day in trace.header.days] == ["1999-12-31", "2000-01-01"]
    assert [each.arrival_us // (86_400 * S) for each in trace.contacts] == [0, 1, 1]


def test_other_shapes_of_the_file_give_the_same_trace(tmp_path: Path) -> None:
    """Windows line ends, blank lines, gzip, a byte-order mark, capital column names: all one."""
    rows = [row(call_id=number, date=f"99020{number}") for number in range(1, 6)]
    text = lines(*rows)
    plain = tmp_path / "calls.tsv"
    plain.write_text(text)
    wanted = import_technion(plain).trace
    shapes = (
        text.replace("\n", "\r\n").encode(),
        text.replace("\n", "\n\n\t\t\n").encode(),
        gzip.compress(text.encode()),
        b"\xef\xbb\xbf" + text.encode(),
        text.replace("vru+line", "VRU+Line").encode(),
        text.replace("\t", ",").encode(),
    )
    for shape in shapes:
        plain.write_bytes(shape)
        assert import_technion(plain).trace == wanted


def test_columns_that_do_not_matter_may_be_missing(tmp_path: Path) -> None:
    """Without line, call number, customer, priority and the ends of times, calls are still told apart."""
    needless = {"vru+line", "call_id", "customer_id", "priority", "vru_entry", "vru_time", "q_exit", "ser_exit"}
    path = tmp_path / "calls.tsv"
    path.write_text(lines(row(), row(), columns=[name for name in COLUMNS if name not in needless]))
    result = import_technion(path)
    assert len(result.trace.contacts) == 2
    assert result.left_out == {}


def test_a_missing_column_that_matters_is_named(tmp_path: Path) -> None:
    """The error says which columns are missing, with a code."""
    path = tmp_path / "calls.tsv"
    path.write_text(lines(row(), columns=[name for name in COLUMNS if name not in {"q_time", "server"}]))
    with pytest.raises(TraceError, match=r"not_call_records.*q_time, server"):
        import_technion(path)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    """An empty file, another file, a damaged gzip, a file without one usable call: errors with codes."""
    path = tmp_path / "calls.tsv"
    for content, code in (
        (b"", "not_call_records"),
        (b"root:x:0:0\n", "not_call_records"),
        (lines(row(outcome="PHANTOM")).encode(), "not_call_records"),
        (gzip.compress(lines(row()).encode())[:-12], "cut_off"),
    ):
        path.write_bytes(content)
        with pytest.raises(TraceError) as caught:
            import_technion(path)
        assert caught.value.code == code


def test_short_lines_and_strange_names_do_not_stop_it(tmp_path: Path) -> None:
    """A line cut short is counted; names of agents and services become ids."""
    path = tmp_path / "calls.tsv"
    path.write_text(lines(row(server="DÉBORA M.", type="N/A")) + "AA0101\t7\n")
    result = import_technion(path)
    assert result.left_out == {"cells_missing": 1}
    assert is_id(result.trace.contacts[0].agent or "")
    assert is_id(result.trace.contacts[0].queue)


@pytest.fixture(scope="module")
def month(shared_data: Callable[[str], Path]) -> ImportResult:
    """February 1999, imported once; tests only look at it."""
    return import_technion(shared_data(MONTH))


def test_every_call_of_the_month_is_accounted_for(month: ImportResult) -> None:
    """Served + abandoned + left out are the lines of the file, and at most 12 % are left out."""
    counted = figures(recorded(month.trace))
    assert counted.served + counted.abandoned + sum(month.left_out.values()) == CALLS
    assert sum(month.left_out.values()) <= 0.12 * CALLS
    assert month.left_out == {"hung_up_in_ivr": 1_941, "phantom": 278}
    assert month.trace.header.acknowledgement == ACKNOWLEDGEMENT


def test_the_record_of_the_month_has_its_known_figures(month: ImportResult) -> None:
    """The served waited 41 s on average, one in eight hung up: the figures that a replay is compared with."""
    counted = figures(recorded(month.trace))
    assert counted.mean_wait_s is not None
    assert counted.abandoned_share is not None
    assert round(counted.mean_wait_s) == 41
    assert round(counted.abandoned_share, 3) == 0.127
    assert set(by_queue(recorded(month.trace))) == {"IN", "NE", "NW", "PE", "PS", "TT"}


def test_the_month_has_sane_agents(month: ImportResult) -> None:
    """24 people; no shift overlaps another of the same person or lasts over 18 hours, breaks lie in their
    shift, and every queue is served by somebody on every working day it had calls."""
    trace = month.trace
    assert len(trace.agents) == 24
    for agent in trace.agents:
        for before, after in zip(agent.shifts, agent.shifts[1:], strict=False):
            assert before.to_us < after.from_us
        for shift in agent.shifts:
            assert 0 < shift.to_us - shift.from_us < 18 * 3600 * S
            assert set(shift.skills) <= set(agent.skills)
            for each in shift.breaks:
                assert shift.from_us <= each.from_us
                assert each.from_us + each.for_us <= shift.to_us


def test_absence_takes_about_a_fifth_of_the_shifts(month: ImportResult) -> None:
    """Breaks and wrap-up together leave agents about as busy as a bank's: that is what makes callers wait."""
    shifts = [shift for agent in month.trace.agents for shift in agent.shifts]
    total = sum(shift.to_us - shift.from_us for shift in shifts)
    breaks = sum(each.for_us for shift in shifts for each in shift.breaks)
    wraps = [each.wrap_up_us for each in month.trace.contacts if each.wrap_up_us is not None]
    assert 0.12 < breaks / total < 0.28
    assert 5 < sorted(wraps)[len(wraps) // 2] / S < 15
    assert 0.08 < sum(wraps) / total < 0.2


def test_the_month_is_written_and_read_quickly(month: ImportResult, tmp_path: Path) -> None:
    """It comes back equal, and reading takes a small part of a replay's few seconds."""
    path = tmp_path / "month.trace"
    write_trace(path, month.trace)
    began = time.perf_counter()
    again = read_trace(path)
    took_s = time.perf_counter() - began
    assert again == month.trace
    assert took_s < 2, "0.1 s on an idle machine"
