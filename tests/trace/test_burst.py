"""Incidents put into a trace: how many come, when, who they are, and that nobody else is touched."""

from collections import Counter

import pytest

from router.trace import TraceError, generate_busy_hour
from router.trace.burst import burst, clock, moment
from router.trace.replay.run import replay
from tests.trace.make import S, small_trace

MINUTE = 60 * S
TRACE = generate_busy_hour(3)


def test_more_of_the_same_kind() -> None:
    """Five times the arrivals of those minutes, of the queues that were asked for then; all others are as before."""
    at = moment(TRACE, "2024-03-04T10:15")
    made = burst(TRACE, [at], factor=5, for_us=15 * MINUTE, seed=2)
    new = [contact for contact in made.contacts if contact.id.startswith("burst-")]
    inside = [contact for contact in TRACE.contacts if at <= contact.arrival_us < at + 15 * MINUTE]
    assert len(new) == 4 * len(inside) > 100
    assert [contact for contact in made.contacts if contact not in new] == TRACE.contacts
    assert made.agents == TRACE.agents
    assert all(at <= contact.arrival_us < at + 15 * MINUTE for contact in new)
    assert [contact.arrival_us for contact in made.contacts] == sorted(contact.arrival_us for contact in made.contacts)
    asked, before = Counter(contact.queue for contact in new), Counter(contact.queue for contact in inside)
    assert set(asked) == set(before)
    assert asked["general"] / len(new) == pytest.approx(before["general"] / len(inside), abs=0.1)
    talks = {contact.service_us for contact in inside}
    assert all(contact.service_us in talks and contact.customer is None and contact.outcome is None for contact in new)
    assert made.header.notes["burst_contacts"] == len(new)


def test_seeds() -> None:
    """The same seed draws the same callers, another one others."""
    first, again, other = (burst(TRACE, [600 * S], factor=2, for_us=5 * MINUTE, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


def test_a_burst_can_be_replayed() -> None:
    """Every contact of it is served or hangs up, and waits get longer."""
    made = burst(TRACE, [moment(TRACE, "2024-03-04T10:10")], factor=3, for_us=15 * MINUTE)
    before, after = replay(TRACE), replay(made)
    assert after.violations == {}
    assert after.served + after.abandoned == len(made.contacts)
    mean_s = [report.whole.simulated.figures.mean_wait_s for report in (before, after)]
    assert None not in mean_s
    assert mean_s[1] > 2 * mean_s[0]  # type: ignore[operator]  # neither is None


@pytest.mark.parametrize(
    ("at", "factor", "for_us", "code"),
    [
        (9 * 3600 * S, 1.0, MINUTE, "bad_factor"),
        (9 * 3600 * S, 2.0, 0, "bad_time"),
        (3 * 3600 * S, 2.0, MINUTE, "nobody_there"),
    ],
)
def test_what_makes_no_sense(at: int, factor: float, for_us: int, code: str) -> None:
    """No factor, no time, nobody to draw from: each has its code and says what to do."""
    with pytest.raises(TraceError) as caught:
        burst(small_trace(), [at], factor=factor, for_us=for_us)
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["ten", "2024-03-04T10:00+01:00", "2031-01-01T10:00"])
def test_times_outside(text: str) -> None:
    """A time must be one, of this trace, in its own clock."""
    with pytest.raises(TraceError) as caught:
        moment(small_trace(), text)
    assert caught.value.code == "bad_time"


def test_moments_and_clocks() -> None:
    """One is the other backwards."""
    assert clock(TRACE, moment(TRACE, "2024-03-04T10:15")) == "2024-03-04T10:15"
