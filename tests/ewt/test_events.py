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
