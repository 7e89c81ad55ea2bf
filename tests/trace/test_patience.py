"""Kaplan-Meier against the book, draws beyond a wait, and what a replay gets for each contact."""

import random

from hypothesis import given
from hypothesis import strategies as st

from router.trace.patience import KaplanMeier, draws, estimates
from router.trace.records import Header, Trace
from tests.trace.make import S, contact, small_trace


def test_the_curve_is_the_products_of_the_book() -> None:
    """Six callers, three of them hang up: each step is (1 - hung up / still waiting), by hand."""
    curve = KaplanMeier.fit([1, 2, 2, 3, 4, 5], [True, False, True, False, True, False])
    assert curve.times == [1, 2, 4]
    assert [round(share, 6) for share in curve.survival] == [
        round(5 / 6, 6),
        round(5 / 6 * 4 / 5, 6),
        round(5 / 6 * 4 / 5 * 1 / 2, 6),
    ]
    assert curve.still_waiting(0) == 1
    assert curve.still_waiting(3) == curve.survival[1]


def test_with_nobody_connected_it_is_the_plain_share() -> None:
    """Where everybody hung up the curve is the share of longer waits, and it ends at 0."""
    curve = KaplanMeier.fit([10, 20, 30, 40], [True] * 4)
    assert [round(share, 9) for share in curve.survival] == [0.75, 0.5, 0.25, 0]


WAITS = st.lists(st.tuples(st.integers(0, 600), st.booleans()), min_size=1, max_size=60)


@given(WAITS, st.integers(0, 900), st.integers(0, 2**32))
def test_a_draw_is_longer_than_the_wait(data: list[tuple[int, bool]], wait: int, seed: int) -> None:
    """Whoever has waited so long has not hung up: patience drawn beyond it is never shorter, nor equal."""
    curve = KaplanMeier.fit([each for each, _ in data], [left for _, left in data])
    patience = curve.draw_beyond(wait, random.Random(seed))
    assert patience is None or patience > wait
    assert (patience is None) <= (curve.tail_rate == 0)


def test_draws_from_the_start_follow_the_curve(rng: random.Random) -> None:
    """Patience drawn beyond 0 has the survival of the curve it came from."""
    waits = [rng.expovariate(1 / 100) for _ in range(3_000)]
    limits = [rng.expovariate(1 / 150) for _ in range(3_000)]
    curve = KaplanMeier.fit(
        [int(min(pair)) for pair in zip(waits, limits, strict=True)],
        [wait < limit for wait, limit in zip(waits, limits, strict=True)],
    )
    drawn = [curve.draw_beyond(0, rng) or 0 for _ in range(3_000)]
    for time in (30, 100, 200):
        assert abs(sum(each > time for each in drawn) / 3_000 - curve.still_waiting(time)) < 0.05


def test_the_tail_is_exponential_and_goes_on(rng: random.Random) -> None:
    """Beyond the last hang-up patience has the rate of the later half: here one hang-up in 100 of time."""
    curve = KaplanMeier.fit([100, 200, 300, 1_000], [True, True, True, False])
    assert curve.tail_rate == 1 / (100 + 800)
    drawn = [curve.draw_beyond(5_000, rng) or 0 for _ in range(3_000)]
    assert min(drawn) > 5_000
    assert abs(sum(drawn) / 3_000 - 5_900) < 60


def test_where_nobody_ever_hung_up_nobody_will() -> None:
    """No hang-up at all: patience is unknown, and the replay is told None."""
    assert KaplanMeier.fit([3, 9], [False, False]).draw_beyond(9, random.Random(1)) is None


def test_a_queue_with_few_hang_ups_takes_the_estimate_of_all() -> None:
    """Own curves only from 50 hang-ups on."""
    many = [contact(f"m{n}", n, queue="many", wait=n + 1) for n in range(50)]
    few = [contact(f"f{n}", n, queue="few", wait=n + 1) for n in range(49)]
    everybody, own = estimates(many + few)
    assert set(own) == {"many"}
    assert len(everybody.times) == 50


def test_a_replay_gets_what_was_recorded_and_draws_for_the_rest() -> None:
    """Recorded patience, service and wrap-up are kept; what is missing comes from recorded ones."""
    trace = small_trace()
    first, second, third = draws(trace, 1)
    assert (first.service_us, first.wrap_up_us) == (120 * S, 5 * S)
    assert first.patience_us is not None
    assert first.patience_us > 20 * S, "connected after 20 s: more patient than that"
    assert second.patience_us == 33 * S, "hung up after 33 s"
    assert second.service_us in (60 * S, 120 * S)
    assert (third.service_us, third.wrap_up_us) == (60 * S, 5 * S)


def test_draws_depend_on_the_seed_alone() -> None:
    """The same seed gives the same draws; another one gives others."""
    trace = Trace(
        Header("test", "2024-03-04T00:00:00", "generated"),
        [],
        [contact(f"c{n}", n, wait=n, talk=None if n % 3 else 60, agent="A") for n in range(200)],
    )
    assert draws(trace, 7) == draws(trace, 7)
    assert draws(trace, 7) != draws(trace, 8)
