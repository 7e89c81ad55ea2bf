"""The neutral event schema: every ask is answered, every bad line is named."""

import json

import pytest

from router.ewt.events import EventError, answers, parse

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
    ],
)
def test_a_bad_line_is_named(line: str, word: str) -> None:
    """The error gives the line's number and what is wrong with it."""
    with pytest.raises(EventError, match=word) as caught:
        list(answers(parse(["", '{"ev":"config","t":0,"queues":["q"]}', line])))
    assert caught.value.line == 3
    assert str(caught.value).startswith("line 3: ")
