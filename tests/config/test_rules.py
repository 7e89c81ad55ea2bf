"""Rules as configuration reads them: conditions in all their forms, and every mistake with what to do about it."""

from __future__ import annotations

import pytest
from hypothesis import given

from router.config import Report, diff, from_bytes, to_bytes
from router.config.compare import tables
from router.config.kinds.rules import Conditions, table_of
from router.core.ruling.settings import ActingRule
from router.rules import All, AnyOf, Compare, Condition, Not
from tests.config.given import checked, right, the_fault
from tests.rules.drawn import CONDITIONS

S = 1_000_000
CALENDARS = '[calendars.office]\nweekdays = ["08:00-18:00"]\n'


def rules(text: str) -> dict[str, str]:
    """The files with these rules."""
    return {"rules.toml": text, "calendars.toml": CALENDARS}


def one(when: str, more: str = "") -> dict[str, str]:
    """The files with one rule of this condition."""
    return rules(f"[rules.help]\nwhen = {when}\n{more}\n")


def rule_of(when: str, more: str = "") -> ActingRule:
    """The rule of these lines, without a fault."""
    return right(one(when, more)).settings.rules[0]


def test_a_rule_with_everything() -> None:
    """Each setting is where the core looks for it, times in microseconds."""
    found = rule_of(
        '{ queue = "cards", signal = "oldest_wait_s", above = 60 }',
        'name = "aid"\nabout = "words"\nuntil = { queue = "cards", signal = "oldest_wait_s", below = 20 }\n'
        'for_s = 30\nactive_least_s = 300\ncool_down_s = 1.5\nper_hour_most = 4\nhours = "office"\nrank = 10\n'
        "observe = true",
    )
    assert found == ActingRule(
        "aid", Compare("queue", "cards", "oldest_wait_s", "above", 60 * S), "main",
        Compare("queue", "cards", "oldest_wait_s", "below", 20 * S), 30 * S, 300 * S, 1_500_000, 4, "office", 10,
        observe=True, about="words",
    )  # fmt: skip
    assert found.open_hours == Compare("hours", "office", "open", "at_least", 1)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ('{ signal = "waiting", at_least = 20 }', Compare("site", "", "waiting", "at_least", 20)),
        ('{ team = "front", signal = "idle", below = 1 }', Compare("team", "front", "idle", "below", 1)),
        ('{ queue = "cards", signal = "service_level", at_most = 0.7 }',
         Compare("queue", "cards", "service_level", "at_most", 0.7, 900 * S)),
        ('{ signal = "abandonment", above = 0.1, window_s = 600 }',
         Compare("site", "", "abandonment", "above", 0.1, 600 * S)),
        ('{ hours = "office" }', Compare("hours", "office", "open", "at_least", 1)),
        ('{ not = { any = [{ hours = "office" }, { signal = "waiting", above = 3 }] } }',
         Not(AnyOf((Compare("hours", "office", "open", "at_least", 1), Compare("site", "", "waiting", "above", 3))))),
        ('{ all = [{ queue = "loans", signal = "ewt_p90_s", above = 0.5 }] }',
         All((Compare("queue", "loans", "ewt_p90_s", "above", 0.5 * S),))),
    ],
)  # fmt: skip
def test_conditions_are_read_as_they_are_written(text: str, condition: Condition) -> None:
    """Every form, and back again to what the file would say."""
    assert rule_of(text).when == condition
    assert Conditions().take(table_of(condition)).value == condition


@given(CONDITIONS)
def test_any_condition_is_shown_as_it_is_read(condition: Condition) -> None:
    """What `diff` shows is the condition itself."""
    taken = Conditions().take(table_of(condition))
    assert not taken.wrongs or "out of range" in taken.wrongs[0].what
    assert taken.wrongs or taken.value == condition


@pytest.mark.parametrize(
    ("when", "path", "words"),
    [
        ('"late"', "when", "is \"late\", not a table"),
        ("{ }", "when", "names no signal"),
        ('{ queue = "cards", signal = "oldest_wait", above = 60 }', "when.signal", "did you mean oldest_wait_s?"),
        ('{ queue = "cards", signal = "waiting", abov = 60 }', "when.abov", "did you mean above?"),
        ('{ queue = "card", signal = "waiting", above = 6 }', "when.queue", "did you mean cards?"),
        ('{ team = "front", signal = "waiting", above = 6 }', "when", "name queue or none (the whole site)"),
        ('{ queue = "cards", signal = "occupancy", above = 0.9 }', "when", "name team or none (the whole site)"),
        ('{ queue = "cards", team = "front", signal = "idle", above = 6 }', "when", "asks idle of queue and team"),
        ('{ signal = "waiting" }', "when", "compares with nothing"),
        ('{ signal = "waiting", above = 1, below = 9 }', "when", "of two make two conditions in all"),
        ('{ signal = "waiting", above = "9" }', "when.above", "write it without quotes and unit"),
        ('{ signal = "waiting", above = 2.5 }', "when.above", "use a whole number"),
        ('{ signal = "abandonment", above = 80 }', "when.above", "80 % is 0.8"),
        ('{ signal = "waiting", above = 9, window_s = 60 }', "when.window_s", "waiting has no window"),
        ('{ signal = "abandonment", above = 0.5, window_s = 5 }', "when.window_s", "use a whole number of seconds"),
        ('{ all = [] }', "when.all", "not a list of conditions"),
        ('{ all = [{ hours = "offices" }] }', "when.all[1].hours", "did you mean office?"),
        ('{ hours = "office", signal = "waiting", above = 9 }', "when", "put each into a table of its own in all"),
        ('{ rule = "help" }', "when", "waits for itself: help -> help"),
        ('{ rule = "aid" }', "when.rule", "use help"),
        ('{ segment = "gold", signal = "service_level", below = 0.8 }', "when.segment", "there is none yet"),
        ('{ all = [{ signal = "waiting", above = 9 }, { signal = "waiting", below = 5 }] }', "when", "can never hold"),
        ('{ any = [{ signal = "waiting", above = 4 }, { signal = "waiting", below = 9 }] }', "when", "always holds"),
    ],
)  # fmt: skip
def test_mistakes_in_conditions(when: str, path: str, words: str) -> None:
    """Each is one fault, at its place, with a remedy."""
    fault = the_fault(one(when))
    assert fault.level == "error"
    assert fault.path == f"rules.help.{path}"
    assert words in f"{fault.what}; {fault.remedy}"


def test_mistakes_of_whole_rules() -> None:
    """No condition; an `until` that fights; hours that are not there; times out of range; a name that is taken."""
    assert the_fault(rules("[rules.help]\n")).what == "has no condition, so it would never start"
    late = '{ queue = "cards", signal = "oldest_wait_s", above = 60 }'
    for until, level, words in (
        ('{ queue = "cards", signal = "oldest_wait_s", above = 30 }', "error", "holds whenever"),
        ('{ queue = "cards", signal = "oldest_wait_s", below = 90 }', "warning", "can hold while `when` does"),
    ):
        fault = the_fault(one(late, f"until = {until}"))
        assert (fault.level, fault.path) == (level, "rules.help.until")
        assert words in fault.what
    assert the_fault(one(late, 'hours = "ofice"')).remedy == "did you mean office?"
    assert "from 1 to" in the_fault(one(late, "active_least_s = 0")).remedy
    assert "already" in the_fault(rules(f'[rules.a]\nwhen = {late}\n[rules.b]\nname = "a"\nwhen = {late}\n')).what


def test_a_circle_of_rules_is_named_once() -> None:
    """a waits for b, b for c, c for a: one fault that shows the way round."""
    names = {"a": "b", "b": "c", "c": "a", "d": "a"}
    text = "".join(f'[rules.{name}]\nwhen = {{ rule = "{to}" }}\n' for name, to in names.items())
    faults = checked(rules(text)).faults
    assert [fault.what for fault in faults] == ["waits for itself: a -> b -> c -> a"]


def test_how_much_a_condition_may_hold() -> None:
    """65 comparisons, or nine deep, are two rules."""
    part = '{ signal = "waiting", above = 9 }'
    assert "more than 64 comparisons" in the_fault(one(f"{{ any = [{', '.join([part] * 65)}] }}")).what
    deep = "{ not = " * 9 + part + " }" * 9
    assert "more than 8 deep" in the_fault(one(deep)).what


def test_rules_are_compared_sent_and_learned_by_zone() -> None:
    """A changed bound is a change in the words of the file; another process gets the same; zones come along."""
    ratio = '{ queue = "cards", signal = "arrivals_ratio", above = 2.0 }'
    old, new = right(one(ratio)), right(one(ratio.replace("2.0", "3.0")))
    assert from_bytes(to_bytes(new)) == new
    assert [change.path for change in diff(old, new)] == ["rules.help.when.above"]
    assert tables(new)["rules"]["help"]["when"]["above"] == 3
    assert new.settings.zones == (("UTC", ((0, 0),)),)
    report: Report = checked(one('{ signal = "waiting", above = 2 }'))
    assert report.configuration is not None
    assert report.configuration.settings.zones == ()
