"""Call-backs in a what-if: who takes one, when they are dialled, how often, and what is counted of them."""

import pytest

from router.trace import generate_busy_hour
from router.trace.whatif.callbacks import Takers
from router.trace.whatif.figures import count
from router.trace.whatif.jobs import Question, answer
from router.trace.whatif.lived import Lived, Told
from router.trace.whatif.redials import Redials
from router.trace.whatif.show import as_json, sentences
from tests.trace.make import S
from tests.trace.test_replay import HOUR, call, centre, shift
from tests.trace.test_whatif_run import PS, fates, lived, settings

EVERYBODY = Takers(accept=1.0, answer=1.0)
TAKES = 'channels = ["voice", "callback"]\ncallback = { numbers = ["+49"], numbers_barred = ["+49900"], MORE }\n'
OFFER = (
    '[rules.offer]\nwhen = { queue = "PS", signal = "oldest_wait_s", above = 20 }\nactive_least_s = 600\n'
    '[[rules.offer.actions]]\nkind = "offer_callback"\nqueues = ["PS"]\n'
)


def queue(more: str = "", *, rest: str = "") -> str:
    """The queue, with these settings of its call-backs and of itself."""
    return PS + TAKES.replace(", MORE", f", {more}" if more else "") + rest


def one(found: Lived, name: str) -> Told:
    """What became of a caller."""
    return next(each for each in found.callers if each.contact == name)


def reached(found: Lived) -> list[Told]:
    """The call-backs whose customers were on the line."""
    return [each for each in found.callers if each.reached]


BUSY = [call("a", 1, talk=300), call("b", 10, talk=100), call("c", 60, talk=50), call("d", 70, talk=20)]
"""One agent: b waits until a rule offers call-backs at 30 s, c and d come after that."""


def test_who_takes_one_is_dialled_when_their_turn_has_come() -> None:
    """The place is kept: dialled as the agent comes free, on the line 20 s later, served before who came later. Their
    wait is that on the line."""
    found = lived(centre(BUSY, ANN=[shift(0, HOUR)]), settings(queue(), rules=OFFER), takers=EVERYBODY)
    b = one(found, "b")
    assert (b.fate, b.advised) == ("callback", "callback")
    assert b.wait_us / S == pytest.approx(20, abs=1)
    assert [one(found, name).fate for name in ("a", "c", "d")] == ["answered", "callback", "callback"]
    calls = reached(found)
    assert [each.fate for each in calls] == ["answered"] * 3
    assert b.until_called_us == calls[0].arrival_us - (b.arrival_us + b.wait_us)
    assert 301 <= calls[0].arrival_us / S <= 322
    assert calls[0].wait_us == 0
    assert [each.arrival_us for each in calls] == sorted(each.arrival_us for each in calls)
    assert found.people["ANN"].served == 4
    assert found.people["ANN"].time.work_us == 470 * S, "each has the talk that they would have had"


def test_nobody_takes_one_unless_asked() -> None:
    """As before: they are offered one, wait on, and it is said."""
    found = lived(centre(BUSY, ANN=[shift(0, HOUR)]), settings(queue(), rules=OFFER))
    assert {each.fate for each in found.callers} == {"answered"}
    assert one(found, "b").advised == "callback"
    assert any("nobody takes them" in each for each in found.said)
    nobody = lived(centre(BUSY, ANN=[shift(0, HOUR)]), settings(queue(), rules=OFFER), takers=Takers(0.0, 1.0))
    assert fates(nobody) == fates(found)


def test_a_customer_who_does_not_answer_is_tried_again() -> None:
    """As often as the queue says, with its pauses; then it is given up, and was never on the line."""
    by = settings(queue("tries = 3, pause_s = 60"), rules=OFFER)
    found = lived(centre(BUSY[:2], ANN=[shift(0, HOUR)]), by, takers=Takers(1.0, 0.0))
    b = one(found, "b")
    assert (b.fate, b.until_called_us) == ("callback", None)
    assert not reached(found)
    assert found.people["ANN"].served == 1
    counted = count(found, {}, HOUR * S).whole
    assert (counted["callbacks"], counted["callbacks_reached"], counted["until_called_s"]) == (1.0, 0.0, None)
    half = [
        lived(centre(BUSY[:2], ANN=[shift(0, HOUR)]), by, takers=Takers(1.0, 0.5), seed=seed) for seed in range(1, 9)
    ]
    waits = sorted({round(one(each, "b").until_called_us / S) for each in half if one(each, "b").until_called_us})  # type: ignore[operator]  # just asked
    assert len(waits) > 1, "some answer at the second try"
    assert waits[1] - waits[0] == 80, "the pause, and 20 s of dialling"


def test_an_agent_first() -> None:
    """The agent has the number before the customer is dialled: nobody waits on the line, and who does not answer leaves
    the agent free for others."""
    by = settings(queue('mode = "agent_first", tries = 1'), rules=OFFER)
    found = lived(centre(BUSY, ANN=[shift(0, HOUR)]), by, takers=EVERYBODY)
    assert [(each.fate, each.wait_us) for each in reached(found)] == [("answered", 0)] * 3
    assert reached(found)[0].arrival_us / S == pytest.approx(321, abs=1), "20 s after ANN has accepted"
    never = lived(centre(BUSY, ANN=[shift(0, 310, (200, 60))]), by, takers=Takers(1.0, 0.0))
    assert not reached(never)
    late = lived(centre([*BUSY, call("e", 1000)], ANN=[shift(0, HOUR)]), by, takers=Takers(1.0, 0.0))
    assert one(late, "e").fate == "answered"
    pause = lived(centre([*BUSY[:2], call("e", 425)], ANN=[shift(0, HOUR, (310, 60))]), by, takers=EVERYBODY)
    assert [each.arrival_us / S for each in reached(pause)] == pytest.approx([321, 501], abs=1), (
        "a break that falls due while b is dialled begins after b's talk, and e is dialled after it"
    )


def test_instead_of_a_refusal() -> None:
    """A queue whose treatment is a call-back: who is refused takes one, and so does who has waited too long."""
    rest = (
        "waiting_max = 1\nwait_most_s = 60\ntarget_s = 10\n"
        '[queues.PS.treatments.full]\ndo = "callback"\n[queues.PS.treatments.waited_too_long]\ndo = "callback"\n'
    )
    trace = centre(BUSY[:3], ANN=[shift(0, HOUR)])
    found = lived(trace, settings(queue(rest=rest)), takers=EVERYBODY)
    assert [(each.fate, each.why) for each in found.callers[:3]] == [
        ("answered", ""), ("callback", "waited_too_long"), ("callback", "full"),
    ]  # fmt: skip
    assert [each.fate for each in reached(found)] == ["answered", "answered"]
    refused = lived(trace, settings(queue(rest=rest)), redials=Redials("option", 1.0, (30 * S,), 30 * S))
    assert one(refused, "c").fate == "refused", "nobody takes one, so they call again"
    assert any(each.redial for each in refused.callers)


def test_by_a_key() -> None:
    """An announcement that offers one by a key."""
    keys = '[[queues.PS.announce]]\nkind = "keys"\nat_s = 5\ntext = "press-1"\nkeys = { 1 = "callback" }\n'
    found = lived(centre(BUSY[:2], ANN=[shift(0, HOUR)]), settings(queue(rest=keys)), takers=EVERYBODY)
    assert (one(found, "b").fate, one(found, "b").wait_us) == ("callback", 5 * S)
    assert len(reached(found)) == 1


def test_one_that_is_not_allowed_is_not_taken() -> None:
    """A queue that dials nobody, or has as many open as it may: the customer waits on."""
    barred = settings(queue().replace('["+49900"]', '["+49"]'), rules=OFFER)
    found = lived(centre(BUSY, ANN=[shift(0, HOUR)]), barred, takers=EVERYBODY)
    assert {each.fate for each in found.callers} == {"answered"}
    few = lived(centre(BUSY, ANN=[shift(0, HOUR)]), settings(queue("open_most = 1"), rules=OFFER), takers=EVERYBODY)
    assert [one(few, name).fate for name in ("b", "c", "d")] == ["callback", "answered", "answered"]


def test_figures_count_a_person_once() -> None:
    """Apart until they are on the line, then in waits and service level; and once beyond target."""
    found = lived(centre(BUSY[:2], ANN=[shift(0, HOUR)]), settings(queue(), rules=OFFER), takers=EVERYBODY)
    whole = count(found, {"PS": 20 * S}, HOUR * S).whole
    assert whole["service_level"] == 1.0
    assert whole["beyond_target"] == 0.5
    assert (whole["callbacks"], whole["callbacks_reached"], whole["refused"]) == (1.0, 1.0, 0.0)
    assert whole["until_called_s"] == pytest.approx(291, abs=1)
    assert whole["advised"] == 1.0


def test_recorded_call_backs_do_not_come_beside() -> None:
    """The run makes its own, and says how many it has left out."""
    back = call("back", 400)
    back.channel = "callback"
    trace = centre([*BUSY[:2], back], ANN=[shift(0, HOUR)])
    by = settings(queue(), rules=OFFER)
    assert "back" in fates(lived(trace, by))
    found = lived(trace, by, takers=EVERYBODY)
    assert "back" not in fates(found)
    assert any(each.startswith("1 call-backs of the record do not come") for each in found.said)


def test_a_busy_hour_with_everything() -> None:
    """Redials and call-backs together: nothing is violated, a configuration against itself differs in nothing, and what
    was assumed is said."""
    trace = generate_busy_hour(4)
    names = sorted(trace.header.queues)
    queues = "".join(queue(rest="waiting_max = 8\n").replace("PS", name) for name in names)
    rules = "".join(OFFER.replace("rules.offer", f"rules.{name}").replace("PS", name) for name in names)
    by = settings(queues, rules=rules)
    question = Question(
        trace, by, by, redials=Redials("option", 0.5, (), 300 * S), takers=Takers(0.6, 0.7), verify=True
    )
    report = answer(question, [1, 2], processes=1)
    assert not report.old.violations, report.old.first_violations
    assert {each.change for of in report.queues.values() for each in of.values()} <= {0.0, None}
    assert report.whole["callbacks"].new is not None
    assert report.whole["callbacks"].new > 10
    assert 0.7 < (report.whole["callbacks_reached"].new or 0) < 1
    assert as_json(report)["callbacks"] == {"accept": 0.6, "answer": 0.7}
    assert any("60% of those who are offered one take it" in each for each in sentences(report))
