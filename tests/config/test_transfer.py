"""`switchboard agents import`: what it writes is a valid configuration, and what it does not understand it leaves."""

from pathlib import Path

import pytest

from router.config import ConfigurationErrors, check, export_csv, install, load, plan_import
from tests.config.given import WHOLE, sample

TABLE = b"name,team,cards,loans,german\nzoe,front,5,6,7\nadam,front,3,,\n"


def imported(directory: Path, content: bytes) -> dict[str, str]:
    """Imports a table that is good, and returns what was written."""
    files, report = plan_import(directory, content, "people.csv", {})
    assert not report.errors, report.faults
    install(directory, files)
    return files


def test_an_import_takes_the_place_of_the_people(directory: Path) -> None:
    """The table's people are the centre's, sorted; teams stay; the rest of the directory is untouched."""
    assert set(imported(directory, TABLE)) == {"agents.toml", "agents.csv"}
    assert (directory / "agents.toml").read_text() == 'include_csv = "agents.csv"\n\n[teams.front]\n\n'
    assert (directory / "agents.csv").read_text() == (
        "name,team,tenant,capacity_units,cards,german,loans\nadam,front,main,100,3,,\nzoe,front,main,100,5,7,6\n"
    )
    assert [agent.name for agent in load(directory).settings.agents] == ["adam", "zoe"]
    assert check(directory).faults == ()
    assert (directory / "queues.toml").read_text() == WHOLE["queues.toml"]
    assert sorted(path.name for path in directory.iterdir()) == sorted([*WHOLE, "agents.csv"])


def test_export_and_import_change_nothing(directory: Path) -> None:
    """The sample's people go out and in again: the same configuration, and a second time not one byte differs."""
    for name, text in sample().items():
        (directory / name).write_text(text)
    before = load(directory)
    table = export_csv(before)
    imported(directory, table.encode())
    assert load(directory) == before
    files = imported(directory, export_csv(load(directory)).encode())
    assert files == {"agents.csv": table}


def test_comments_settings_and_teams_stay(directory: Path) -> None:
    """Only the tables of agents go, with what stands in them; the comment above the next table stays with it."""
    (directory / "agents.toml").write_text(
        "# Our people.\nbreak_resets_idle = false\n\n# They come first.\n[agents.anna]\nteam = 'front'\n"
        "[agents.anna.skills]\ncards = 3\n\n# The front.\n[teams.front]\ncapacity_units = 50 # half\n\n"
        "# Ben, too.\n[agents.ben]\nteam = 'front'\n"
    )
    imported(directory, TABLE)
    assert (directory / "agents.toml").read_text() == (
        "# Our people.\nbreak_resets_idle = false\n\n"
        'include_csv = "agents.csv"\n\n# They come first.\n'
        "# The front.\n[teams.front]\ncapacity_units = 50 # half\n\n# Ben, too.\n"
    )
    assert {agent.capacity_units for agent in load(directory).settings.agents} == {50}


def test_without_agents_toml(directory: Path) -> None:
    """A centre that has no people yet gets both files."""
    (directory / "agents.toml").unlink()
    imported(directory, TABLE)
    assert (directory / "agents.toml").read_text().endswith('\ninclude_csv = "agents.csv"\n')
    assert len(load(directory).settings.agents) == 2


def test_a_table_of_another_name_is_kept_there(directory: Path) -> None:
    """Where agents.toml names its table already, that file is written, and only that."""
    (directory / "agents.toml").write_text('include_csv = "staff.csv"\n[teams.front]\n')
    (directory / "staff.csv").write_text("name\n")
    (directory / "staff.csv").chmod(0o640)
    assert set(imported(directory, TABLE)) == {"staff.csv"}
    assert (directory / "staff.csv").stat().st_mode & 0o777 == 0o640


def test_faults_with_the_rest_are_found_before_anything_is_written(directory: Path) -> None:
    """A team that agents.toml does not list is told, at the table's line."""
    _, report = plan_import(directory, b"name,team\nzoe,frond\n", "people.csv", {})
    assert [(fault.file, fault.line, fault.remedy) for fault in report.errors] == [
        ("agents.csv", 2, "did you mean front?")
    ]
    assert report.configuration is None


@pytest.mark.parametrize(
    ("toml", "table", "file"),
    [
        (WHOLE["agents.toml"], b"team\nx\n", "people.csv"),
        (WHOLE["agents.toml"], b"name\n\xff\n", "people.csv"),
        ("[agents", TABLE, "agents.toml"),
        ("agents = { anna = { } }", TABLE, "agents.toml"),
        ("agents.anna.team = 'x'", TABLE, "agents.toml"),
    ],
    ids=["table", "encoding", "toml", "inline", "dotted"],
)
def test_what_cannot_be_imported(directory: Path, toml: str, table: bytes, file: str) -> None:
    """A bad table, or people written in a way that can't be taken out: refused, and nothing is written."""
    (directory / "agents.toml").write_text(toml)
    with pytest.raises(ConfigurationErrors) as refused:
        plan_import(directory, table, "people.csv", {})
    assert {fault.file for fault in refused.value.errors} == {file}
    assert (directory / "agents.toml").read_text() == toml


def test_an_import_into_no_directory(tmp_path: Path) -> None:
    """There is nothing to import into."""
    with pytest.raises(ConfigurationErrors, match="no such directory"):
        plan_import(tmp_path / "gone", TABLE, "people.csv", {})
