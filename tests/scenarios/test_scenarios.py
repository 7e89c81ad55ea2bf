"""Every story holds; each says what it is about; and the check itself sees what differs.

It knows no story: a new file is found by lying here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scenarios.__main__ import main
from tests.scenarios.check import Differs, read, run
from tests.scenarios.language import clock, time_us

FILES = sorted(Path(__file__).parent.glob("*.txt"))
NOT_STORED = re.compile(
    r"  again$|^ *\? (promises|queue|repaired|segment|steer) |^(blocked|steer) |  engine +store "
    r"|^ *-> \w+ announce \w+ (time|.* p50) |^centre +ewt ",
    re.MULTILINE,
)
"""What records do not hold: replies to numbers, counts since the engine's start, what was just learned. What the wall
clock shows comes every second; entries of the blocked list expire by it."""
WIDE = 120
"""Columns of a line: a story is read on one screen."""

SMALL = """\
# Title
# Why.
queue     sales
agent     ann
agent     ben
gateway   gw1
endpoint  101      ann on gw1
endpoint  102      ben on gw1
ready     ann

0:00.0  gw1  enqueue c1 sales
        -> gw1 offer c1 to ann at 101 ring 20s
        ? agent ann available units 100
0:20.0  clock
        -> gw1 offer_cancelled c1 timed_out
        -> gw1 agent_state ann not_ready reason missed
"""
"""A true story, from which the tests below make false ones."""


def hold(path: Path, *, loaded: bool = False) -> None:
    """Fails with the line that differs, in words and without a traceback."""
    try:
        run(f"tests/scenarios/{path.name}", path.read_text(), loaded=loaded)
    except Differs as differs:
        pytest.fail(str(differs), pytrace=False)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_story_holds(path: Path) -> None:
    """The engine does what the file says, all of it and nothing else, and every invariant holds after each step."""
    hold(path)


@pytest.mark.parametrize(
    "path", [path for path in FILES if not NOT_STORED.search(path.read_text())], ids=lambda path: path.stem
)
def test_the_story_holds_for_an_engine_loaded_at_every_step(path: Path) -> None:
    """Records hold all that decides: an engine that is loaded from them after each step does the same."""
    hold(path, loaded=True)


def test_every_story_says_what_it_is_about() -> None:
    """A title of its own, a sentence on why it matters, at least one thing that is told or true, and no wide lines."""
    stories = {path.stem: read(path.name, path.read_text()) for path in FILES}
    assert len({story.title for story in stories.values()}) == len(stories) > 60
    for name, story in stories.items():
        assert story.title, name
        assert story.why.endswith("."), f"{name}: says no sentence on why it matters"
        assert any(step.lines for step in story.steps), f"{name}: nothing is expected"
    wide = [path.name for path in FILES if any(len(line) > WIDE for line in path.read_text().splitlines())]
    assert not wide


@pytest.mark.parametrize(
    ("true", "false", "says"),
    [
        ("ring 20s", "ring 21s", "story:12: 0:00.0  gw1  enqueue c1 sales\n  expected  gw1 offer c1 to ann"),
        ("to ann at", "to ben at", "expected  gw1 offer c1 to ben at 101 ring 20s\n  got       gw1 offer c1 to ann"),
        ("0:20.0", "0:20.1", "story:14: 0:20.1  clock\n  before this line the story does not tell:\n"),
        ("0:20.0", "0:19.9", "expected  gw1 offer_cancelled c1 timed_out\n  got       nothing more"),
        ("        -> gw1 agent_state ann not_ready reason missed\n", "", "got       gw1 agent_state ann not_ready"),
        ("units 100", "units 25", "story:13: ? agent ann available units 25\n  expected  agent ann available units 25"),
        ("? agent ann available", "? agent ann offline", "got       agent ann available"),
        ("enqueue c1 sales", "enqueue", "it needs contact"),
        ("enqueue c1 sales", "enqueue c1 sales priority 90", "priority is a duration like 20s"),
        ("enqueue c1 sales", "enqueue c1 sales colour red", "'colour' is none of its fields: agent, business,"),
        ("enqueue c1 sales", "enqueue c1 sale", "got       gw1 error unknown_queue"),
        ("gw1  enqueue", "gw7  enqueue", "'gw7' is not in this centre"),
        ("gw1  enqueue", "gw1  enqeue", "nobody can say 'enqeue'"),
        ("queue     sales", "queue     sales  target = 3", "is not a setting; did you mean target_s?"),
        ("ann on gw1", "ann at gw1", "an endpoint is written: endpoint ADDRESS AGENT on GATEWAY"),
        ("0:20.0  clock", "0:20.0", "a line is: time, who, what"),
        ("0:20.0  clock", "0:10.0  gw1 probe sales\n0:05.0  clock", "time does not run backwards"),
    ],
)
def test_the_check_sees_what_differs(true: str, false: str, says: str) -> None:
    """A story that is not so, or not understood, names file, line, what was expected and what came."""
    run("story", SMALL)
    assert true in SMALL
    with pytest.raises(Differs) as differs:
        run("story", SMALL.replace(true, false, 1))
    assert says in str(differs.value)


def test_a_violation_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """What must always hold is looked at after every step, and a fault in it is told with the line."""
    monkeypatch.setattr("tests.scenarios.check.verify", lambda world: ["I5: too much"] if world.offers else [])
    with pytest.raises(Differs, match=r"story:11: .*\n  what must always hold does not:\n +I5: too much"):
        run("story", SMALL)


def test_times_are_written_as_they_are_read() -> None:
    """Minutes and seconds, with hours before and parts of a second after where there are any."""
    for word, us in (("0:00.0", 0), ("0:20.5", 20_500_000), ("90:00.000001", 5_400_000_001)):
        assert time_us(word) == us
        assert clock(us) == word
    assert time_us("1:30:00") == time_us("90:00.0")
    assert time_us("0:5") is time_us("->") is None


def test_at_a_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m tests.scenarios` says where a story differs; with `--show` it prints what the engine tells."""
    story = tmp_path / "story.txt"
    story.write_text(SMALL)
    assert main([str(story)]) == 0
    assert "true" in capsys.readouterr().out
    assert main(["--show", str(story)]) == 0
    assert "-> gw1 offer c1 to ann at 101 offer c1#1 gateway gw1 queue sales" in capsys.readouterr().out
    story.write_text(SMALL.replace("to ann", "to ben"))
    assert main([str(story)]) == 1
    assert f"{story}:12: " in capsys.readouterr().out
    assert main([]) == 2
