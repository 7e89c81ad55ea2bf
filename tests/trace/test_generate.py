"""The generator: seeded, loaded as the plan says, and fit to be written and replayed."""

from dataclasses import replace
from pathlib import Path

import pytest

from router.terms import is_id
from router.trace.codec import read_trace, write_trace
from router.trace.generate import BANK, Plan, generate, generate_busy_hour
from router.trace.patience import draws
from router.trace.records import Trace
from tests.trace.make import S


def work_us(trace: Trace) -> int:
    """Talk and wrap-up of all contacts."""
    return sum(each.service_us + each.wrap_up_us for each in draws(trace, 1))


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same hour, another one another."""
    assert generate_busy_hour(3) == generate_busy_hour(3)
    assert generate_busy_hour(3) != generate_busy_hour(4)


def test_a_busy_hour_is_as_loaded_as_planned() -> None:
    """Over many seeds the work that arrives is 0.95 of what thirty agents can do; hundreds of contacts
    each."""
    traces = [generate_busy_hour(seed) for seed in range(40)]
    assert all(len(trace.agents) == 30 for trace in traces)
    assert all(300 < len(trace.contacts) < 800 for trace in traces)
    load = sum(work_us(trace) for trace in traces) / (40 * 30 * 3600 * S)
    assert 0.9 < load < 1.0


def test_every_queue_has_callers_and_at_least_two_agents() -> None:
    """All six services occur, in about their proportions, and nobody is alone with one."""
    trace = generate_busy_hour(1)
    for service in BANK:
        callers = sum(each.queue == service.name for each in trace.contacts)
        assert callers > 0
        assert sum(service.name in agent.skills for agent in trace.agents) >= 2
    assert 0.5 < sum(each.queue == "general" for each in trace.contacts) / len(trace.contacts) < 0.75


def test_arrivals_follow_the_half_hours() -> None:
    """A half-hour with no weight has no arrivals, one with thrice the weight has about thrice as many."""
    trace = generate(5, Plan(half_hours=(1, 0, 3), agents=100))
    counts = [0, 0, 0]
    for each in trace.contacts:
        counts[each.arrival_us // (1800 * S)] += 1
    assert counts[1] == 0
    assert 2.5 < counts[2] / counts[0] < 3.5


def test_a_long_day_has_shifts_that_follow_one_another() -> None:
    """Beyond the length of a shift not everybody is there from the start, and someone is there at the end."""
    plan = Plan(half_hours=(1.0,) * 28, agents=40)
    trace = generate(2, plan)
    starts = [agent.shifts[0].from_us for agent in trace.agents]
    assert min(starts) == 0
    assert max(starts) == 6 * 3600 * S
    assert max(agent.shifts[0].to_us for agent in trace.agents) >= 14 * 3600 * S


def test_it_can_be_written_and_read(tmp_path: Path) -> None:
    """A generated trace is a trace as any other, and its names are ids that the engine takes."""
    trace = generate_busy_hour(1)
    write_trace(tmp_path / "t", trace)
    assert read_trace(tmp_path / "t") == trace
    assert all(is_id(each.id) and is_id(each.queue) for each in trace.contacts)
    assert all(is_id(agent.name) for agent in trace.agents)


@pytest.mark.parametrize("fault", [{"agents": 0}, {"services": ()}, {"half_hours": ()}, {"half_hours": (0.0,)}])
def test_a_plan_without_anything_is_refused(fault: dict[str, object]) -> None:
    """No agents, services or arrivals: an error, not an empty trace."""
    with pytest.raises(ValueError, match="a plan needs"):
        generate(1, replace(Plan(), **fault))  # type: ignore[arg-type]  # one wrong field at a time
