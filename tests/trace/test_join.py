"""Days joined into one trace: moved apart by their dates, nothing lost, nothing twice."""

from dataclasses import replace

import pytest

from router.trace import Trace, TraceError, one_day
from router.trace.join import join
from router.trace.replay.run import replay
from tests.trace.make import small_trace

WHOLE = small_trace()
DAYS = [one_day(WHOLE, number) for number in range(2)]


def test_days_joined_are_the_trace_that_they_were_cut_from() -> None:
    """In whatever order they are named."""
    made = join(DAYS[::-1])
    assert made.contacts == WHOLE.contacts
    assert made.agents == [replace(agent, shifts=agent.shifts) for agent in WHOLE.agents]
    assert made.header.days == WHOLE.header.days
    assert made.header.start == WHOLE.header.start
    assert replay(made).violations == {}


def test_ids_stay_apart() -> None:
    """A gateway that counts anew each day makes no contact twice."""
    second = Trace(DAYS[1].header, DAYS[1].agents, [replace(DAYS[1].contacts[0], id="a")])
    assert [contact.id for contact in join([DAYS[0], second]).contacts] == ["a", "b", "a+2"]


@pytest.mark.parametrize(
    ("traces", "code"),
    [
        ([], "no_such_day"),
        ([DAYS[0], DAYS[0]], "bad_time"),
        ([DAYS[0], replace(DAYS[1], header=replace(DAYS[1].header, time_zone="Asia/Tokyo"))], "unknown_time_zone"),
    ],
)
def test_what_can_not_be_joined(traces: list[Trace], code: str) -> None:
    """A day in two of them, clocks of two places, or nothing."""
    with pytest.raises(TraceError) as raised:
        join(traces)
    assert raised.value.code == code
