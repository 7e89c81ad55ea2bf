"""Commands that need no daemon: what they print, how they end, and that a mistake of the user's is one line."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Switchboard
from tests.cli.page import PAGE, commands, help_of, rendered
from tests.conftest import ROOT

SAMPLE = ROOT / "config"
QUEUE_LOG = ROOT / "tests" / "trace" / "queue_log"

HEAVY = ("asyncio", "msgspec", "rich", "structlog", "aiohttp", "router.core", "router.config", "router.trace")
"""What `switchboard --help` must not wait for."""


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    """A copy of the sample configuration."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "config"))


@pytest.mark.parametrize("command", tuple(commands()), ids=" ".join)
def test_every_command_has_help_with_an_example(command: tuple[str, ...]) -> None:
    """`--help` ends well and shows how the command is used."""
    assert "Example: switchboard" in help_of(command)


def test_the_page_of_commands_is_what_they_say() -> None:
    """docs/commands.md holds the help of today; `python -m tests.cli.page` writes it."""
    present = PAGE.read_text(encoding="utf-8")
    assert present == rendered(present), "run: python -m tests.cli.page"


def test_help_imports_nothing_heavy() -> None:
    """The command line is there at once: what a command needs is imported when it runs."""
    code = f"import sys, router.cli.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_version(switchboard: Switchboard) -> None:
    """`--version` prints one line."""
    result = switchboard("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("switchboard ")


@pytest.mark.parametrize("words", [("nonsense",), ("replay",), ("serve", "--speed", "0"), ("check", "--colour")])
def test_a_wrong_command_line_is_usage(switchboard: Switchboard, words: tuple[str, ...]) -> None:
    """Exit code 2, and nothing on standard output."""
    result = switchboard(*words)
    assert result.exit_code == 2
    assert not result.stdout


# -- check -------------------------------------------------------------------------------------------------------


def test_check_of_the_sample(switchboard: Switchboard) -> None:
    """The sample configuration passes, strictly too."""
    result = switchboard("check", SAMPLE, "--strict")
    assert result.exit_code == 0, result.output
    assert "ok: " in result.stdout


def test_check_names_every_mistake(switchboard: Switchboard, centre: Path) -> None:
    """A mistake is a line with file, line number and remedy, and the exit code is 1; --json says the same."""
    queues = centre / "queues.toml"
    queues.write_text(queues.read_text().replace("[queues.accounts]", "[queues.accounts]\nrings_s = 5"))
    result = switchboard("check", centre)
    assert result.exit_code == 1
    assert "queues.toml:" in result.stdout
    assert "did you mean ring_s?" in result.stdout
    told = json.loads(switchboard("check", centre, "--json").stdout)
    assert told["ok"] is False
    assert told["errors"] == len([fault for fault in told["faults"] if fault["level"] == "error"]) >= 1
    assert told["faults"][0]["file"] == "queues.toml"
    assert told["faults"][0]["line"] > 0


def test_warnings_count_only_when_strict(switchboard: Switchboard, centre: Path) -> None:
    """A warning alone is exit code 0, with --strict 1."""
    machine = centre / "switchboard.toml"
    machine.write_text(machine.read_text().replace("trust_loopback = true", ""))
    assert switchboard("check", centre).exit_code == 0
    assert switchboard("check", centre, "--strict").exit_code == 1
    told = json.loads(switchboard("check", centre, "--json").stdout)
    assert (told["ok"], told["warnings"]) == (True, 1)


def test_check_prints_the_schema(switchboard: Switchboard) -> None:
    """--schema prints the JSON Schema that lies beside the sample."""
    printed = switchboard("check", "--schema").stdout
    assert json.loads(printed) == json.loads((SAMPLE / "schema.json").read_text())


def test_check_of_nothing(switchboard: Switchboard, tmp_path: Path) -> None:
    """A directory that is not there is a problem with a name, not a traceback."""
    result = switchboard("check", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "nowhere" in result.stdout


# -- agents ------------------------------------------------------------------------------------------------------


def test_agents_go_out_and_come_back(switchboard: Switchboard, centre: Path, tmp_path: Path) -> None:
    """Export, import, export: the same table, and the directory still passes."""
    table = tmp_path / "people.csv"
    assert switchboard("agents", "export", table, "--config", centre).exit_code == 0
    assert switchboard("agents", "import", table, "--config", centre).exit_code == 0
    assert switchboard("check", centre, "--strict").exit_code == 0
    again = switchboard("agents", "export", "--config", centre)
    assert again.stdout == table.read_text()
    assert len(again.stdout.splitlines()) == 31


def test_a_dry_run_says_what_would_change(switchboard: Switchboard, centre: Path, tmp_path: Path) -> None:
    """With --dry-run the changes are named and no file is touched."""
    table = tmp_path / "people.csv"
    switchboard("agents", "export", table, "--config", centre)
    lines = table.read_text().splitlines()
    table.write_text("\n".join([*lines[:-1], "newcomer,accounts,main,100"]) + "\n")
    before = {path.name: path.read_bytes() for path in centre.iterdir()}
    result = switchboard("agents", "import", table, "--config", centre, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "added agents.newcomer" in result.stdout
    assert "removed agents." in result.stdout
    assert {path.name: path.read_bytes() for path in centre.iterdir()} == before
    told = json.loads(switchboard("agents", "import", table, "--config", centre, "--dry-run", "--json").stdout)
    assert (told["done"], told["agents"], told["changes"]) == (False, 30, result.stdout.splitlines())


def test_a_bad_table_changes_nothing(switchboard: Switchboard, centre: Path, tmp_path: Path) -> None:
    """Every bad cell is named with its line, the exit code is 1 and the directory is as it was."""
    table = tmp_path / "people.csv"
    table.write_text("name,team,accounts\nanna,accounts,eleven\n")
    before = (centre / "agents.toml").read_bytes()
    result = switchboard("agents", "import", table, "--config", centre)
    assert result.exit_code == 1
    assert "people.csv:2" in result.stderr
    told = json.loads(switchboard("agents", "import", table, "--config", centre, "--json").stdout)
    assert [(fault["file"], fault["line"]) for fault in told["faults"]] == [("people.csv", 2)]
    assert (centre / "agents.toml").read_bytes() == before
    assert switchboard("agents", "import", tmp_path / "none.csv", "--config", centre).exit_code == 3


# -- traces ------------------------------------------------------------------------------------------------------


def test_import_and_replay(switchboard: Switchboard, tmp_path: Path) -> None:
    """A queue_log becomes a trace, and the trace is replayed; --json prints one object each time."""
    trace = tmp_path / "mine.trace"
    told = json.loads(switchboard("import", "asterisk", QUEUE_LOG, "--out", trace, "--json").stdout)
    assert told["contacts"] > 0
    assert told["left_out_in_all"] == sum(told["left_out"].values())
    result = switchboard("replay", trace, "--json")
    assert result.exit_code == 0, result.output
    replayed = json.loads(result.stdout)
    assert replayed["contacts"] == told["contacts"] + told["left_out_in_all"]
    assert replayed["violations"] == 0
    shown = switchboard("replay", trace)
    assert replayed["digest"] in shown.stdout.replace("\n", "")


def test_replay_of_one_day_and_by_a_configuration(switchboard: Switchboard, hour: Path, centre: Path) -> None:
    """--day cuts a day out; queues of the trace that the configuration has are routed by it, the others are not."""
    whole = json.loads(switchboard("replay", hour, "--json").stdout)
    one = json.loads(switchboard("replay", hour, "--day", 1, "--config", centre, "--json").stdout)
    assert one["contacts"] == whole["contacts"] > 100
    assert whole["settings"]["configured"] == []
    assert one["settings"]["configured"] == ["internet"]


def test_whatif(switchboard: Switchboard, hour: Path, tmp_path: Path) -> None:
    """Two configurations on one trace: --json prints one object, --html writes a page, and a table is shown."""
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "queues.toml").write_text("[queues.internet]\nneeds = { internet = 1 }\nboost = 2.0\n")
    page = tmp_path / "report.html"
    words = ("whatif", hour, "--config", tmp_path / "new", "--seeds", 1, "--processes", 1)
    result = switchboard(*words, "--html", page, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["violations"] == 0
    assert told["queues"]["internet"]["mean_wait_s"]["pairs"] == 1
    assert "</html>" in page.read_text()
    assert (told["redials_modelled"], told["redials"]) == (False, None)
    shown = switchboard(*words, "--day", 1).stdout
    assert "Redials are not modelled" in shown
    assert "--redial assumes a share" in shown
    assert "--redial assumes a share" not in switchboard(*words, "--redial", "off").stdout
    assumed = json.loads(switchboard(*words, "--redial", "0.4:10", "--json").stdout)
    assert assumed["redials"]["share"] == 0.4
    assert assumed["redials"]["source"] == "option"
    assert assumed["whole"]["redials"]["new"] > 0
    assert assumed["callbacks"] is None
    called = json.loads(switchboard(*words, "--callback-accept", "0.5", "--json").stdout)
    assert called["callbacks"] == {"accept": 0.5, "answer": 0.8}
    for text in ("0.4", "1.1:10", "0.4:-1", "x:y", "nan:1", "0.4:inf", "0.4:1441"):
        asked = switchboard(*words, "--redial", text)
        assert asked.exit_code == 3, text
        assert "is no probability" in asked.stderr
    lost = switchboard(*words, "--html", tmp_path / "none" / "report.html")
    assert lost.exit_code == 3
    assert "can't be written" in lost.stderr
    for plan, said in (("storm@2024-03-04T10:10", "no plan storm"), ("storm", "no date and time")):
        asked = switchboard(*words, "--plan", plan)
        assert asked.exit_code == 3
        assert said in asked.stderr
    nobody = switchboard(*words, "--back-office", "nobody")
    assert nobody.exit_code == 3
    assert "nobody of team nobody" in nobody.stderr


@pytest.mark.parametrize("words", [("replay",), ("play", "--start")])
def test_a_trace_that_is_none(switchboard: Switchboard, tmp_path: Path, words: tuple[str, ...]) -> None:
    """No file, and a file of something else: exit code 3 and a line that says what to do."""
    assert switchboard(*words, tmp_path / "none.trace").exit_code == 3
    (tmp_path / "text.trace").write_text("nothing of the kind")
    result = switchboard(*words, tmp_path / "text.trace")
    assert result.exit_code == 3
    assert "not_a_trace" in result.stderr


def test_importing_what_is_no_record(switchboard: Switchboard, tmp_path: Path) -> None:
    """A file of something else is refused with its code, and no trace appears."""
    (tmp_path / "x.tsv").write_text("a\tb\n1\t2\n")
    result = switchboard("import", "technion", tmp_path / "x.tsv", "--out", tmp_path / "x.trace")
    assert result.exit_code == 3
    assert "not_call_records" in result.stderr
    assert switchboard("import", "asterisk", tmp_path / "none", "--out", tmp_path / "x.trace").exit_code == 3
    assert not (tmp_path / "x.trace").exists()


def test_days_count_from_one(switchboard: Switchboard, hour: Path) -> None:
    """A day that the trace does not have is a mistake in the command line."""
    for command in ("replay", "play"):
        result = switchboard(command, hour, "--day", 2)
        assert result.exit_code == 2
        assert "there is no day 2" in result.stderr


def test_play_options_that_exclude_each_other(switchboard: Switchboard, hour: Path) -> None:
    """Only a daemon of our own may be killed, and there is only one daemon."""
    assert switchboard("play", hour, "--kill-after", 5).exit_code == 2
    assert switchboard("play", hour, "--start", "--address", "127.0.0.1:7450").exit_code == 2
    assert switchboard("play", hour, "--address", "nowhere").exit_code == 2


def test_the_configuration_that_a_trace_needs(switchboard: Switchboard, hour: Path, tmp_path: Path) -> None:
    """What --write-config writes passes strictly, holds everybody, and is never written over another."""
    directory = tmp_path / "bank"
    assert switchboard("play", hour, "--write-config", directory).exit_code == 0
    told = json.loads(switchboard("check", directory, "--strict", "--json").stdout)
    assert (told["ok"], told["queues"], told["agents"]) == (True, 6, 30)
    result = switchboard("play", hour, "--write-config", directory)
    assert result.exit_code == 3
    assert "is there already" in result.stderr


# -- status ------------------------------------------------------------------------------------------------------


def test_status_of_nobody(switchboard: Switchboard, tmp_path: Path) -> None:
    """Where no daemon answers the exit code is 3, and the line says how to start one."""
    result = switchboard("status", "--socket", tmp_path / "none.sock")
    assert result.exit_code == 3
    assert "switchboard serve" in result.stderr
    assert switchboard("status", "--socket", tmp_path, "--address", "127.0.0.1:1").exit_code == 2
    assert switchboard("status", "--address", "nowhere").exit_code == 2


# -- route -------------------------------------------------------------------------------------------------------


def test_route_explains_the_row(switchboard: Switchboard) -> None:
    """Every row up to the one that matches, with the condition that fails; no daemon is asked."""
    result = switchboard("route", SAMPLE, "--try", '{"entry": "+4930100012", "tier": "private"}')
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["row", "test-calls", "no:", "entry", "is", "+4930100012,", "not", "+4930100099"]
    assert lines[-1] == "-> queue cards, class 1, segment private (row card-emergency)"


def test_route_by_the_hour(switchboard: Switchboard) -> None:
    """A row that hangs on a calendar is tried as if that one were open, or none."""
    tried = '{{"entry": "+4930100021", "calendar": "{}"}}'
    assert "(row traders)" in switchboard("route", SAMPLE, "--try", tried.format("office")).stdout
    closed = switchboard("route", SAMPLE, "--try", tried.format("")).stdout
    assert "(row rest)" in closed
    assert "no: calendar office is closed then" in closed
    assert switchboard("route", SAMPLE, "--try", '{"entry": "+4930100021"}').exit_code == 0


def test_route_as_json(switchboard: Switchboard) -> None:
    """The same for a program, a refusal too."""
    told = json.loads(switchboard("route", SAMPLE, "--json", "--try", '{"entry": "+499001"}').stdout)
    assert (told["route"], told["queue"], told["refuse"]) == ("premium", None, {"do": "message", "to": "not-from-here"})
    assert [row["matches"] for row in told["rows"]] == [False, True]


def test_route_where_no_row_matches(switchboard: Switchboard) -> None:
    """Exit code 1: such a contact would be answered no_route. A queue that is named needs no row."""
    result = switchboard("route", SAMPLE, "--try", '{"channel": "chat"}')
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "-> error no_route: no row matches"
    assert switchboard("route", SAMPLE, "--try", '{"channel": "chat", "queue": "internet"}').exit_code == 0


def test_route_names_the_blocked(switchboard: Switchboard, centre: Path) -> None:
    """Whoever is in the table is not let in, and it says for how long."""
    (centre / "blocked.csv").write_text("customer,until\nc1,\nc2,2990-01-01\nc3,2020-01-01\n")
    routes = centre / "routes.toml"
    routes.write_text('blocked_csv = "blocked.csv"\n' + routes.read_text())
    told = [switchboard("route", centre, "--try", f'{{"customer": "{name}"}}').stdout for name in ("c1", "c2", "c3")]
    assert "blocked for good" in told[0]
    assert "more days" in told[1]
    assert "blocked" not in told[2]


@pytest.mark.parametrize("tried", ["nonsense", "[]", '{"entri": "1"}', '{"entry": 5}', '{"business": "sing"}'])
def test_route_of_nonsense_is_usage(switchboard: Switchboard, tried: str) -> None:
    """Exit code 2, with what may be said."""
    result = switchboard("route", SAMPLE, "--try", tried)
    assert result.exit_code == 2
    assert not result.stdout


EVENTS = """{"ev":"config","t":0,"queues":["gold"],"priority":{"gold":0}}
{"ev":"agent_login","t":0,"agent":"ann","skills":["gold"],"reason":"shift"}
{"ev":"arrive","t":5,"call":"c1","queue":"gold"}
{"ev":"start","t":5,"call":"c1","queue":"gold","agent":"ann","wait":0}
{"ev":"arrive","t":9,"call":"c2","queue":"gold"}
{"ev":"ask","t":9,"call":"c2","queue":"gold","position":1,"waited":0}
"""


def test_ewt_of_events(switchboard: Switchboard, tmp_path: Path) -> None:
    """Every `ask` is answered by one line; what the estimator thinks of itself goes to standard error."""
    path = tmp_path / "events.jsonl"
    path.write_text(EVENTS)
    result = switchboard("ewt", "--events", path)
    (answer,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert set(answer) == {"call", "t", "mean", "p10", "p50", "p80", "p90", "confidence"}
    assert (answer["call"], answer["t"], answer["confidence"]) == ("c2", 9, "low")
    assert 0 < answer["p10"] < answer["p50"] < answer["p80"] < answer["p90"]
    assert "gold" in result.stderr
    quiet = switchboard("ewt", "--events", path, "--json")
    assert (quiet.stdout, quiet.stderr) == (result.stdout, "")


@pytest.mark.parametrize(
    ("line", "said"),
    [("{", "line 7: not a JSON object"), ('{"ev":"ask","t":1,"call":"c"}', "line 7: `queue` of ask must be a text")],
)
def test_ewt_says_which_line_is_wrong(switchboard: Switchboard, tmp_path: Path, line: str, said: str) -> None:
    """A line that breaks the schema is told with its number; what is asked before and after it is answered."""
    path = tmp_path / "events.jsonl"
    path.write_text(EVENTS + line + "\n" + EVENTS.splitlines()[-1] + "\n")
    result = switchboard("ewt", "--events", path)
    assert (result.exit_code, said in result.stderr) == (1, True)
    assert "1 of 8 lines are wrong" in result.stderr
    first, second = result.stdout.splitlines()
    assert first == second


def test_ewt_does_not_tell_every_wrong_line(switchboard: Switchboard, tmp_path: Path) -> None:
    """The first ones, and how many there were."""
    path = tmp_path / "events.jsonl"
    path.write_text("nonsense\n" * 40)
    said = switchboard("ewt", "--events", path, "--json").stderr.splitlines()
    assert len([line for line in said if "not a JSON object" in line]) == 10
    assert any("40 of 40 lines are wrong" in line for line in said)


def test_ewt_of_a_trace(switchboard: Switchboard, hour: Path) -> None:
    """The report by queue, for people and as JSON; one of the two must be asked for."""
    found = json.loads(switchboard("ewt", "--report", hour, "--json").stdout)
    assert found["whole"]["callers"] == sum(of["callers"] for of in found["queues"].values()) > 0
    shown = switchboard("ewt", "--report", hour).stdout
    assert "Asterisk" in shown
    assert all(name in shown for name in found["queues"])
    neither = switchboard("ewt")
    assert (neither.exit_code, "say either" in neither.stderr) == (2, True)
