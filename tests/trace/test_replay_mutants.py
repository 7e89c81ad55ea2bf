"""A guard taken out of the engine must show: each is removed from a copy of the source, and the copy is replayed.

The copy and its process live in the test's own folder. Where a snippet is not found the engine has changed, and the
test must be given the guard's new words.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PROGRAM = """
import json
from router.trace import Plan, generate
from router.trace.replay.run import replay
found = replay(generate(1, Plan(load=1.2)), verify={verify}).as_json()
print(json.dumps({{name: found[name] for name in ("contacts", "served", "abandoned", "violations_by_invariant")}}))
"""

Edits = list[tuple[str, str, str]]
"""(file, snippet, what stands there instead)"""

DOUBLE_OFFER: Edits = [
    ("core/offers.py", "        world.unstand(contact)\n    states.move(", "        pass\n    states.move("),
    ("core/offers.py", "    if contact.standing is not None or len", "    if len"),
    ("core/offers.py", "    world.unstand(contact)\n    contact.waited_us = 0", "    contact.waited_us = 0"),
]
RINGS_AT_ALL: Edits = [
    ("core/offers.py", "queue.settings.ring_several > 1 and contact.state", "contact.state"),
    ("core/offers.py", "    if queue.settings.ring_several > 1:\n", "    if True:\n"),
    ("core/ringing.py", "        and rings(contact) < contact.queue.settings.ring_several\n", ""),
]
NO_CAPACITY: Edits = [
    ("core/dispatch.py", "if agent.used >= agent.capacity and not", "if False and not"),
    ("core/dispatch.py", "agent.used + settings.units > agent.capacity and not", "False and not"),
]
LAST_FIRST: Edits = [
    ("core/line.py", "        return (contact.key_us,", "        return (-contact.key_us,"),
]
PUT_BACK = '    world.move_contact(contact, "put_back")\n'
BACK_TO_THE_END: Edits = [
    (
        "core/offers.py",
        PUT_BACK,
        f"{PUT_BACK}    contact.key_us = world.now_us\n    contact.entry = (world.now_us, contact.number, contact)\n",
    ),
]
NO_HEAD_START: Edits = [
    ("core/handlers/entry.py", "entered_us - asked.priority_s * SECOND_US", "entered_us"),
]


UNWANTED = shutil.ignore_patterns("__pycache__", "*.so", "*.digest")
"""What was compiled of the sources has the guards still in it."""


def replayed(folder: Path, edits: Edits, verify: bool) -> dict[str, dict[str, int]]:
    """What a replay finds with these edits made to a copy of the engine."""
    for part in ("core", "rules", "trace", "wire", "stats"):
        shutil.copytree(ROOT / "router" / part, folder / "router" / part, ignore=UNWANTED)
    for file in ("__init__.py", "compiled.py", "terms.py", "errors.py"):
        shutil.copy(ROOT / "router" / file, folder / "router" / file)
    for file, snippet, instead in edits:
        path = folder / "router" / file
        source = path.read_text()
        assert snippet in source, f"{file} has changed: find the guard that was {snippet!r}"
        path.write_text(source.replace(snippet, instead))
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(verify=verify)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["contacts"] == found["served"] + found["abandoned"]
    broken: dict[str, dict[str, int]] = found["violations_by_invariant"]
    return broken


@pytest.mark.parametrize("verify", [True, False], ids=["inside", "outside only"])
@pytest.mark.parametrize(
    ("edits", "broken"),
    [
        pytest.param(RINGS_AT_ALL, "I3", id="I3"),
        pytest.param(NO_CAPACITY, "I5", id="I5"),
        pytest.param(LAST_FIRST, "I6", id="I6 the last first"),
        pytest.param(BACK_TO_THE_END, "I6", id="I6 place lost when put back"),
        pytest.param(NO_HEAD_START, "I6", id="I6 head start forgotten"),
    ],
)
def test_a_missing_guard_is_seen(tmp_path: Path, edits: Edits, broken: str, verify: bool) -> None:
    """The invariant whose guard is gone is counted as broken, also by the outside ledger alone."""
    assert broken in replayed(tmp_path, edits, verify)


def test_the_engines_own_assertions_count(tmp_path: Path) -> None:
    """With one guard of two gone the table of states stops the engine: counted, and the replay goes on to its end."""
    assert "engine" in replayed(tmp_path, DOUBLE_OFFER, verify=False)


def test_the_copy_itself_is_sound(tmp_path: Path) -> None:
    """Nothing taken out, nothing found."""
    assert replayed(tmp_path, [], verify=True) == {}
