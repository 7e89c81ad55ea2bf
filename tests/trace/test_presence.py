"""Inference of presence: what a waiting caller proves, what it does not, and what an agent serves."""

from router.trace.presence import infer
from router.trace.records import Contact
from router.trace.skills import Leg, served
from tests.trace.make import S, contact


def test_a_caller_who_waited_all_the_time_makes_the_gap_a_wrap_up() -> None:
    """Someone waits while the agent has no call: the agent was not free, for exactly that long."""
    calls = [
        contact("a", 0, talk=100, agent="ANN"),
        contact("b", 50, wait=70, talk=60, agent="ANN"),
        contact("c", 60, wait=125, talk=60, agent="ANN"),
    ]
    infer(calls)
    assert [each.wrap_up_us for each in calls] == [20 * S, 5 * S, None]


def test_a_gap_in_which_nobody_waited_proves_nothing() -> None:
    """Away for at most the gap: what is drawn follows the other gaps, here 20 s, not the 300 s of this
    one."""
    calls = []
    for n in range(20):
        calls.append(contact(f"a{n}", n * 2_000, talk=100, agent="ANN"))
        calls.append(contact(f"b{n}", n * 2_000 + 50, wait=70, talk=80, agent="ANN"))
        calls.append(contact(f"c{n}", n * 2_000 + 500, talk=1_480, agent="ANN"))
    infer(calls)
    drawn = [each.wrap_up_us for each in calls if each.id.startswith("b")]
    assert all(each is not None and 19 * S <= each <= 21 * S for each in drawn)


def test_a_long_absence_becomes_a_break_of_its_whole_length() -> None:
    """Twenty minutes with somebody waiting are a break; the call before has no wrap-up of twenty minutes."""
    calls = [
        contact("a", 0, talk=100, agent="ANN"),
        contact("x", 110, wait=400),
        contact("y", 400, wait=900, talk=60, agent="ANN"),
        contact("z", 1_300, wait=65, talk=60, agent="ANN"),
    ]
    (ann,) = infer(calls).agents
    (shift,) = ann.shifts
    assert [(each.from_us, each.for_us) for each in shift.breaks] == [(100 * S, 1_200 * S)]
    assert calls[0].wrap_up_us is None
    assert (shift.from_us, shift.to_us) == (0, 1_425 * S)


def test_four_hours_without_a_call_end_a_shift() -> None:
    """Morning and evening are two shifts, and the time between is no break."""
    calls = [contact("a", 8 * 3600, talk=100, agent="ANN"), contact("b", 15 * 3600, talk=100, agent="ANN")]
    (ann,) = infer(calls).agents
    assert len(ann.shifts) == 2
    assert not any(shift.breaks for shift in ann.shifts)


def test_talk_that_runs_over_the_next_call_is_cut() -> None:
    """An agent has one call at a time: the first one ends where the second begins, and that is counted."""
    calls = [contact("a", 0, talk=500, agent="ANN"), contact("b", 100, talk=50, agent="ANN")]
    notes = infer(calls).notes
    assert calls[0].service_us == 100 * S
    assert notes["service_cut_at_next_call"] == 1


def test_calls_of_nobody_named_need_no_agent() -> None:
    """A record without agents gives a trace without agents, not an error."""
    found = infer([contact("a", 0, talk=10), contact("b", 5, wait=10)])
    assert found.agents == []


def test_the_same_record_gives_the_same_presence() -> None:
    """Draws come from the seed; another seed draws otherwise within the same bounds."""

    def record() -> list[Contact]:
        return [contact(f"c{n}", n * 300, talk=100 + n % 7, agent="ANN") for n in range(60)]

    first, second, third = record(), record(), record()
    infer(first, seed=1)
    infer(second, seed=1)
    infer(third, seed=2)
    assert [each.wrap_up_us for each in first] == [each.wrap_up_us for each in second]
    assert [each.wrap_up_us for each in first] != [each.wrap_up_us for each in third]
    assert all((each.wrap_up_us or 0) <= 200 * S for each in third)


def shift_of(name: str, calls: list[Contact]) -> tuple[str, list[Leg]]:
    """A shift as the inference builds it, from the calls that this agent took."""
    legs = [
        Leg(each, each.answered_us, each.answered_us + each.service_us)
        for each in calls
        if each.agent == name and each.answered_us is not None and each.service_us is not None
    ]
    return name, legs


def test_a_queue_passed_over_again_and_again_is_not_served() -> None:
    """Ann leaves earlier callers of NE waiting while she takes PS; Ben takes them: only he serves NE."""
    calls = []
    for n in range(10):
        at = n * 1_000
        calls.append(contact(f"p{n}", at + 50, wait=50, talk=100, agent="ANN"))
        calls.append(contact(f"n{n}", at, queue="NE", wait=200, talk=100, agent="BEN"))
    calls.append(contact("stray", 50_000, queue="NE", talk=10, agent="ANN"))
    ann, ben = served(calls, [shift_of("ANN", calls), shift_of("BEN", calls)])
    assert ann.skills == ("PS",)
    assert ben.skills == ("NE",)


def test_head_start_decides_who_was_ahead() -> None:
    """A caller with 90 s of head start is not passed over by one who came 60 s earlier, but goes before."""
    calls = []
    for n in range(6):
        at = n * 1_000
        ahead = contact(f"p{n}", at + 60, wait=40, talk=100, agent="ANN")
        ahead.head_start_s = 90
        calls += [ahead, contact(f"n{n}", at, queue="NE", wait=230, talk=100, agent="ANN")]
    (ann,) = served(calls, [shift_of("ANN", calls)])
    assert ann.skills == ("NE", "PS")


def test_a_queue_nobody_asked_for_that_day_is_kept() -> None:
    """Serving NE all month and meeting no caller of it in one shift says nothing against serving it."""
    calls = [contact(f"n{n}", n * 1_000, queue="NE", talk=100, agent="ANN") for n in range(5)]
    later = [contact(f"p{n}", 90_000 + n * 1_000, talk=100, agent="ANN") for n in range(5)]
    first, second = served(calls + later, [shift_of("ANN", calls), shift_of("ANN", later)])
    assert first.skills == ("NE", "PS")
    assert second.skills == ("NE", "PS")


def test_only_a_queue_surely_served_is_evidence() -> None:
    """A queue with few of its calls taken may be served now and then; its callers prove no absence."""
    calls = []
    for n in range(8):
        at = n * 2_000
        calls.append(contact(f"p{n}", at + 50, wait=50, talk=100, agent="ANN"))
        taker = "ANN" if n % 2 else ""
        calls.append(contact(f"n{n}", at, queue="NE", wait=205, talk=100, agent=taker))
    (ann,) = served(calls, [shift_of("ANN", calls)])
    assert ann.skills == ("NE", "PS")
    assert ann.sure == {"PS"}
