"""The announcement policy: what is said, when it is said again, when a promise is raised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.ewt.policy import (
    BUCKETS_MIN,
    NEXT,
    OVER,
    AnnouncePolicy,
    Quote,
    Told,
    bucket_min,
    decide,
    promise_s,
)

POLICY = AnnouncePolicy(percentile="p80")
"""The 80th percentile is what these quotes are reckoned for; the default quotes the 90th."""


def quote(p50_s: float, spread: float = 1.3, low: bool = False) -> Quote:
    """A quote around a median."""
    return Quote(p50_s / spread, p50_s, p50_s * spread**0.6, p50_s * spread, low)


@pytest.mark.parametrize(
    ("wait_s", "bucket"), [(0, NEXT), (29, NEXT), (30, 1), (60, 1), (61, 2), (301, 7), (3600, 60), (3601, OVER)]
)
def test_waits_are_rounded_up_to_buckets(wait_s: float, bucket: int) -> None:
    """Under 30 s is `next`, over an hour is `over`, else the next bucket up."""
    assert bucket_min(wait_s, POLICY) == bucket
    assert promise_s(wait_s) >= wait_s


def test_the_first_message_comes_after_a_few_seconds() -> None:
    """Nothing before `first_after_s`, and then the 80th percentile in its bucket."""
    early = decide(quote(200), 5, 1.0, None, POLICY)
    assert early.kind == "silent"
    assert early.again_in_s == pytest.approx(3.0)
    said = decide(quote(200), 5, 4.0, None, POLICY)
    assert (said.kind, said.bucket, said.position) == ("time", 4, 5)
    assert said.told == Told(4.0, 4, 5, 244.0, False)


def test_low_confidence_says_the_position_only() -> None:
    """No time is promised that is not known, and none when the interval is wider than 5.5 to 1."""
    assert decide(quote(200, low=True), 5, 4.0, None, POLICY).kind == "position"
    assert decide(quote(400, spread=3.0), 5, 4.0, None, POLICY).kind == "position"


def test_over_an_hour_and_next() -> None:
    """The two ends have messages of their own."""
    assert decide(quote(5000), 50, 4.0, None, POLICY).kind == "over"
    assert decide(quote(10), 1, 4.0, None, POLICY).kind == "next"


def test_messages_are_a_minute_apart() -> None:
    """Within the interval nothing is said, whatever happens."""
    told = Told(10.0, 5, 5, 310.0, False)
    said = decide(quote(900), 5, 40.0, told, POLICY)
    assert said.kind == "silent"
    assert said.again_in_s == pytest.approx(30.0)


def test_nothing_is_said_just_before_a_take() -> None:
    """With the take expected within 20 s a caller is left to listen for it."""
    assert decide(quote(15), 1, 100.0, Told(10.0, 5, 5, 310.0, False), POLICY).kind == "silent"


def test_progress_is_told() -> None:
    """A lower bucket is said, and a new position; without either, nothing."""
    told = Told(10.0, 5, 5, 310.0, False)
    assert decide(quote(100), 3, 80.0, told, POLICY).bucket == 2
    assert decide(quote(220), 4, 80.0, told, POLICY).kind == "position"
    assert decide(quote(220), 5, 80.0, told, POLICY).kind == "silent"


def test_a_lost_promise_is_raised_once() -> None:
    """When the median says that the promise is lost it is raised, honestly, and never a second time."""
    told = Told(10.0, 2, 5, 130.0, False)
    raised = decide(quote(300), 5, 80.0, told, POLICY)
    assert raised.raised
    assert raised.bucket is not None
    assert raised.bucket > 2
    assert raised.told is not None
    again = decide(quote(900), 5, 200.0, raised.told, POLICY)
    assert not again.raised
    assert again.kind == "silent"


def test_a_promise_that_may_hold_is_not_raised() -> None:
    """A median a little beyond the promise is no reason."""
    assert not decide(quote(130), 5, 80.0, Told(10.0, 3, 5, 190.0, False), POLICY).raised


def test_a_position_is_never_told_higher() -> None:
    """Somebody of a higher class came before: the position told stays."""
    said = decide(quote(100), 9, 80.0, Told(10.0, 5, 4, 310.0, False), POLICY)
    assert said.position == 4


quotes = st.builds(
    lambda a, b, c, d, low: Quote(a, a + b, a + b + c, a + b + c + d, low),
    st.floats(0, 1e4),
    st.floats(0, 1e4),
    st.floats(0, 1e4),
    st.floats(0, 1e4),
    st.booleans(),
)


@given(st.lists(st.tuples(quotes, st.integers(1, 50), st.floats(0.5, 100)), max_size=30))
def test_any_run_of_quotes_keeps_the_rules(run: list[tuple[Quote, int, float]]) -> None:
    """At least a minute apart, positions never rise, at most one raise, buckets from the list."""
    told: Told | None = None
    waited, raises, last = 0.0, 0, 10**9
    for said_quote, position, gap in run:
        waited += gap
        said = decide(said_quote, position, waited, told, POLICY)
        assert said.again_in_s > 0
        if said.kind == "silent":
            assert said.told is None
            continue
        assert waited >= POLICY.first_after_s
        assert told is None or waited >= told.waited_s + POLICY.interval_s
        assert said.position <= last
        assert said.bucket in (None, NEXT, OVER, *BUCKETS_MIN)
        raises += said.raised
        last, told = said.position, said.told
    assert raises <= 1


def test_bad_settings_are_refused() -> None:
    """Buckets that do not rise and negative times raise ValueError."""
    with pytest.raises(ValueError, match="buckets_min"):
        AnnouncePolicy(buckets_min=(5, 3))
    with pytest.raises(ValueError, match="negative"):
        AnnouncePolicy(interval_s=-1)
