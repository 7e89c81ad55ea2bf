"""The configuration of a real daemon at the command line: looked at, applied, on trial, taken back, over deaths too."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from router.cli import exits
from router.loop.crash import VARIABLE
from tests.system.serving import Person, Serving
from tests.system.test_daemon import wait_until
from tests.system.test_hands import MIA, switchboard

WATCH = "[reload]\nlook_s = 0.1\nwatch = "


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """A daemon with two agents and one queue, and a store that lasts."""
    made = Serving(tmp_path)
    made.write(store=f"sqlite:{made.store}", machine='[reload]\nwatch = "off"')
    yield made
    made.end()


def asked(serving: Serving, *words: str, code: int = exits.OK) -> dict[str, Any]:
    """What a command answers as JSON."""
    ran = switchboard(serving, *words, "--json")
    assert ran.returncode == code, ran.stdout + ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def in_force(serving: Serving) -> tuple[int, str]:
    """(number, digest) of the version in force."""
    known = asked(serving, "history")
    return known["current"], next(each["digest"] for each in known["versions"] if each["version"] == known["current"])


def edit(serving: Serving, text: str = "[queues.loans]\nboost = 0.5\n") -> None:
    """Somebody writes the queues anew."""
    (serving.config / "queues.toml").write_text(text)


def eventually(holds: Callable[[], bool]) -> None:
    """It comes to hold."""
    wait_until(holds)


def test_apply_says_what_it_changes_and_keeps_who_and_why(serving: Serving) -> None:
    """`diff` changes nothing and tells the same as `apply`; history and audit have it; the same once more is no
    change."""
    serving.start()
    edit(serving)
    told = asked(serving, "diff")
    assert [change["path"] for change in told["changes"]] == ["queues.loans.boost"]
    assert (told["done"], told["why"], told["version"]) == (False, "dry_run", 1)
    told = asked(serving, "apply", *MIA)
    assert (told["done"], told["version"], len(told["changes"])) == (True, 2, 1)
    last = asked(serving, "history")["versions"][-1]
    assert (last["version"], last["how"], last["who"], last["why"]) == (2, "apply", "mia", "a storm")
    assert last["digest"] == told["digest"] == told["new_digest"]
    deed = json.loads(switchboard(serving, "audit", "--json").stdout.splitlines()[-1])
    assert (deed["who"], deed["what"], deed["target"]) == ("mia", "apply", "configuration")
    assert deed["after"] == {"version": "2", "digest": told["digest"], "how": "apply"}
    assert asked(serving, "apply", *MIA)["why"] == "same"
    assert in_force(serving) == (2, told["digest"])


def test_diff_and_apply_list_what_stays_as_people_have_set_it(serving: Serving) -> None:
    """A closed queue, skills, a plan and a paused rule outlast a reload, and are said to."""
    (serving.config / "agents.toml").write_text("[agents.ann]\nskills = { loans = 1 }\n[agents.bob]\n")
    (serving.config / "plans.toml").write_text(
        '[plans.storm]\nactions = [{ kind = "raise_priority", queues = ["loans"], boost = 2.0 }]\n'
    )
    (serving.config / "rules.toml").write_text(
        '[rules.busy]\nwhen = { queue = "loans", signal = "waiting", above = 5 }\n'
        'actions = [{ kind = "raise_priority", queues = ["loans"], boost = 1.0 }]\n'
    )
    serving.start()
    for words in (
        ("queue", "loans", "close"),
        ("agent", "ann", "skills", "loans=9"),
        ("plan", "start", "storm"),
        ("rules", "pause", "busy"),
    ):
        assert switchboard(serving, *words, *MIA).returncode == exits.OK
    edit(serving)
    wanted = [
        "queue loans is closed by hand", "agent ann has skills by hand: loans 9", "plan storm was started by mia",
        "rule busy is paused by hand",
    ]  # fmt: skip
    assert asked(serving, "diff")["by_hand"] == wanted
    shown = switchboard(serving, "apply", *MIA).stdout.splitlines()
    assert [line.partition("by hand, and stays: ")[2] for line in shown if "stays" in line] == wanted
    assert asked(serving, "diff")["by_hand"] == wanted


def test_apply_needs_a_name_and_a_reason(serving: Serving) -> None:
    """Nobody changes a running site namelessly; to look needs no name."""
    serving.start()
    assert switchboard(serving, "apply").returncode == exits.USAGE
    assert asked(serving, "apply", "--dry-run")["why"] == "same"


def test_bad_files_change_nothing_and_are_named(serving: Serving) -> None:
    """Each mistake with its place; the version in force stays, and nothing is written down."""
    serving.start()
    before = in_force(serving)
    for text in ("[queues.loans]\nboots = 1\n", "not toml at all", "\x00\xff"):
        edit(serving, text)
        told = asked(serving, "apply", *MIA, code=exits.PROBLEMS)
        assert (told["done"], told["why"]) == (False, "faults")
        assert any("queues.toml" in fault for fault in told["faults"])
    for name in ("queues.toml", "agents.toml", "switchboard.toml"):
        (serving.config / name).unlink()
    assert asked(serving, "apply", *MIA, code=exits.PROBLEMS)["why"] == "faults"
    assert in_force(serving) == before


def test_who_waits_is_not_hurt_without_force(serving: Serving) -> None:
    """A queue that asks for what nobody has would leave those who wait alone: refused, with the number of them; with
    --force it is done."""
    serving.start()
    person = Person(serving)
    person.begin()
    person.ask(t="enqueue", seq=12, contact="c", queue="loans")
    edit(serving, "[queues.loans]\nneeds = { cards = 1 }\nenter_unstaffed = true\n")
    agents = serving.config / "agents.toml"
    agents.write_text(agents.read_text() + "[agents.cyd]\nskills = { cards = 1 }\n")
    told = asked(serving, "apply", *MIA, code=exits.PROBLEMS)
    assert (told["done"], told["why"]) == (False, "unsafe")
    (found,) = (each for each in told["consequences"] if each["stops"])
    assert (found["kind"], found["count"], found["examples"]) == ("unroutable", 1, ["loans"])
    assert asked(serving, "apply", *MIA, "--force")["done"]
    assert person.ask(t="position", seq=13, contact="c")["position"] == 1


def test_what_is_not_confirmed_is_taken_back_by_itself(serving: Serving) -> None:
    """After the time the version of before is in force again, under a new number; what is confirmed stays."""
    serving.start()
    before = in_force(serving)[1]
    edit(serving)
    told = asked(serving, "apply", *MIA, "--confirm-within", "1s")
    assert 0 < told["trial_ms"] <= 1000
    eventually(lambda: in_force(serving) == (3, before))
    last = asked(serving, "history")["versions"][-1]
    assert (last["how"], last["of"], last["who"]) == ("rollback", 1, "switchboard")
    assert switchboard(serving, "apply", "--confirm", *MIA).returncode == exits.PROBLEMS
    told = asked(serving, "apply", *MIA, "--confirm-within", "1h")
    assert asked(serving, "apply", "--confirm", *MIA) == {"confirmed": True}
    assert asked(serving, "history")["trial_ms"] == 0
    assert in_force(serving) == (4, told["digest"])


def test_a_trial_goes_on_over_a_death(serving: Serving) -> None:
    """Killed on trial, the daemon starts with what is on trial, and takes it back when its time is over."""
    serving.start()
    before = in_force(serving)[1]
    edit(serving)
    asked(serving, "apply", *MIA, "--confirm-within", "6s")
    serving.kill()
    serving.start()
    trial = serving.wait_for("on_trial")
    assert (trial["version"], trial["back_to"]) == (2, 1)
    assert 0 < trial["left_s"] < 6
    eventually(lambda: in_force(serving) == (3, before))


def test_a_trial_that_ends_while_nobody_is_there(serving: Serving) -> None:
    """The time ran out while the daemon was dead: it starts with the version of before, though the files still say
    otherwise; and again at the next start."""
    serving.start()
    before = in_force(serving)[1]
    edit(serving)
    asked(serving, "apply", *MIA, "--confirm-within", "1s")
    serving.kill()
    written = (serving.folder / "state" / "versions" / "now.json").stat().st_mtime
    eventually(lambda: time.time() - written > 1.1)
    for _ in range(2):
        serving.start()
        assert in_force(serving) == (3, before)
        serving.kill()


def test_a_rollback_outlasts_a_restart_until_the_files_change(serving: Serving) -> None:
    """By hand to the version of before: a start does not take the files that were taken back, but what comes after."""
    serving.start()
    before = in_force(serving)[1]
    edit(serving)
    asked(serving, "apply", *MIA)
    assert asked(serving, "rollback", *MIA)["done"]
    assert in_force(serving) == (3, before)
    serving.kill()
    serving.start()
    serving.wait_for("configuration_taken_back")
    assert in_force(serving) == (3, before)
    edit(serving, "[queues.loans]\nboost = 0.25\n")
    serving.kill()
    serving.start()
    assert in_force(serving)[0] == 4
    assert in_force(serving)[1] != before
    assert [each["how"] for each in asked(serving, "history")["versions"]] == ["start", "apply", "rollback", "start"]
    assert asked(serving, "rollback", "1", *MIA)["digest"] == before
    assert switchboard(serving, "rollback", "99", *MIA).returncode == exits.PROBLEMS


def test_killed_between_writing_down_and_switching(serving: Serving) -> None:
    """What was written down is in force after the start, on trial as asked."""
    serving.start(**{VARIABLE: "in_the_middle_of_a_reload"})
    edit(serving)
    switchboard(serving, "apply", *MIA, "--confirm-within", "1h")
    assert serving.wait() == -signal.SIGKILL
    serving.start()
    known = asked(serving, "history")
    assert (known["current"], known["back_to"], known["versions"][-1]["who"]) == (2, 1, "mia")
    assert known["trial_ms"] > 0


def test_the_last_versions_are_kept(serving: Serving) -> None:
    """Oldest out first, and each with its files."""
    serving.write(store=f"sqlite:{serving.store}", machine='[reload]\nwatch = "off"\nversions_most = 3')
    serving.start()
    for number in range(5):
        edit(serving, f"[queues.loans]\nboost = 0.{number + 1}\n")
        serving.signal(signal.SIGHUP)
        eventually(lambda number=number: in_force(serving)[0] == number + 2)  # type: ignore[misc]
    assert [each["version"] for each in asked(serving, "history")["versions"]] == [4, 5, 6]
    files = serving.folder / "state" / "versions" / "6" / "files" / "queues.toml"
    assert "0.5" in files.read_text()


@pytest.mark.parametrize("watch", ["pending", "apply"])
def test_a_watched_directory(serving: Serving, watch: str) -> None:
    """A change is checked by itself and shown as pending, or put in force; one with mistakes is never."""
    serving.write(store=f"sqlite:{serving.store}", machine=f'{WATCH}"{watch}"')
    serving.start()
    edit(serving, "[queues.loans]\nboots = 1\n")
    serving.wait_for("configuration_pending")
    assert "mistakes" in asked(serving, "status")["pending"]
    edit(serving)
    if watch == "pending":
        eventually(lambda: "1 change" in asked(serving, "status")["pending"])
        assert in_force(serving)[0] == 1
        assert asked(serving, "apply", *MIA)["done"]
    eventually(lambda: in_force(serving)[0] == 2)
    eventually(lambda: asked(serving, "status")["pending"] == "")
    assert asked(serving, "history")["versions"][-1]["how"] == ("apply" if watch == "pending" else "watch")


def test_what_was_taken_back_is_not_put_in_force_by_watching(serving: Serving) -> None:
    """A rollback holds, though the directory is watched and says otherwise."""
    serving.write(store=f"sqlite:{serving.store}", machine=f'{WATCH}"apply"')
    serving.start()
    edit(serving)
    eventually(lambda: in_force(serving)[0] == 2)
    assert asked(serving, "rollback", *MIA)["done"]
    (serving.config / "queues.toml").touch()
    serving.wait_for("configuration_pending")
    assert in_force(serving)[0] == 3
