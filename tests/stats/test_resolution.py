"""First-contact resolution: what is a repeat, what is not, and what nobody knows."""

import pytest

from router.stats import (
    Repeats,
    Resolution,
    ServedVisit,
    first_contact_resolution,
    repeats_by_queue,
    resolution_by_queue,
)

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


def test_a_repeat_is_the_other_end_of_an_unresolved_visit() -> None:
    """Served within the window before, about the same, not the same interaction; who comes too often is left out."""
    again = ServedVisit(HOUR_S, "cards", "c1", served=False)
    cases = (
        ([FIRST, again], 1),
        ([FIRST._replace(served=False), again], 0),
        ([FIRST, again._replace(arrived_utc_s=DAY_S)], 1),
        ([FIRST, again._replace(arrived_utc_s=DAY_S + 1)], 0),
        ([FIRST._replace(link="i1"), again._replace(link="i1")], 0),
        ([FIRST, again._replace(customer=None)], 0),
        ([FIRST, again._replace(business_type="query")], 0),
    )
    for visits, repeats in cases:
        assert repeats_by_queue(visits, window_s=DAY_S)["cards"].repeats == repeats, visits
    often = [ServedVisit(number, "cards", "pbx", served=True) for number in range(11)]
    assert repeats_by_queue(often, window_s=DAY_S) == {"cards": Repeats(11, 0, 0, 11)}
    assert repeats_by_queue(often, window_s=DAY_S)["cards"].share is None


def test_queues_add_up() -> None:
    """By queue the same is counted as for all, also where the business type leads from one queue to another."""
    visits = [
        ServedVisit(0, "front_desk", "c1", served=True, business_type="loans"),
        ServedVisit(HOUR_S, "loans", "c1", served=True, business_type="loans"),
        ServedVisit(2 * HOUR_S, "loans", None, served=True),
    ]
    each = resolution_by_queue(visits, window_s=DAY_S, until_utc_s=10 * DAY_S)
    assert each == {"front_desk": Resolution(1, 1, 0, 0), "loans": Resolution(2, 1, 1, 0)}
    assert judge(*visits) == Resolution(3, 2, 1, 0)
    assert repeats_by_queue(visits, window_s=DAY_S)["loans"] == Repeats(2, 1, 1, 0)
