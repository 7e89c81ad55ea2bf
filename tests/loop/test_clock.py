"""Core time over restarts, jumps and odd clocks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.loop.clock import START_US, Clock, boot_id, boot_us, resume, wall_us
from router.store.base import Stamp

HOUR_US = 3_600_000_000
LAST = Stamp(core_us=50_000_000, boot_us=900_000_000, wall_us=1_732_000_000_000_000, boot_id="b1")


def now(boot: int, wall: int, name: str = "b1") -> Stamp:
    """The clocks, so much later than at the last commit."""
    return Stamp(0, LAST.boot_us + boot, LAST.wall_us + wall, name)


def test_a_new_store_begins_above_zero() -> None:
    """0 means `no time` in the core."""
    assert resume(None, now(0, 0)) == (START_US, 0, "new")
    assert START_US > 0


def test_the_same_boot_counts_by_the_boot_clock() -> None:
    """Whatever happened to the wall clock: an hour forward, an hour back."""
    for wall in (HOUR_US, -HOUR_US, 0):
        assert resume(LAST, now(7_000_000, wall)) == (57_000_000, 7_000_000, "same_boot")


def test_a_new_boot_counts_by_the_wall_clock() -> None:
    """The boot clock began anew, even where it shows more than before."""
    assert resume(LAST, now(-800_000_000, HOUR_US, "b2")) == (50_000_000 + HOUR_US, HOUR_US, "new_boot")
    assert resume(LAST, now(1_000_000, HOUR_US, "b2")) == (50_000_000 + HOUR_US, HOUR_US, "new_boot")


def test_a_clock_set_back_counts_nothing() -> None:
    """On a new boot with a wall clock before the last commit the gap is unknown: none, and said so."""
    assert resume(LAST, now(0, -1, "b2")) == (50_000_000, 0, "clock_set_back")


def test_a_system_without_a_boot_id_trusts_no_boot_clock() -> None:
    """Two empty texts are no same boot."""
    last = LAST._replace(boot_id="")
    assert resume(last, now(7_000_000, 9_000_000, "")).how == "new_boot"


def test_a_faster_clock_has_a_longer_gap() -> None:
    """Two seconds away at speed 600 are twenty minutes of core time."""
    assert resume(LAST, now(2_000_000, 0), speed=600).gap_us == 1_200_000_000


@given(
    boot=st.integers(-(10**12), 10**12),
    wall=st.integers(-(10**12), 10**12),
    name=st.sampled_from(("b1", "b2", "")),
)
def test_time_never_goes_back_over_a_start(boot: int, wall: int, name: str) -> None:
    """Whatever the clocks show, core time goes on at or after the last commit."""
    resumed = resume(LAST, now(boot, wall, name))
    assert resumed.core_us >= LAST.core_us
    assert resumed.gap_us == resumed.core_us - LAST.core_us


def test_core_time_follows_the_boot_clock() -> None:
    """From where it is told to begin, at its speed."""
    times = iter([100, 100, 150, 1100])
    clock = Clock(5_000, boot=lambda: next(times), wall=lambda: 0)
    assert [clock.now_us() for _ in range(3)] == [5_000, 5_050, 6_000]
    times = iter([100, 200])
    clock = Clock(5_000, speed=60, boot=lambda: next(times), wall=lambda: 0)
    assert clock.now_us() == 11_000


def test_a_clock_that_steps_back_stands_still() -> None:
    """The core never sees time go back."""
    times = iter([100, 200, 150, 250])
    clock = Clock(0, boot=lambda: next(times), wall=lambda: 0)
    assert [clock.now_us() for _ in range(3)] == [100, 100, 150]


def test_the_wall_clock_is_for_calendars_only() -> None:
    """It may jump an hour and core time does not notice; a faster clock's calendar runs with core time."""
    walls = iter([0, HOUR_US])
    clock = Clock(0, boot=lambda: 0, wall=lambda: next(walls))
    assert clock.now_us() == 0
    assert clock.utc_s() == 3600
    assert clock.now_us() == 0
    boots = iter([0, 1_000_000])
    clock = Clock(0, speed=3600, boot=lambda: next(boots), wall=lambda: 10_000_000)
    assert clock.utc_s() == 3610


def test_a_stamp_holds_what_resume_needs() -> None:
    """A stamp of a clock, given to resume at once, goes on without a gap."""
    clock = Clock(7_000, boot=lambda: 40, wall=lambda: 90, boot_name="b")
    stamp = clock.stamp(8_000)
    assert stamp == Stamp(8_000, 40, 90, "b")
    assert resume(stamp, clock.stamp(0)) == (8_000, 0, "same_boot")


def test_the_systems_clocks_are_there() -> None:
    """Both run forward in microseconds, and the boot has a name."""
    assert boot_us() <= boot_us()
    assert wall_us() > 1_700_000_000_000_000
    assert boot_id() == boot_id()
