"""The recorded month through the engine: every call accounted for, nothing violated, close to what was recorded.

The data was collected by Avi Mandelbaum and Ilan Guedj, Technion.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from router.trace import import_technion, one_day, read_trace, write_trace
from router.trace.records import Trace
from router.trace.replay.run import replay
from router.trace.whatif.redials import estimate
from tests.trace.make import lines, queued, row


@pytest.fixture(scope="module")
def february(shared_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Trace:
    """The month as `import` writes it and `replay` reads it."""
    path = tmp_path_factory.mktemp("month") / "feb.trace"
    write_trace(path, import_technion(shared_data("bank-1999-02.tsv.gz")).trace)
    return read_trace(path)


def test_february(february: Trace) -> None:
    """Counts add up to the file's 33,344 calls, and the simulated month is near the recorded one."""
    report = replay(february)
    found = report.as_json()
    assert found["violations"] == 0, found["first_violations"]
    assert found["served"] + found["abandoned"] + found["left_out"] == found["contacts"] == 33_344
    assert found["left_out"] <= 0.12 * found["contacts"]
    difference = found["difference"]
    assert abs(difference["mean_wait"]) <= 0.20
    assert abs(difference["abandoned_points"]) <= 2.5
    assert abs(difference["within_20s_points"]) <= 6
    for queue in found["queues"].values():
        assert queue["recorded"]["contacts"] == queue["simulated"]["contacts"]
    was, is_ = (sum(sides[side].served for sides in report.agents.values()) for side in (0, 1))
    assert is_ == found["served"]
    assert was <= found["recorded"]["served"], "some calls were answered by nobody named"
    assert found["acknowledgement"]


def test_who_came_again_in_february(february: Trace) -> None:
    """Repeat rate and first-contact resolution of the recorded month, whole and by queue, with what nobody knows."""
    report = replay(february)
    whole, queues = report.customers.recorded
    assert (whole.repeats.contacts, whole.repeats.known, whole.repeats.repeats) == (31_125, 12_461, 3_538)
    assert round(whole.repeats.unknown_share or 0, 3) == 0.585, "59 % have no id"
    assert (round(whole.resolution.share or 0, 3), round(whole.resolution.unknown_share or 0, 3)) == (0.678, 0.602)
    assert sum(of.repeats.repeats for of in queues.values()) == whole.repeats.repeats
    assert queues["IN"].repeats.share is None, "nobody is known there: unknown, not 0"
    assert queues["NE"].repeats.share == pytest.approx(0.646, abs=0.001)
    shown = next(table for table in report.tables() if table.title.startswith("Customers"))
    assert ("", "recorded", "28.4%", "58.5%", "67.8%", "60.2%", "1099") in shown.rows
    assert report.as_json()["customers"]["simulated"]["queues"]["PS"]["repeat_rate"] > 0.2


def test_who_redials_in_february(february: Trace) -> None:
    """What `docs/whatif.md` says of the month: how many call again because they were not helped, and how soon."""
    found = estimate(february)
    assert (found.source, found.failed) == ("trace", 1_742)
    assert [round(share, 3) for share in (found.after_failing, found.after_service, found.share)] == [
        0.276, 0.09, 0.204,
    ]  # fmt: skip
    assert 6.5 < found.median_us / 60_000_000 < 7


def test_one_day_of_february(february: Trace) -> None:
    """A day replays by itself, with what the whole month says of patience."""
    report = replay(one_day(february, 1), basis=february)
    assert report.violations == {}, report.first_violations
    assert report.contacts > 1_000
    assert report.left_out == 0


def test_a_strange_month(tmp_path: Path) -> None:
    """Types and agents never seen before, a type that nobody ever answers, columns that are missing."""
    columns = [
        "vru+line", "call_id", "type", "date", "vru_exit", "q_start", "q_exit", "q_time", "outcome", "ser_start",
        "ser_exit", "ser_time", "server",
    ]  # fmt: skip
    rows = [row(call_id=n, type="ZZ", server=f"NEW {n % 3}", date="010203") for n in range(30)]
    nobody = {"type": "??", "outcome": "HANG", "ser_exit": "0:00:00", "ser_time": 0, "server": "NO_SERVER"}
    rows += [queued("9:00:05", "9:00:45", 40, call_id=100 + n, date="010203", **nobody) for n in range(5)]
    path = tmp_path / "strange.tsv"
    path.write_text(lines(*rows, columns=columns))
    report = replay(import_technion(path).trace)
    assert report.violations == {}, report.first_violations
    assert report.contacts == 35
    assert report.queues["_"].simulated.figures.served == 0
