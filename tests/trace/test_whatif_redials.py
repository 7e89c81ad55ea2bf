"""Who is not helped calls again: estimated from a record whose truth is known, and carried out without counting anybody
twice."""

import random

import pytest

from router.trace import Contact, Trace
from router.trace.patience import Times
from router.trace.whatif.jobs import Question, answer
from router.trace.whatif.lived import Told
from router.trace.whatif.redials import ATTEMPTS_MOST, FAILED_LEAST, WINDOW_US, Again, Redials, Wish, estimate
from router.trace.whatif.show import as_json, redials
from tests.trace.make import S, contact
from tests.trace.test_replay import HOUR, call, centre, shift
from tests.trace.test_whatif_run import PS, lived, settings

MINUTE = 60
ALL = Redials("option", 1.0, (MINUTE * S,), MINUTE * S, 1, 1.0, 0.0)
"""Whoever is not helped calls again a minute later, and who did in the record did for that reason."""


def of(customer: str, *attempts: Contact) -> list[Contact]:
    """The same customer's."""
    for each in attempts:
        each.customer = customer
    return list(attempts)


def by_name(callers: list[Told]) -> dict[str, tuple[str, float, float, bool]]:
    """Contact -> how it ended, when it came, how long it waited, and whether as a redial."""
    return {each.contact: (each.fate, each.arrival_us / S, each.wait_us / S, each.redial) for each in callers}


# -- from the record --------------------------------------------------------------------------------------------------


def record(failed: int, again: int, served: int, anyway: int) -> Trace:
    """So many attempts that failed and talks, of a customer each, and how many of either came again after 90 s."""
    calls = []
    for number in range(failed):
        calls += of(f"f{number}", contact(f"f{number}", 10 * number, wait=30))
        if number < again:
            calls += of(f"f{number}", contact(f"f{number}x", 10 * number + 120, talk=60))
    for number in range(served):
        calls += of(f"s{number}", contact(f"s{number}", 10 * number, talk=60))
        if number < anyway:
            calls += of(f"s{number}", contact(f"s{number}x", 10 * number + 150, wait=1))
    return centre(sorted(calls, key=lambda each: each.arrival_us), ANN=[shift(0, HOUR)])


def test_the_share_is_what_failing_adds() -> None:
    """Of those who failed 50 in 110 come again, of those who were served 20 in 150: what is more has failing to thank
    for it. The last attempt of everybody is followed by nothing, and counts."""
    found = estimate(record(failed=100, again=50, served=100, anyway=10))
    assert found.source == "trace"
    assert found.failed == 110
    assert found.after_failing == pytest.approx(50 / 110)
    assert found.after_service == pytest.approx(10 / 150)
    assert found.share == pytest.approx((50 / 110 - 10 / 150) / (1 - 10 / 150))
    assert found.caused == pytest.approx(found.share / found.after_failing)
    assert found.delays_us == (90 * S,) * 50


def test_what_was_planted_is_found() -> None:
    """A made-up record in which 30 % call again because they failed and 10 % in any case, independent of each other."""
    rng = random.Random(7)
    calls = []
    for number in range(8_000):
        served = number % 2 == 0
        first = contact(f"c{number}", 0, talk=60) if served else contact(f"c{number}", 0, wait=60)
        calls += of(f"k{number}", first)
        if rng.random() < 0.1 or (not served and rng.random() < 0.3):
            # About something that nobody asks about again, so that it is no attempt of its own.
            calls += of(f"k{number}", contact(f"c{number}x", 60 + rng.randrange(3_000), talk=None, wait=0))
            calls[-1].outcome = "left_by_key"
    found = estimate(centre(calls, ANN=[shift(0, HOUR)]))
    assert found.share == pytest.approx(0.3, abs=0.025)
    assert found.after_service == pytest.approx(0.1, abs=0.015)


def test_who_can_not_be_told_apart_is_left_out() -> None:
    """Nobody known, another queue, too late, and an id that is no customer: none of them says anything."""
    window = WINDOW_US // S
    calls = [contact("a", 0, wait=10), contact("ax", 60, wait=10)]
    calls += of("k1", contact("b", 0, wait=10), contact("bx", 60, wait=10, queue="NE"))
    calls += of("k2", contact("c", 0, wait=10), contact("cx", 11 + window, wait=10))
    calls += of("k3", *(contact(f"d{number}", 60 * number, wait=10) for number in range(11)))
    found = estimate(centre(sorted(calls, key=lambda each: each.arrival_us), ANN=[shift(0, HOUR)]))
    assert (found.failed, found.after_failing) == (4, 0.0)


def test_too_few_are_no_estimate() -> None:
    """Below fifty attempts that failed nothing is modelled, unless somebody assumes a share; and it is said."""
    few = estimate(record(failed=FAILED_LEAST - 1, again=20, served=60, anyway=0))
    assert not few.modelled
    assert f"has {FAILED_LEAST - 1} attempts" in redials(few)
    assumed = estimate(record(failed=10, again=5, served=0, anyway=0), Wish(0.2, 300 * S))
    assert assumed.modelled
    assert assumed.share == 0.2
    assert assumed.caused == pytest.approx(0.2 / assumed.after_failing), "of those who came again, so many for that"
    assert assumed.median_us / S == pytest.approx(300 * 0.693, abs=1)
    rng = random.Random(3)
    assert sum(assumed.delay_us(rng) for _ in range(4_000)) / 4_000 / S == pytest.approx(300, rel=0.05)


# -- in a run ---------------------------------------------------------------------------------------------------------

BUSY = contact("busy", 1, talk=200, agent="ANN")
"""Takes the only agent until 201 s."""


def chain() -> list[Contact]:
    """Hung up after 20 s, called again a minute later, waited for ten seconds and talked for 77."""
    return of("k", contact("first", 100, wait=20), contact("second", 180, wait=30, talk=77))


def test_who_fails_again_calls_again_as_recorded() -> None:
    """The agent is busy as on the day: the redial on record comes at its time, once."""
    trace = centre([BUSY, *chain()], ANN=[shift(0, HOUR)])
    found = by_name(lived(trace, settings(PS), redials=ALL).callers)
    assert found["first"] == ("abandoned", 100.0, 20.0, False)
    assert found["second"] == ("answered", 180.0, 21.0, True)
    assert len(found) == 3


def test_who_is_helped_does_not_call_again() -> None:
    """With another agent there the first attempt is taken: the redial never comes, and the talk is that on record."""
    trace = centre([BUSY, *chain(), call("next", 150)], ANN=[shift(0, HOUR)], BOB=[shift(0, HOUR)])
    trace.contacts.sort(key=lambda each: each.arrival_us)
    run = lived(trace, settings(PS), redials=ALL)
    found = by_name(run.callers)
    assert found["first"] == ("answered", 100.0, 0.0, False)
    assert "second" not in found
    assert found["next"] == ("answered", 150.0, 27.0, False), "BOB talks for 77 s"


def test_who_is_refused_calls_again_from_then() -> None:
    """Refused at once where the record let them wait: the redial comes as long after that as it did then."""
    trace = centre([BUSY, *chain()], ANN=[shift(0, HOUR)])
    found = by_name(lived(trace, settings(PS + "waiting_max = 0\n"), redials=ALL).callers)
    assert found["first"] == ("refused", 100.0, 0.0, False)
    assert found["second"][:2] == ("refused", 160.0)


def test_a_redial_that_had_another_reason_comes_in_any_case() -> None:
    """Where the chain is none, the second call is a call like others."""
    nobody = Redials("option", 0.0, (), MINUTE * S, 1, 1.0, 0.0)
    trace = centre([BUSY, *chain()], ANN=[shift(0, HOUR)], BOB=[shift(0, HOUR)])
    found = by_name(lived(trace, settings(PS), redials=nobody).callers)
    assert [found[name][3] for name in ("first", "second")] == [False, False]
    off = lived(trace, settings(PS))
    assert off.digest == lived(trace, settings(PS), redials=nobody).digest


def test_who_was_served_then_and_is_not_now() -> None:
    """Calls again and again until let in, as the same customer with the same talk; counted each time."""
    calls = [contact("busy", 1, talk=200), contact("w", 2, wait=199, talk=10), *of("k", contact("late", 100, talk=50))]
    trace = centre(calls, ANN=[shift(0, HOUR)])
    run = lived(trace, settings(PS + "waiting_max = 1\n"), redials=ALL)
    found = by_name(run.callers)
    again = sorted((at, fate, redial) for name, (fate, at, _, redial) in found.items() if name.startswith("again"))
    assert found["late"][0] == "refused"
    assert again == [(160.0, "refused", True), (220.0, "answered", True)]
    assert run.people["ANN"].time.work_us == 260 * S


def test_the_record_knows_what_others_did() -> None:
    """Who failed on record and did not call again, or was nobody known, does not call again here either."""
    calls = [contact("busy", 1, talk=200), contact("a", 50, wait=20), *of("k", contact("b", 60, wait=20))]
    found = lived(centre(calls, ANN=[shift(0, HOUR)]), settings(PS), redials=ALL).callers
    assert [each.fate for each in found] == ["answered", "abandoned", "abandoned"]


def test_nobody_tries_for_ever() -> None:
    """Where nobody is ever let in the run ends all the same, and who still waits when all is over calls no more."""
    trace = centre([call("a", 1)], ANN=[shift(0, HOUR)])
    found = lived(trace, settings(PS + "waiting_max = 0\n"), redials=ALL).callers
    assert [each.fate for each in found] == ["refused"] * ATTEMPTS_MOST
    patient = centre([call("a", 1, talk=10 * HOUR), call("b", HOUR)], ANN=[shift(0, 2 * HOUR)])
    stays = lived(patient, settings(PS), redials=ALL).callers
    assert [each.fate for each in stays] == ["answered", "abandoned"]


def test_both_sides_meet_the_same_people() -> None:
    """Against itself every difference is 0, and the share that is drawn is the one that was asked for."""
    calls = [call(f"c{number}", 20 * number, talk=60, patience=30) for number in range(300)]
    trace = centre(calls, ANN=[shift(0, 2 * HOUR)], BOB=[shift(0, 2 * HOUR)])
    by = settings(PS)
    half = Redials("option", 0.5, (), 300 * S)
    report = answer(Question(trace, by, by, redials=half), [1, 2], processes=1)
    assert {each.change for each in report.whole.values()} <= {0.0, None}
    assert as_json(report)["redials_modelled"] is True
    assert "as assumed by --redial" in redials(report.redials)
    came = report.whole["redials"].old
    assert came is not None
    assert came > 30
    again = Again(trace, half, Times(trace.contacts), 1)
    drawn = sum(again.delay_us(each, 1) is not None for each in trace.contacts)
    assert drawn / len(trace.contacts) == pytest.approx(0.5, abs=0.09)
