"""Windows are looked at only when something else may be true of them: what is counted meanwhile turns nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.core import settings as of
from router.core.ruling.hooks import FLOW_ROWS
from router.core.ruling.watched import ARRIVED, READ_BY, FlowView
from router.core.ruling.windows import QUIET_MOST, measured, quiet_for
from router.core.world import World
from router.rules import Gauge, Key
from router.rules.gauge import Relation
from router.rules.window import ring
from router.terms import SECOND_US

WINDOW_US = 600 * SECOND_US
RELATIONS: tuple[Relation, ...] = ("above", "at_least", "below", "at_most")


def watched(signal: str, relation: Relation, bound: float) -> tuple[World, FlowView, Gauge]:
    """A window of the site that one comparison reads, watched for long enough."""
    world = World(of.Settings(), 1)
    world.now_us = 1000 * WINDOW_US
    gauge = Gauge(Key("site", "", signal, WINDOW_US))
    gauge.leaf(relation, bound)
    view = FlowView("main/flow/site/")
    view.gauges[signal, WINDOW_US] = gauge
    view.rings[WINDOW_US] = ring(WINDOW_US, FLOW_ROWS, world.now_us)
    return world, view, gauge


@given(
    st.sampled_from(("service_level", "abandonment", "repeat_rate")),
    st.sampled_from(RELATIONS),
    st.sampled_from((0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)),
    st.lists(st.booleans(), min_size=1, max_size=200),
)
def test_a_share_turns_at_no_count_that_was_called_quiet(
    signal: str, relation: Relation, bound: float, counts: list[bool]
) -> None:
    """Whoever looks only when the quiet counts are over knows at each count what one who always looks knows."""
    world, view, gauge = watched(signal, relation, bound)
    part, whole = ({*READ_BY[signal]} - {WHOLE[signal]}).pop(), WHOLE[signal]
    _, _, always = watched(signal, relation, bound)
    counter, quiet = view.rings[WINDOW_US], 0
    rows = [row for counted in counts for row in ((whole, part) if counted else (whole,))]
    for row in rows:
        counter.add(world.now_us, row, 1)
        always.see(measured(world, view, gauge))
        if quiet:
            quiet -= 1
        else:
            gauge.see(measured(world, view, gauge))
            quiet = quiet_for(world, view, signal, WINDOW_US, gauge)
        assert truths(gauge) == truths(always)


@given(st.sampled_from(RELATIONS), st.integers(0, 40))
def test_arrivals_turn_at_no_count_that_was_called_quiet(relation: Relation, bound: int) -> None:
    """The count that reaches the bound is looked at, and few before it are."""
    world, view, gauge = watched("arrivals", relation, bound)
    _, _, always = watched("arrivals", relation, bound)
    quiet = looks = 0
    for _ in range(60):
        view.rings[WINDOW_US].add(world.now_us, ARRIVED, 1)
        always.see(measured(world, view, gauge))
        if quiet:
            quiet -= 1
        else:
            looks += 1
            gauge.see(measured(world, view, gauge))
            quiet = quiet_for(world, view, "arrivals", WINDOW_US, gauge)
        assert truths(gauge) == truths(always)
    assert looks <= 4
    assert quiet_for(world, view, "arrivals_ratio", WINDOW_US, gauge) == 0
    assert gauge.value is None or quiet_for(world, view, "arrivals", WINDOW_US, gauge) <= QUIET_MOST


def truths(gauge: Gauge) -> list[bool | None]:
    """What is said of its comparisons."""
    return [leaf.truth for leaf in gauge.leaves.values()]


WHOLE = {"service_level": 2, "abandonment": 2, "repeat_rate": 4}
"""Signal -> the row of the whole: those counted, or those whose customer is known."""
