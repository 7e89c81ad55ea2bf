"""Two configurations on the same traffic: a change whose effect is known, and the statistics around it."""

import random
from statistics import stdev

import pytest

from router.trace import generate_busy_hour
from router.trace.report import Visit
from router.trace.whatif.compare import Report, compare, difference, t_quantile
from router.trace.whatif.figures import Counted
from router.trace.whatif.fit import Helpers
from router.trace.whatif.jobs import Question, answer
from router.trace.whatif.page import page
from router.trace.whatif.show import as_json, sentences
from tests.trace.make import S, contact, small_trace
from tests.trace.test_replay import HOUR, call, centre, shift
from tests.trace.test_whatif_run import BACK_OFFICE, HELP, PS, settings


@pytest.mark.parametrize(
    ("freedom", "known"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (9, 2.262), (19, 2.093), (100, 1.984)],
)
def test_quantiles_of_t(freedom: int, known: float) -> None:
    """Those of the printed tables, for 97.5 %."""
    assert t_quantile(0.975, freedom) == pytest.approx(known, rel=0.005)


def test_an_interval_covers_as_often_as_it_says() -> None:
    """Of many samples of five pairs, 95 % of the intervals hold the true difference."""
    rng = random.Random(5)
    held = 0
    for _ in range(2_000):
        old = [rng.gauss(10, 3) for _ in range(5)]
        new = [value + rng.gauss(2, 1) for value in old]
        found = difference(old, new)
        assert found.change is not None
        assert found.half_width is not None
        held += abs(found.change - 2) <= found.half_width
    assert held / 2_000 == pytest.approx(0.95, abs=0.015)


def test_pairs_that_know_both_count() -> None:
    """What is unknown on one side of a pair leaves that pair out; one pair has no interval."""
    found = difference([1.0, None, 3.0], [2.0, 5.0, 5.0])
    assert (found.change, found.pairs) == (1.5, 2)
    assert found.half_width == pytest.approx(t_quantile(0.975, 1) * stdev([1.0, 2.0]) / 2**0.5)
    assert difference([1.0], [2.0]).half_width is None
    assert not difference([1.0], [2.0]).certain
    assert difference([None], [2.0])[:3] == (None, 2.0, None)
    assert difference([1.0, 1.0], [2.0, 2.0]).certain
    assert difference([], []).change is None


def ask(**more: object) -> Report:
    """Calls that one agent can't take, and a back office that is lent by a rule or not."""
    calls = [call(f"c{number}", 60 * number, talk=60 + number % 7 * 10) for number in range(30)]
    trace = centre(calls, ANN=[shift(0, HOUR * 2)])
    for each in trace.contacts[::2]:
        each.service_us = None
    question = Question(
        trace,
        settings(PS + "target_s = 60\n", agents=BACK_OFFICE, rules=HELP),
        settings(PS + "target_s = 20\n"),
        names=("today", "with help"),
        helpers=(Helpers("back-office", slower=1.3, late_us=60 * S),),
        verify=True,
    )
    return answer(question, [1, 2, 3], **more)  # type: ignore[arg-type]  # as `answer` takes them


def test_a_known_effect_is_found() -> None:
    """Two more people take half of the calls: waits fall, the level rises, and both intervals say so."""
    report = ask(processes=1)
    assert not report.old.violations | report.new.violations, report.new.first_violations
    queue = report.queues["PS"]
    wait, level = queue["mean_wait_s"], queue["service_level"]
    assert wait.old is not None
    assert wait.new is not None
    assert wait.change == pytest.approx(wait.new - wait.old)
    assert wait.new < wait.old / 2
    assert wait.certain
    assert level.certain
    assert level.pairs == 3
    assert report.targets_us == {"PS": 60 * S}, "both sides are judged by the new target"
    assert report.teams["back-office"]["loans"].new > 0  # type: ignore[operator]  # it is counted
    assert report.teams["back-office"]["loans"].old is None, "the old configuration has no such team"
    assert [span.name for span in report.new.spans][:1] == ["rule help"]
    assert report.old.spans == []
    assert all(span.from_us < span.to_us for span in report.new.spans)
    arrived = sum(slot.arrived for slot in report.new.slots["PS"].values())
    assert arrived == 3 * report.contacts


def test_processes_make_no_difference() -> None:
    """The same report from one process and from two."""
    assert ask(processes=2) == ask(processes=1)


def test_the_same_configuration_makes_no_difference() -> None:
    """Against itself every difference is exactly 0: the sides of a pair meet the same callers."""
    trace = generate_busy_hour(3)
    by = settings("".join(f"[queues.{name}]\nneeds = {{ {name} = 1 }}\n" for name in sorted(trace.header.queues)))
    report = answer(Question(trace, by, by), [1, 2], processes=1)
    changes = {each.change for of in report.queues.values() for each in of.values()}
    assert changes <= {0.0, None}
    assert report.whole["service_level"].old is not None


def test_calibration_warns_past_the_bounds() -> None:
    """A record whose waits the simulation can't explain is named, and one without a record too."""
    trace = small_trace()
    by = settings("[queues.PS]\nneeds = { PS = 1 }\n[queues.NE]\nneeds = { NE = 1 }\n")
    found = answer(Question(trace, by), [1], processes=1).calibration
    assert found.recorded.mean_wait_s == 10.0
    assert found.mean_wait_s == 0.0
    assert "-100% off" in found.warnings[0]
    trace.contacts.append(call("made-up", 86_400 + 9 * 3_600))
    assert answer(Question(trace, by), [1], processes=1).calibration.warnings[0].startswith("1 of 4 contacts have no")
    plain = centre([call("a", 0)], ANN=[shift(0, HOUR)])
    assert "no record" in answer(Question(plain, settings(PS)), [1], processes=1).calibration.warnings[0]


def counted(answered: list[float], abandoned: list[float]) -> Counted:
    """A run in which these were answered, and these hung up, after so many seconds."""
    visits = [Visit("PS", True, round(wait * S)) for wait in answered]
    visits += [Visit("PS", False, round(wait * S)) for wait in abandoned]
    return Counted({}, {}, {}, visits, {}, [], ())


@pytest.mark.parametrize(
    ("answered", "abandoned", "warned"),
    [
        ([10.0] * 80, [30.0] * 20, []),
        ([11.9] * 78, [30.0] * 22, []),
        ([12.1] * 80, [30.0] * 20, ["mean wait is +21% off"]),
        ([7.9] * 80, [30.0] * 20, ["mean wait is -21% off"]),
        ([10.0] * 77, [30.0] * 23, ["share of the abandoned is +3.0 points off"]),
        ([10.0] * 73, [30.0] * 27, ["share of the abandoned", "share answered within 20 s is -7.0"]),
        ([9.0] * 73 + [22.0] * 7, [30.0] * 20, ["share answered within 20 s is -7.0 points off"]),
    ],
)
def test_each_bound_warns(answered: list[float], abandoned: list[float], warned: list[str]) -> None:
    """The bounds are those that `replay` keeps on the sample month: just inside nothing is said, past each one its own
    sentence, in the report, the object and the page."""
    trace = small_trace()
    trace.contacts = [contact(f"a{number}", number, wait=10, talk=60) for number in range(80)]
    trace.contacts += [contact(f"b{number}", 100 + number, wait=30) for number in range(20)]
    report = compare(trace, ("old", "new"), [counted(answered, abandoned)], [counted(answered, abandoned)], [1], {})
    warnings = report.calibration.warnings
    assert len(warnings) == len(warned)
    for said, part in zip(warnings, warned, strict=True):
        assert part in said
        assert said in as_json(report)["calibration"]["warnings"]
        assert f"WARNING: {said}" in sentences(report)
        assert f'class="box warn">{said}' in page(report)
