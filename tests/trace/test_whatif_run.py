"""A trace under a whole configuration: what it says of entry, needs, rules, loans and hours acts as in the engine."""

from pathlib import Path

import pytest

from router.config import Surroundings, check_texts
from router.core.settings import Settings
from router.trace import Trace, TraceError, generate_busy_hour
from router.trace.replay.run import replay
from router.trace.whatif.fit import Helpers
from router.trace.whatif.lived import Lived
from router.trace.whatif.run import PlanStart, run
from tests.trace.make import S
from tests.trace.test_replay import HOUR, call, centre, shift


def settings(queues: str, **files: str) -> Settings:
    """The settings of these files."""
    texts = {"queues.toml": queues, **{f"{name}.toml": text for name, text in files.items()}}
    report = check_texts(texts, around=Surroundings(Path(), {}, read_keys=False))
    assert report.configuration is not None, report.faults
    return report.configuration.settings


def lived(trace: Trace, by: Settings | None, **more: object) -> Lived:
    """A run in which nothing was violated."""
    found = run(trace, by, verify=True, **more)  # type: ignore[arg-type]  # as `run` takes them
    assert found.violations == {}, found.first_violations
    return found


def fates(found: Lived) -> dict[str, tuple[str, float]]:
    """Contact -> how it ended, after how many seconds."""
    return {each.contact: (each.fate, each.wait_us / S) for each in found.callers}


PS = "[queues.PS]\nneeds = { PS = 1 }\n"


def test_without_a_configuration_it_is_the_replay() -> None:
    """Under what is derived from the trace, everybody fares as in `replay`."""
    trace = generate_busy_hour(3)
    report, found = replay(trace), lived(trace, None)
    served = [each.wait_us for each in found.callers if each.fate == "answered"]
    assert len(served) == report.served
    assert sum(served) / len(served) / S == report.whole.simulated.figures.mean_wait_s
    assert {name: each.time for name, each in found.people.items()} == {
        name: is_.time for name, (_, is_) in report.agents.items()
    }


def test_the_same_arguments_are_the_same_run() -> None:
    """Same seed, same digest; whether the engine's world is checked makes no difference."""
    trace = generate_busy_hour(4)
    assert run(trace, None, seed=2).digest == run(trace, None, seed=2, verify=True).digest


def test_entry_checks_and_limits_act() -> None:
    """A full queue refuses, and whoever waits too long is sent away."""
    by = settings(
        PS + "waiting_max = 1\nwait_most_s = 30\ntarget_s = 10\n"
        '[queues.PS.treatments.waited_too_long]\ndo = "message"\nto = "sorry"\n'
    )
    trace = centre([call("a", 1, talk=100), call("b", 2), call("c", 3)], ANN=[shift(0, HOUR)])
    found = lived(trace, by)
    assert fates(found) == {"a": ("answered", 0.0), "b": ("treated", 30.0), "c": ("refused", 0.0)}
    assert [each.why for each in found.callers] == ["", "waited_too_long", "full"]


def test_nobody_signed_in_refuses() -> None:
    """The configuration's entry rules hold: nobody comes in while nobody able is there."""
    trace = centre([call("a", 1), call("b", HOUR + 10)], ANN=[shift(0, HOUR)])
    assert fates(lived(trace, settings(PS)))["b"] == ("refused", 0.0)
    assert fates(lived(trace, settings(PS + "enter_unstaffed = true\n")))["b"] == ("abandoned", 0.0)


def test_people_of_the_configuration_have_its_skills() -> None:
    """Whoever is named has team and skills of the configuration; all others what they served in the record."""
    by = settings(
        "[queues.PS]\nneeds = { regular = 4 }\n",
        agents='[teams.front]\n[agents.ANN]\nteam = "front"\nskills = { regular = 2 }\n',
    )
    trace = centre([call("a", 1, patience=50)], ANN=[shift(0, HOUR)])
    assert fates(lived(trace, by))["a"] == ("refused", 0.0), "level 2 is not enough"
    trace = centre([call("a", 1, patience=50)], BOB=[shift(0, HOUR)])
    found = lived(trace, by)
    assert fates(found)["a"] == ("answered", 0.0)
    assert found.people["BOB"].team == "main"
    assert any("1 of 1 people of the trace are not in the configuration" in each for each in found.said)


def test_hours_are_those_of_the_trace() -> None:
    """A calendar is asked for the recorded date, in its own time zone."""
    by = settings(
        PS + 'calendar = "office"\nenter_unstaffed = true\n',
        calendars='[calendars.office]\ntime_zone = "Europe/Berlin"\nmonday = ["08:00-09:00"]\n',
    )
    trace = centre(
        [call("a", 7.5 * HOUR, patience=5), call("b", 8.5 * HOUR), call("c", 9.5 * HOUR)], ANN=[shift(0, 24 * HOUR)]
    )
    found = lived(trace, by)
    assert [each.fate for each in found.callers] == ["refused", "answered", "refused"], (
        "a Monday, from 8 to 9 local time"
    )
    assert [each.why for each in found.callers] == ["closed", "", "closed"]


HELP = (
    '[rules.help]\nwhen = { queue = "PS", signal = "oldest_wait_s", above = 20 }\nactive_least_s = 60\n'
    '[[rules.help.actions]]\nkind = "borrow"\nteam = "back-office"\nskills = { PS = 3 }\nstep_s = 0\nagents_most = 2\n'
)
BACK_OFFICE = (
    '[teams.back-office]\n[agents.bea]\nteam = "back-office"\nskills = { paper = 5 }\n'
    '[agents.ben]\nteam = "back-office"\nskills = { paper = 5 }\n'
)


def test_a_rule_lends_the_back_office() -> None:
    """Called in when somebody has waited for 20 s, they come three minutes later and take 1.3 times as long."""
    by = settings(PS, agents=BACK_OFFICE, rules=HELP)
    calls = [call("a", 10, talk=1000), call("b", 20, talk=100), call("c", 30, talk=100)]
    trace = centre(calls, ANN=[shift(0, HOUR)])
    assert fates(lived(trace, by))["b"] == ("answered", 990.0), "who is not there is not lent"
    helpers = [Helpers("back-office", most=1, slower=1.3, late_us=180 * S)]
    found = lived(trace, by, helpers=helpers)
    lent = found.moves[0]
    assert (lent.agent, lent.by, lent.lent) == ("bea", "rule help", True)
    assert 40 <= lent.at_us / S < 41
    wait = fates(found)["b"][1]
    assert 200 <= wait < 201, "20 s until the rule starts, 180 until bea comes"
    assert fates(found)["c"][1] == pytest.approx(wait - 10 + 130), "and b's talk takes 130 s with her"
    assert found.people["bea"].helper
    assert [(turn.what, turn.name) for turn in found.turns][:1] == [("rule_start", "help")]
    assert found.turns[0].at_us == pytest.approx(40 * S, abs=S)
    assert not found.moves[-1].lent, "the wait is over, so she is given back"


def test_helpers_of_a_team_that_is_not_there() -> None:
    """A team that the configuration does not have can't help."""
    with pytest.raises(TraceError) as raised:
        run(centre([], ANN=[shift(0, HOUR)]), settings(PS), helpers=[Helpers("nobody")])
    assert raised.value.code == "nobody_there"


def test_overflow_counts_the_caller_where_they_asked() -> None:
    """Who is moved by an action is answered in another queue, and still counts for the one that they asked for."""
    by = settings(
        PS + "[queues.NE]\nneeds = { NE = 1 }\n",
        plans="",
        rules='[rules.over]\nwhen = { queue = "PS", signal = "waiting", at_least = 1 }\n'
        '[[rules.over.actions]]\nkind = "overflow"\nqueues = ["PS"]\nto = "NE"\nafter_s = 10\n',
    )
    trace = centre([call("a", 1, talk=100), call("b", 2)], ANN=[shift(0, HOUR)], BOB=[shift(0, HOUR, queues=("NE",))])
    one = next(each for each in lived(trace, by).callers if each.contact == "b")
    assert (one.queue, one.served_in, one.agent, one.moves, one.fate) == ("PS", "NE", "BOB", 1, "answered")
    assert one.wait_us == pytest.approx(10 * S, abs=S)


def test_a_partner_takes_them_for_a_price() -> None:
    """Sent outside after half a minute by a rule, answered there, and paid for by contact and by the minute."""
    by = settings(
        PS,
        plans='[partners.north]\naddress = "sip:north"\nprice_contact = 0.5\nprice_minute = 2.0\n',
        rules='[rules.out]\nwhen = { queue = "PS", signal = "waiting", at_least = 1 }\n'
        '[[rules.out.actions]]\nkind = "send_to_partner"\nqueues = ["PS"]\npartners = ["north"]\nafter_s = 30\n',
    )
    trace = centre([call("a", 1, talk=100), call("b", 2, talk=90)], ANN=[shift(0, HOUR)])
    found = lived(trace, by)
    one = found.callers[1]
    assert (one.fate, one.partner, one.wait_us, one.cost) == ("partner", "north", 30 * S, 0.5 + 2.0 * 1.5)
    assert any("Partners answer at once" in each for each in found.said)


def test_what_is_learned_anew_is_said() -> None:
    """A rule on what an engine learns over weeks is named."""
    by = settings(
        PS,
        rules="[rules.more]\nobserve = true\n"
        'when = { queue = "PS", signal = "arrivals_ratio", above = 2.0, window_s = 900 }\n',
    )
    assert any("arrivals_ratio" in each for each in lived(centre([], ANN=[shift(0, HOUR)]), by).said)


def test_routes_are_asked_again() -> None:
    """Who came by routes goes where the new rows lead, with the new row's head start; counted for the queue of before.
    Who did not, and rows that ask for what a trace does not have, stay as recorded; and both are said."""
    queues = PS + "[queues.NE]\nneeds = { NE = 1 }\n"
    rows = '[routes.gold]\nwhen = { entry = "+4930100" }\nqueue = "NE"\npriority_s = 60\n'
    rows += '[routes.rest]\nqueue = "PS"\n'
    calls = [call("a", 1), call("b", 2), call("c", 3)]
    calls[0].entry, calls[0].head_start_s, calls[0].route_head_start_s = "+4930100", 30, 20
    calls[1].entry = "+4930999"
    trace = centre(calls, ANN=[shift(0, HOUR)], BOB=[shift(0, HOUR, queues=("NE",))])
    found = lived(trace, settings(queues, routes=rows))
    assert [(each.queue, each.served_in) for each in found.callers] == [("PS", "NE"), ("PS", "PS"), ("PS", "PS")]
    assert any("only for contacts that came by routes" in each for each in found.said)
    tiers = lived(trace, settings(queues, routes=rows.replace('entry = "+4930100"', 'tier = "gold"')))
    assert {each.served_in for each in tiers.callers} == {"PS"}
    assert any("go by tier, which a trace does not have" in each for each in tiers.said)
    plain = centre([call("a", 1)], ANN=[shift(0, HOUR)])
    assert any("names each contact" in each for each in lived(plain, settings(queues, routes=rows)).said)


def test_a_plan_is_started_by_hand() -> None:
    """A supervisor starts it at its time, and it ends by itself; one that is not there is named."""
    by = settings(
        PS,
        plans="[plans.storm]\nlasts_s = 60\n[[plans.storm.actions]]\n"
        'kind = "limit_entry"\nqueues = ["PS"]\nwaiting_max = 0\n',
    )
    calls = [call("a", 1, talk=500), call("b", 90, patience=10), call("c", 130), call("d", 170, patience=10)]
    trace = centre(calls, ANN=[shift(0, HOUR)])
    found = lived(trace, by, plans=[PlanStart("storm", 100 * S)])
    assert [each.fate for each in found.callers] == ["answered", "abandoned", "refused", "abandoned"]
    assert [(turn.what, turn.name) for turn in found.turns] == [("plan_start", "storm"), ("plan_stop", "storm")]
    assert [turn.at_us for turn in found.turns] == [pytest.approx(at * S, abs=S) for at in (100, 160)]
    with pytest.raises(TraceError) as raised:
        run(trace, by, plans=[PlanStart("hail", 0)])
    assert raised.value.code == "no_such_plan"


def test_phone_codes_switch_nothing() -> None:
    """A trace has neither: who comes to such a row is refused, as anybody who may not, no plan starts,
    and it is said."""
    plans = '[plans.storm]\n[[plans.storm.actions]]\nkind = "limit_entry"\nqueues = ["PS"]\nwaiting_max = 0\n'
    routes = (
        '[routes.on]\nwhen = { entry = "4991" }\nplan = "storm"\ncallers = ["+4930123456"]\npin = "834926"\n'
        '[routes.rest]\nqueue = "PS"\n'
    )
    calls = [call("a", 1), call("b", 10)]
    calls[0].entry, calls[1].entry = "4991", "1"
    found = lived(centre(calls, ANN=[shift(0, HOUR)]), settings(PS, plans=plans, routes=routes))
    assert [(each.fate, each.why) for each in found.callers] == [("refused", "route"), ("answered", "")]
    assert [turn.what for turn in found.turns] == ["plan_code_denied"]
    assert any("Phone codes switch no plan" in each for each in found.said)


def test_announcements_are_heard() -> None:
    """What a queue's schedule says is played, and counted with the caller; special ones count by queue."""
    by = settings(
        PS + '[[queues.PS.announce]]\nkind = "comfort"\nat_s = 5\nevery_s = 10\ntext = "soon"\n',
        rules='[rules.say]\nwhen = { queue = "PS", signal = "waiting", at_least = 1 }\n'
        '[[rules.say.actions]]\nkind = "announce"\nqueues = ["PS"]\nmessage = "busy"\n',
    )
    trace = centre([call("a", 1, talk=40), call("b", 2)], ANN=[shift(0, HOUR)])
    found = lived(trace, by)
    assert found.callers[1].announced >= 3
    assert found.announced == {"PS": 1}
