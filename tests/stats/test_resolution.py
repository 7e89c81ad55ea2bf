"""First-contact resolution: what is a repeat, what is not, and what nobody knows."""

import pytest

from router.stats import Resolution, ServedVisit, first_contact_resolution

HOUR_S = 3600
DAY_S = 24 * HOUR_S


def judge(*visits: ServedVisit, until_s: int = 10 * DAY_S) -> Resolution:
    return first_contact_resolution(visits, window_s=DAY_S, until_utc_s=until_s)


FIRST = ServedVisit(0, "cards", "c1", served=True)
"""The visit that every case is about."""


@pytest.mark.parametrize(
    ("later", "resolved"),
    [
        (ServedVisit(HOUR_S, "cards", "c1", served=True), False),
        (ServedVisit(HOUR_S, "cards", "c1", served=False), False),
        (ServedVisit(DAY_S, "cards", "c1", served=False), False),
        (ServedVisit(DAY_S + 1, "cards", "c1", served=False), True),
        (ServedVisit(HOUR_S, "loans", "c1", served=False), True),
        (ServedVisit(HOUR_S, "cards", "c2", served=False), True),
        (ServedVisit(HOUR_S, "cards", None, served=False), True),
    ],
)
def test_what_is_a_repeat(later: ServedVisit, resolved: bool) -> None:
    """Same customer, same queue, within the window, served or not."""
    assert judge(FIRST, later).resolved - later.served == int(resolved)


def test_business_type_goes_before_queue() -> None:
    """The same business in another queue is a repeat; other business in the same queue is none."""
    about_loans = FIRST._replace(business_type="loans")
    same = ServedVisit(HOUR_S, "front_desk", "c1", False, business_type="loans")
    other = ServedVisit(HOUR_S, "cards", "c1", False, business_type="cards")
    assert judge(about_loans, same).resolved == 0
    assert judge(about_loans, other).resolved == 1


def test_a_transfer_is_no_repeat() -> None:
    """Visits of one interaction do not repeat each other, but the next interaction does."""
    first = FIRST._replace(link="i1")
    transferred = ServedVisit(60, "cards", "c1", False, link="i1")
    again = ServedVisit(HOUR_S, "cards", "c1", False, link="i2")
    assert judge(first, transferred).resolved == 1
    assert judge(first, transferred, again).resolved == 0


def test_marked_unresolved_is_unresolved() -> None:
    """The agent's no decides; a yes does not outweigh that the customer came again."""
    assert judge(FIRST._replace(resolved="no")) == Resolution(1, 1, 0, 0)
    came_again = ServedVisit(HOUR_S, "cards", "c1", served=False)
    assert judge(FIRST._replace(resolved="yes"), came_again) == Resolution(1, 1, 0, 0)


def test_unknown_is_neither() -> None:
    """Without an id, or with a window that is not over, a visit is served and not known; a repeat is known at once."""
    nobody = FIRST._replace(customer=None)
    assert judge(nobody) == Resolution(1, 0, 0, 0)
    assert judge(nobody).share is None
    assert judge(nobody).unknown_share == 1.0
    assert judge(FIRST, until_s=DAY_S - 1) == Resolution(1, 0, 0, 0)
    assert judge(FIRST, until_s=DAY_S) == Resolution(1, 1, 1, 0)
    repeated = ServedVisit(60, "cards", "c1", served=False)
    assert judge(FIRST, repeated, until_s=HOUR_S) == Resolution(1, 1, 0, 0)


def test_a_redial_after_abandoning_is_no_repeat() -> None:
    """Who abandoned was not served: the redial that is served counts as a first contact."""
    abandoned = FIRST._replace(served=False)
    assert judge(abandoned, ServedVisit(60, "cards", "c1", served=True)) == Resolution(1, 1, 1, 0)


def test_ids_that_are_no_customers_are_left_out() -> None:
    """An id with more contacts on one day than a person makes is left out, and said to be."""
    line = [ServedVisit(minute * 60, "cards", "switchboard", served=True) for minute in range(11)]
    result = judge(*line, FIRST)
    assert result == Resolution(served=12, known=1, resolved=1, left_out=11)
    assert result.unknown_share == 0.0
