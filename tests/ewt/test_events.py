"""The neutral event schema: every ask is answered, every bad line is named."""

import json
from math import isfinite
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.ewt.events import EventError, Reader, answers, parse

TRACE = """
{"ev":"config","t":0,"queues":["gold","silver"],"priority":{"gold":0,"silver":1}}
{"ev":"agent_login","t":0,"agent":"ann","skills":["gold","silver"],"reason":"shift"}
{"ev":"plan","t":0,"at":900,"agent":"bob","what":"login","skills":["silver"]}
{"ev":"arrive","t":1,"call":"1","queue":"gold"}
{"ev":"start","t":1,"call":"1","queue":"gold","agent":"ann","wait":0}
{"ev":"arrive","t":2,"call":"2","queue":"silver"}
{"ev":"ask","t":2,"call":"2","queue":"silver","position":1,"waited":0}
{"ev":"arrive","t":3,"call":3,"queue":"silver"}
{"ev":"abandon","t":9,"call":3,"queue":"silver","waited":6}
{"ev":"ask","t":30,"call":"9","queue":"gold","position":1,"waited":0}
{"ev":"weather","t":31}
{"ev":"end","t":40,"call":"1","queue":"gold","agent":"ann"}
{"ev":"agent_ready","t":41,"agent":"ann"}
{"ev":"agent_logout","t":42,"agent":"ann","reason":"lunch"}
"""


def test_every_ask_is_answered() -> None:
    """One answer an ask, with its call, its time, five numbers in order and a confidence; JSON can say it."""
    found = list(answers(parse(TRACE.splitlines())))
    assert [(row["call"], row["t"]) for row in found] == [("2", 2), ("9", 30)]
    for row in found:
        assert 0 <= row["p10"] <= row["p50"] <= row["p80"] <= row["p90"]
        assert row["confidence"] in ("low", "medium", "high")
        assert set(json.loads(json.dumps(row))) == {"call", "t", "mean", "p10", "p50", "p80", "p90", "confidence"}


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[1]", "object"),
        ('{"t":1}', "ev"),
        ('{"ev":"arrive","t":1}', "call"),
        ('{"ev":"arrive","t":"x","call":"1","queue":"q"}', "`t`"),
        ('{"ev":"arrive","t":NaN,"call":"1","queue":"q"}', "`t`"),
        ('{"ev":"arrive","t":true,"call":"1","queue":"q"}', "`t`"),
        ('{"ev":"config","t":0,"queues":"gold"}', "queues"),
        ('{"ev":"config","t":0,"queues":["gold"],"priority":{"gold":"first"}}', "priority"),
        ('{"ev":"agent_login","t":0,"agent":"ann","skills":"gold"}', "skills"),
        ('{"ev":"plan","t":0,"at":9,"agent":"ann","what":"holiday","skills":[]}', "what"),
        ('{"ev":"ask","t":0,"call":"1","queue":"q","position":-1}', "position"),
        ('{"ev":"ask","t":0,"call":"1","queue":"q","position":1.5}', "position"),
        ('{"ev":"ask","t":0,"call":"1","queue":"q","position":"1"}', "position"),
        ('{"ev":"ask","t":1' + "0" * 400 + ',"call":"1","queue":"q"}', "`t`"),
    ],
)
def test_a_bad_line_is_named(line: str, word: str) -> None:
    """The error gives the line's number and what is wrong with it."""
    with pytest.raises(EventError, match=word) as caught:
        list(answers(parse(["", '{"ev":"config","t":0,"queues":["q"]}', line])))
    assert caught.value.line == 3
    assert str(caught.value).startswith("line 3: ")


def test_a_wrong_line_changes_nothing_and_the_next_is_read() -> None:
    """Its number counts; a table of queues is taken whole or not at all."""
    reader = Reader()
    for line in ("nonsense", "", '{"ev":"config","t":0,"queues":["q","r"],"priority":{"q":1,"r":"first"}}'):
        if line:
            with pytest.raises(EventError):
                reader.read(line)
        else:
            assert reader.read(line) is None
    assert reader.estimator.lines == {}
    said = reader.read('{"ev":"ask","t":1,"call":"a","queue":"q","position":null,"waited":null}')
    assert said is not None
    assert said["confidence"] == "low"
    assert reader.line == 4


NAMES = st.sampled_from(["a", "b", "c"])
TIMES = st.one_of(st.floats(-1e12, 1e12), st.integers(-100, 4000), st.sampled_from([0, 1e-9, 1e12, -1e12]))
ODD: dict[str, Any] = {
    "ev": st.sampled_from([
        "config", "arrive", "arrive", "start", "end", "agent_ready", "abandon", "agent_login", "agent_logout", "plan",
        "ask", "weather",
    ]),
    "t": TIMES,
    "call": st.one_of(NAMES, st.integers(0, 9)),
    "queue": NAMES,
    "agent": NAMES,
    "skills": st.lists(NAMES, max_size=4),
    "what": st.sampled_from(["login", "logout"]),
    "at": TIMES,
    "position": st.sampled_from([None, 0, 1, 7, 10**9, 2.0]),
    "waited": st.one_of(st.none(), TIMES),
    "queues": st.lists(NAMES, max_size=3),
    "priority": st.dictionaries(NAMES, st.integers(-(10**30), 10**30), max_size=3),
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries(ODD), max_size=60))
def test_any_sequence_of_events_is_answered(stream: list[dict[str, Any]]) -> None:
    """Asks before anything, queues and agents that nobody named, times that go back and far ahead: every ask has its
    answer, with finite numbers in their order."""
    asks = [event for event in stream if event["ev"] == "ask"]
    found = list(answers(stream))
    assert [row["call"] for row in found] == [event["call"] for event in asks]
    for row in found:
        numbers = [row[name] for name in ("mean", "p10", "p50", "p80", "p90")]
        assert all(isfinite(number) and number >= 0 for number in numbers)
        assert numbers[1:] == sorted(numbers[1:])


def numbers_of(stream: list[dict[str, Any]]) -> list[tuple[float, ...]]:
    """The five numbers of every answer."""
    return [tuple(row[name] for name in ("mean", "p10", "p50", "p80", "p90")) for row in answers(stream)]


def team(*skills: str, agents: int = 4, talks: int = 40) -> list[dict[str, Any]]:
    """A centre where so many agents are known by 40 talks of 100 s, and all are in talk at 10,000 s."""
    stream: list[dict[str, Any]] = [{"ev": "config", "t": 0, "queues": sorted(skills)}]
    stream += [{"ev": "agent_login", "t": 0, "agent": f"a{i}", "skills": list(skills)} for i in range(agents)]
    for i in range(talks + agents):
        now, call, agent = (200 * i if i < talks else 9000 + i), f"t{i}", f"a{i % agents}"
        stream.append({"ev": "arrive", "t": now, "call": call, "queue": skills[0]})
        stream.append({"ev": "start", "t": now, "call": call, "queue": skills[0], "agent": agent, "wait": 0})
        if i < talks:
            stream.append({"ev": "end", "t": now + 100, "call": call, "queue": skills[0], "agent": agent})
            stream.append({"ev": "agent_ready", "t": now + 100, "agent": agent})
    return stream


def waiting(count: int, queue: str = "q", at: float = 9100) -> list[dict[str, Any]]:
    """So many callers who wait."""
    return [{"ev": "arrive", "t": at + i, "call": f"w{i}", "queue": queue} for i in range(count)]


def ask(call: str, queue: str = "q", at: float = 9200, **more: Any) -> dict[str, Any]:
    """One question."""
    return {"ev": "ask", "t": at, "call": call, "queue": queue, **more}


@pytest.mark.parametrize(
    "change",
    [
        lambda e: {**e, "t": float(e["t"])},
        lambda e: {**e, "note": {"deep": [1, None]}, "agent_name": "x"},
        lambda e: {key: value for key, value in e.items() if key not in ("reason", "wait", "waited")},
        lambda e: {**e, "reason": None, "wait": None, "priority": None} if e["ev"] != "config" else e,
        lambda e: (
            {key: value for key, value in e.items() if e["ev"] == "start" or key not in ("agent", "queue")}
            if e["ev"] in ("end", "abandon")
            else e
        ),
        lambda e: {key: value for key, value in e.items() if key != "queue"} if e["ev"] == "start" else e,
        lambda e: {**e, "priority": {"gold": 0.0, "silver": 1.0}} if e["ev"] == "config" else e,
    ],
)
def test_what_says_nothing_more_changes_nothing(change: Any) -> None:
    """Whole or broken numbers, unknown fields, and all that may be left out: the same answers."""
    events = [json.loads(line) for line in TRACE.splitlines() if line]
    assert numbers_of([change(event) for event in events]) == numbers_of(events)


def test_names_may_be_numbers_everywhere() -> None:
    """Queues, agents and calls that a program numbers are named by their digits."""
    events = [*team("7"), *waiting(3, "7"), ask("w1", "7", position=2)]

    def numbered(value: Any) -> Any:
        if isinstance(value, list):
            return [numbered(item) for item in value]
        return int(value) if value == "7" else value

    assert numbers_of([{key: numbered(value) for key, value in event.items()} for event in events]) == numbers_of(
        events
    )


def test_who_waits_is_found_by_name_whatever_position_is_given() -> None:
    """A waiting contact has its own place; the one who would join now is last; both need no position."""
    known = numbers_of([*team("q"), *waiting(6), *(ask(f"w{i}", position=p) for i, p in ((0, 1), (3, 4), (3, 99)))])
    assert known[1] == known[2] > known[0]
    told, open_, null = numbers_of(
        [*team("q"), *waiting(6), ask("new", position=7), ask("new"), ask("new", position=None)]
    )
    assert told == open_ == null > known[1]


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize("before", [True, False])
def test_whether_positions_begin_at_nought_is_found_out(base: int, before: bool) -> None:
    """From callers whose place is known: they wait, or arrive right after they were asked for."""
    stream = team("q")
    for i, arrive in enumerate(waiting(6)):
        question = ask(f"w{i}", at=9100 + i, position=i + base)
        stream += [question, arrive] if before else [arrive, question]
    found = numbers_of([*stream, *(ask(f"new{p}", position=p + base) for p in range(7)), ask("new")])[6:]
    places = numbers_of([*team("q"), *waiting(6), *(ask(f"w{i}") for i in range(6)), ask("new")])
    assert found == [*places, places[-1]]


def test_agents_whom_nobody_announced_serve_what_they_take_from() -> None:
    """They are there from their first talk, and for every queue that they took a caller of."""
    announced = [*team("q", "r"), *waiting(3, "r"), ask("w2", "r")]
    started = [event for event in announced if event["ev"] != "agent_login"]
    (known,) = numbers_of(announced)
    (alone,) = numbers_of(started)
    assert alone[0] > 3 * known[0]
    both = started[:1]
    for i in range(4):
        both += [
            {"ev": "start", "t": 0, "call": f"r{i}", "queue": "r", "agent": f"a{i}"},
            {"ev": "end", "t": 0, "call": f"r{i}"},
            {"ev": "agent_ready", "t": 0, "agent": f"a{i}"},
        ]
    ((mean, *_),) = numbers_of(both + started[1:])
    assert mean == pytest.approx(known[0], rel=0.25)


def test_slots_are_talks_at_a_time() -> None:
    """Somebody with two slots who is in one talk takes the next one at once."""
    stream = [{**event, "slots": 2} if event["ev"] == "agent_login" else event for event in team("q")]
    free, busy = numbers_of([*stream, ask("new")]), numbers_of([*team("q"), ask("new")])
    assert free[0][0] < 5 < busy[0][0]


def test_a_plan_may_name_events() -> None:
    """`agent_login` is a log-in; a log-out needs no skills."""
    came = {"ev": "plan", "t": 9150, "at": 9210, "agent": "bob", "what": "login", "skills": ["q"]}
    went = {"ev": "plan", "t": 9150, "at": 9201, "agent": "a0", "what": "logout"}
    start = [*team("q"), *waiting(4)]
    plain, more, less = (numbers_of([*start, *plans, ask("w3")])[0][0] for plans in ([], [came], [went]))
    assert more < plain < less
    named = [{**plan, "what": "agent_" + str(plan["what"])} for plan in (came, went)]
    assert [numbers_of([*start, plan, ask("w3")])[0][0] for plan in named] == [more, less]


def test_a_plan_that_is_moved_counts_once() -> None:
    """Somebody who is told to come twice comes once, at the first time; who is not there can't go."""
    came = {"ev": "plan", "t": 9150, "at": 9210, "agent": "bob", "what": "login", "skills": ["q"]}
    again = {**came, "at": 9215}
    went = {"ev": "plan", "t": 9150, "at": 9205, "agent": "eve", "what": "logout", "skills": ["q"]}
    start = [*team("q"), *waiting(6)]
    once, twice, none, absent = (
        numbers_of([*start, *plans, ask("w5")]) for plans in ([came], [came, again], [], [went])
    )
    assert once == twice < none == absent


def test_lines_are_bytes_or_text_and_other_encodings_are_wrong_lines() -> None:
    """A mark at the beginning of a file is no fault; what is not UTF-8 is, and only in its line."""
    reader = Reader()
    assert reader.read(b'\xef\xbb\xbf{"ev":"config","t":0,"queues":["q"]}\r\n') is None
    with pytest.raises(EventError, match="line 2: not a JSON object"):
        reader.read(b'{"ev":"arrive","t":0,"call":"\xff","queue":"q"}\n')
    assert reader.read(b'{"ev":"ask","t":1,"call":"b","queue":"q"}') is not None


def test_an_empty_file_has_no_answers() -> None:
    """Nothing in, nothing out."""
    assert list(answers(parse([]))) == []
    assert list(answers(parse(["", "\n"]))) == []
