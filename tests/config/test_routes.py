"""`routes.toml` and its table of the blocked: what they say, what is wrong with them, and what nothing reaches."""

import itertools
from random import Random

import pytest

from router.config.reach import unreachable
from router.config.routing import Routing
from router.core.routes.routes import Attributes, Matcher
from router.core.routes.settings import Condition, Route
from tests.config.given import WHOLE, checked, right, the_fault

ROW = '[routes.{}]\nwhen = {{ {} }}\nqueue = "cards"\n'


def test_rows_come_in_the_order_of_the_file() -> None:
    """The first row is the first of the file, not of the alphabet; conditions keep values and prefixes apart."""
    text = ROW.format("z", 'entry = ["+49*", "web"]') + ROW.format("a", 'tier = "gold"')
    routes = right({"routes.toml": text}).settings.routes
    assert [route.name for route in routes] == ["z", "a"]
    assert routes[0].conditions == (Condition("entry", ("web",), ("+49",)),)


def test_a_segment_takes_its_target_from_its_class() -> None:
    """The class is one of queues.toml; the core gets the target itself."""
    texts = {
        "queues.toml": "[target_classes.fast]\ntarget_s = 7\n" + WHOLE["queues.toml"],
        "routes.toml": '[segments.vip]\nwhen = { tier = "vip" }\ntarget_class = "fast"\ntolerance_s = 60\n',
    }
    (segment,) = right(texts).settings.segments
    assert (segment.target_us, segment.tolerance_us) == (7_000_000, 60_000_000)


@pytest.mark.parametrize(
    ("text", "path", "what", "remedy"),
    [
        ('[routes.r]\nqueue = "cardz"\n', "routes.r.queue", "there is no queue", "did you mean cards?"),
        ('[routes.r]\nqueue = "cards"\nsegment = "gold"\n', "routes.r.segment", "no segment gold", "there is none yet"),
        ('[routes.r]\nwhen = { tier = "a" }\n', "routes.r", "says not where to", "add queue"),
        ('[routes.r]\nqueue = "cards"\n[routes.r.refuse]\ndo = "refuse"\n', "routes.r.queue", "beside refuse", "one"),
        ('[routes.r]\ntest = true\n[routes.r.refuse]\ndo = "message"\n', "routes.r.refuse", "says not where", "to ="),
        ('[routes.r]\npriority_s = 5\n[routes.r.refuse]\n', "routes.r.priority_s", "has no effect", "take it out"),
        (ROW.format("r", 'channel = "voyce"'), "routes.r.when.channel[1]", "no channel voyce", "did you mean voice?"),
        (ROW.format("r", 'channel = "chat"'), "routes.r.when.channel", "takes no contacts of channel chat", "add it"),
        (ROW.format("r", 'business = "querry"'), "routes.r.when.business[1]", 'is "querry"', "did you mean query?"),
        (ROW.format("r", 'entry = "4*9"'), "routes.r.when.entry[1]", "which is no name", "one * at the end"),
        (ROW.format("r", "entry = []"), "routes.r.when.entry", "has 0 names", "use 1 to"),
        ('[routes.r]\nqueue = "cards"\npriority_s = 1.5\n', "routes.r.priority_s", "not a whole", "use a whole"),
        ('[segments.s]\ntarget_class = "fst"\n', "segments.s.target_class", "no target class fst", "use standard"),
        ('[segments.s]\nwhen = { entry = "1" }\ntolerance_s = 1\n', "segments.s.when.entry", "is not a setting", ""),
        ('blocked_csv = "b.csv"\n', "blocked_csv", "there is no file b.csv", "begin it with"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(text: str, path: str, what: str, remedy: str) -> None:
    """Each names the setting, what is wrong and what to do."""
    fault = the_fault({"routes.toml": text})
    assert fault.file == "routes.toml"
    assert fault.path == path
    assert what in fault.what
    assert remedy in fault.remedy
    assert fault.level == "error"


@pytest.mark.parametrize(
    ("first", "second", "reached"),
    [
        ('entry = "+49*"', 'entry = "+4930"', False),
        ('entry = "+4930*"', 'entry = "+49*"', True),
        ('tier = "*"', 'tier = ["gold", "silver"]', False),
        ('tier = "gold"', 'tier = "gold", region = "north"', False),
        ('tier = "gold", region = "north"', 'tier = "gold"', True),
        ('channel = "voice"', "", True),
    ],
)
def test_a_row_that_nothing_reaches_is_told(first: str, second: str, reached: bool) -> None:
    """It stands after a row that takes all that it asks for."""
    faults = checked({"routes.toml": ROW.format("one", first) + ROW.format("two", second)}).faults
    told = [fault.path for fault in faults if "can't be reached" in fault.what]
    assert told == ([] if reached else ["routes.two"])


def test_rows_that_take_everything_only_together() -> None:
    """No row alone covers the last one; all of them do, an `unless` too."""
    text = (
        ROW.format("business", 'business = ["query", "handle"]')
        + ROW.format("others", 'business = ["consult", "complaint"]')
        + ROW.format("gold", 'tier = "gold"')
        + '[routes.nobody]\nwhen.business = "*"\nqueue = "cards"\n'.replace('"*"', '"query"')
        + '[routes.rest]\nunless = { tier = "gold" }\nqueue = "cards"\n[routes.last]\nqueue = "cards"\n'
    )
    faults = checked({"routes.toml": text}).faults
    assert [fault.path for fault in faults if "reached" in fault.what] == ["routes.nobody", "routes.last"]


def test_what_is_said_to_be_unreachable_is() -> None:
    """Against trying everything: over small random tables, a row is told if and only if no contact comes to it."""
    rng = Random(7)
    values = {"entry": ["1", "12", "2", None], "tier": ["a", "b", None], "business": ["query", "handle", None]}
    for _ in range(300):
        rows = [_row(rng, str(number)) for number in range(rng.randint(2, 6))]
        matcher = Matcher(rows)
        reached = set()
        for entry, tier, business, calendar in itertools.product(
            ["x", "1x", "12x", *values["entry"]], ["x", *values["tier"]], values["business"],
            [(), ("day",), ("eve",), ("day", "eve")],
        ):  # fmt: skip
            row = matcher.first("main", Attributes(entry=entry, tier=tier, business=business, calendar=calendar))
            reached.add(row.name if row is not None else "")
        told = {rows[number].name for number in unreachable(rows, {"business": ["query", "handle", None]})}
        assert told == {row.name for row in rows} - reached, rows


def _row(rng: Random, name: str) -> Route:
    conditions = []
    for _ in range(rng.randint(0, 2)):
        attribute, some = rng.choice(
            (("entry", ("1", "12", "2")), ("tier", ("a", "b")), ("business", ("query",)), ("calendar", ("day", "eve")))
        )
        prefixes = (rng.choice(("1", "12", "")),) if attribute == "entry" and rng.random() < 0.5 else ()
        conditions.append(Condition(attribute, (rng.choice(some),), prefixes, rng.random() < 0.3))  # type: ignore[arg-type]
    return Route(name, conditions=tuple(conditions), queue="cards")


def test_many_calendars_say_nothing() -> None:
    """Which of many are open together is not tried; and one that is not there is a mistake."""
    rows = [Route(str(number), conditions=(Condition("calendar", (f"c{number}",)),)) for number in range(7)]
    assert not list(unreachable([*rows, rows[0]], {}))
    assert list(unreachable([*rows[:3], rows[0]], {})) == [3]
    fault = the_fault({"routes.toml": '[routes.r]\nwhen = { calendar = "ofice" }\nqueue = "cards"\n'})
    assert (fault.path, fault.level) == ("routes.r.when.calendar[1]", "error")


def test_a_search_that_would_be_long_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives up instead of holding the check for minutes: a warning less is no harm."""
    rows = [Route(str(number), conditions=(Condition("tier", ("a",)),)) for number in range(9)]
    assert list(unreachable(rows, {})) == list(range(1, 9))
    monkeypatch.setattr("router.config.reach.STEPS_MOST", 2)
    assert list(unreachable(rows, {})) == []


def test_queues_that_send_on_in_a_circle_are_told_once() -> None:
    """Where the circle closes, with the way round."""
    queues = """\
[queues.a]
treatments.full = { do = "queue", to = "b" }
[queues.b]
treatments.closed = { do = "queue", to = "c" }
treatments.full = { do = "queue", to = "c" }
[queues.c]
treatments.nobody = { do = "queue", to = "a" }
"""
    told = [fault for fault in checked({"queues.toml": queues}).faults if "circle" in fault.what]
    assert [(fault.path, fault.level) for fault in told] == [("queues.c.treatments.nobody", "warning")]
    assert "a -> b -> c -> a" in told[0].what


def test_a_queue_that_takes_none_of_the_channels_is_told() -> None:
    """Contacts sent there would be refused."""
    queues = '[queues.a]\ntreatments.full = { do = "queue", to = "b" }\n[queues.b]\nchannels = ["chat"]\n'
    told = [fault.path for fault in checked({"queues.toml": queues}).faults if "none of this queue's" in fault.what]
    assert told == ["queues.a.treatments.full"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("c 13,", "'c 13' is no name"),
        ("c13,tomorrow", "until is 'tomorrow'"),
        ("c13,2026-12-31T18:00:00", "until is '2026-12-31T18:00:00'"),
        ("c12,", "customer c12 stands here a second time"),
        ('"c13', "is no CSV"),
    ],
)
def test_a_mistake_in_the_table_of_the_blocked(line: str, what: str) -> None:
    """With its line; the table is refused whole."""
    fault = the_fault(
        {"routes.toml": 'blocked_csv = "blocked.csv"\n', "blocked.csv": f"customer,until\nc12,\n{line}\n"}
    )
    assert (fault.file, fault.line) == ("blocked.csv", 3)
    assert what in fault.what


def test_the_table_of_the_blocked() -> None:
    """A day stands for its end in UTC, nothing for good; tenants are kept apart, comments passed over."""
    table = "customer,until,why,tenant\n# threats\nc1,2026-12-31,,\nc2,,fraud,other\nc3,2026-12-31T18:00:00+01:00,,\n"
    settings = right({"routes.toml": 'blocked_csv = "blocked.csv"\n', "blocked.csv": table}).settings
    assert settings.blocked == {"main/c1": 1_798_761_600, "other/c2": 0, "main/c3": 1_798_736_400}


def test_a_table_without_its_column() -> None:
    """Which columns there are is said."""
    fault = the_fault({"routes.toml": 'blocked_csv = "blocked.csv"\n', "blocked.csv": "name\nc1\n"})
    assert fault.remedy == "begin it with customer,until,why,tenant"


def test_too_many_rows() -> None:
    """The limit is told at the first row beyond it."""
    rows = "".join(ROW.format(f"r{number}", f'entry = "{number}"') for number in range(3))
    machine = WHOLE["switchboard.toml"] + "[limits]\nroutes_max = 2\n"
    fault = the_fault({"switchboard.toml": machine, "routes.toml": rows})
    assert fault.path == "routes.r2"


def test_an_edit_of_the_order_is_a_difference() -> None:
    """Rows turned round say something else, though each says the same."""
    from router.config import diff

    one, two = ROW.format("one", 'tier = "a"'), ROW.format("two", 'tier = "b"')
    changes = diff(right({"routes.toml": one + two}), right({"routes.toml": two + one}))
    assert [change.path for change in changes] == ["routes_in_order"]


def test_no_routes_are_no_routing() -> None:
    """A directory without the file routes nothing and says so to nobody."""
    settings = right({}).settings
    assert Routing(settings.routes, settings.segments, {}) == Routing((), (), {})


@pytest.mark.parametrize(
    ("text", "path", "what"),
    [
        ('to = "chatt"', "steers.s.to", "there is no channel chatt"),
        ('to = "chat"', "steers.s", "says not which queue serves chat"),
        ('to = "chat"\nqueue = "cards"', "steers.s.queue", "queue cards takes no contacts of channel chat"),
        ('to = "chat"\nqueue = "lones"', "steers.s.queue", "there is no queue"),
        ('to = "callback"\nqueue = "loans"', "steers.s.queue", "has no effect"),
        ('to = "chat"\nqueue = "loans"\nchannels = ["chat"]', "steers.s.channels[1]", "is where it leads to"),
        ('segments = ["gold"]', "steers.s.segments[1]", "there is no segment gold"),
        ('channels = ["fone"]', "steers.s.channels[1]", "there is no channel fone"),
    ],
)
def test_a_mistake_in_the_matrix(text: str, path: str, what: str) -> None:
    """Where a cell leads to exists, and serves the channel."""
    fault = the_fault({"routes.toml": f"[steers.s]\n{text}\n"})
    assert fault.path == path
    assert what in fault.what
