"""What can be wrong with files and directories: each is a fault, never an exception, and nothing hangs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from router.config import ConfigurationErrors, Fault, Report, check, load
from router.config.handed import Taken, pieces
from router.config.sources import FILE_BYTES_MAX
from tests.config.given import ROOT, WHOLE

KEY = "0123456789abcdef"


def errors(directory: Path) -> tuple[Fault, ...]:
    """The errors of a directory; `load` must refuse it with the same faults."""
    report = check(directory, environment={"HOME": "/nowhere"})
    if report.errors:
        with pytest.raises(ConfigurationErrors) as refused:
            load(directory)
        assert [fault.what for fault in refused.value.errors] == [fault.what for fault in report.errors]
    return report.errors


def the_error(directory: Path) -> Fault:
    """The one error of a directory."""
    found = errors(directory)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]


def test_a_whole_directory_loads_with_the_number_asked_for(directory: Path) -> None:
    """No fault, all three files in force, and the version is the caller's."""
    configuration = load(directory, version=7)
    assert configuration.settings.version == 7
    assert [agent.name for agent in configuration.settings.agents] == ["anna", "ben"]
    assert check(directory).faults == ()


def test_no_directory(tmp_path: Path) -> None:
    """A directory that is not there is named."""
    assert "no such directory" in the_error(tmp_path / "gone").what
    assert len(check(tmp_path / "gone").faults) == 1, "what an empty one would lack is not said"


def test_a_file_for_a_directory(directory: Path) -> None:
    """A file where the directory should be."""
    assert "no directory" in the_error(directory / "queues.toml").what


def test_an_empty_directory(tmp_path: Path) -> None:
    """A directory without any of the files, whatever else lies in it."""
    (tmp_path / "README.md").write_text("nothing")
    fault = the_error(tmp_path)
    assert (fault.file, fault.what) == (str(tmp_path), "holds no configuration")
    assert "switchboard.toml" in fault.remedy


def test_files_that_stand_for_their_defaults(directory: Path) -> None:
    """A file that is not there is no error; what follows from it is a warning."""
    (directory / "agents.toml").unlink()
    (directory / "switchboard.toml").unlink()
    report = check(directory)
    assert not report.errors
    assert {fault.what for fault in report.warnings} == {
        "nobody can connect: no client has a key, and trust_loopback is false",
        "tenant main has no agents",
    }


def test_a_link_that_leads_back_to_itself(directory: Path) -> None:
    """A file that is a loop of links."""
    (directory / "queues.toml").unlink()
    (directory / "queues.toml").symlink_to("queues.toml")
    fault = the_error(directory)
    assert fault.file == "queues.toml"
    assert "leads back" in fault.what


def test_a_directory_that_leads_back_to_itself(tmp_path: Path) -> None:
    """A directory that is a loop of links."""
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert "leads back" in the_error(tmp_path / "a").what


def test_a_link_to_nowhere(directory: Path) -> None:
    """A link whose target is gone is no file that was left out."""
    (directory / "agents.toml").unlink()
    (directory / "agents.toml").symlink_to("gone.toml")
    assert "no such file" in the_error(directory).what


def test_a_directory_for_a_file(directory: Path) -> None:
    """A folder called queues.toml."""
    (directory / "queues.toml").unlink()
    (directory / "queues.toml").mkdir()
    assert the_error(directory).file == "queues.toml"


def test_a_pipe_for_a_file(directory: Path) -> None:
    """A pipe that nobody writes to does not hold up the check."""
    (directory / "queues.toml").unlink()
    os.mkfifo(directory / "queues.toml")
    assert "no ordinary file" in the_error(directory).what


def test_a_file_that_may_not_be_read(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's refusal is told as such. (As root nothing is refused, so the refusal is put in its way.)"""
    real = os.open

    def refusing(path: Path, *rest: int) -> int:
        if Path(path).name == "queues.toml":
            raise PermissionError(13, "Permission denied")
        return real(path, *rest)

    monkeypatch.setattr("router.config.sources.os.open", refusing)
    fault = the_error(directory)
    assert (fault.file, fault.what) == ("queues.toml", "the file may not be read")
    assert "daemon's user" in fault.remedy


def test_a_file_of_any_size(directory: Path) -> None:
    """A file past the limit is not read to its end."""
    with (directory / "agents.toml").open("wb") as file:
        file.truncate(FILE_BYTES_MAX + 1)
    assert f"more than {FILE_BYTES_MAX} bytes" in the_error(directory).what


def test_no_utf_8(directory: Path) -> None:
    """Bytes of another encoding, with their line."""
    (directory / "agents.toml").write_bytes(b"# one\n# two\n[agents.j\xf6rg]\n")
    fault = the_error(directory)
    assert (fault.file, fault.line) == ("agents.toml", 3)
    assert "no UTF-8" in fault.what


def test_a_byte_order_mark_and_other_line_ends(directory: Path) -> None:
    """Files as editors of another system write them are read, and lines are still counted right."""
    text = WHOLE["queues.toml"].replace("[queues.cards]", "[queues.cards]\nopne = true").replace("\n", "\r\n")
    (directory / "queues.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    fault = the_error(directory)
    assert (fault.line, fault.remedy) == (2, "did you mean open?")


@pytest.mark.parametrize("name", ["sites.toml", "kpis.toml"])
def test_files_of_later_releases(directory: Path, name: str) -> None:
    """A file that the plan knows and this release does not is an error: nothing in it would be in force."""
    (directory / name).write_text("")
    fault = the_error(directory)
    assert fault.file == name
    assert "not known to this release yet" in fault.what


def test_files_with_unknown_names(directory: Path) -> None:
    """Slips of the pen get a warning; folders, hidden files, notes and the schema do not."""
    for name in ("agent.toml", "wishes.txt", ".hidden", "README.md", "schema.json"):
        (directory / name).write_text("")
    (directory / "keys").mkdir()
    report = check(directory)
    assert not report.errors
    assert [(fault.file, fault.remedy) for fault in report.warnings] == [
        ("agent.toml", "did you mean agents.toml?"),
        ("wishes.txt", "take it out, or name it in the configuration"),
    ]


def peers(directory: Path, lines: str) -> Report:
    """The report with these lines after the listener."""
    (directory / "switchboard.toml").write_text(f"[listen]\nport = 7\n{lines}\n")
    return check(directory, environment={"CREDENTIALS_DIRECTORY": str(directory / "keys"), "PBX": KEY})


def test_keys_from_files_variables_and_credentials(directory: Path) -> None:
    """A key alone in a file, a line among others, a variable, systemd's credentials: all are found."""
    (directory / "keys").mkdir(mode=0o700)
    for name, text in {"alone": KEY + "1\n", "ring": f"# ours\npbx-2 {KEY}2\nother x\n"}.items():
        (directory / "keys" / name).write_text(text)
        (directory / "keys" / name).chmod(0o600)
    report = peers(
        directory,
        '[peers.pbx-1]\nkey_file = "keys/alone"\n'
        '[peers.second]\nname = "pbx-2"\nkey_file = "$CREDENTIALS_DIRECTORY/ring"\n'
        '[peers.wall]\nrole = "monitor"\nkey_env = "PBX"',
    )
    assert report.faults == ()
    assert report.configuration is not None
    found = {peer.name: (peer.role, peer.key) for peer in report.configuration.peers}
    assert found == {
        "pbx-1": ("gateway", f"{KEY}1".encode()),
        "pbx-2": ("gateway", f"{KEY}2".encode()),
        "wall": ("monitor", KEY.encode()),
    }
    assert KEY not in repr(report)


def test_a_key_file_that_all_may_read(directory: Path) -> None:
    """It works, with a warning that says how to mend it."""
    (directory / "k").write_text(KEY)
    (directory / "k").chmod(0o644)
    report = peers(directory, '[peers.p]\nkey_file = "k"')
    assert not report.errors
    assert [fault.path for fault in report.warnings if fault.path] == ["peers.p.key_file"]
    assert "chmod o-r" in report.warnings[-1].remedy


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"short", "5 characters, fewer than 16"),
        (b"", "has no key for p"),
        (b"other 0123456789abcdef", "has no key for p"),
        (b"\xff\xfe\x00", "is no text"),
    ],
)
def test_keys_that_are_none(directory: Path, content: bytes, what: str) -> None:
    """Too short, empty, of another client, no text."""
    (directory / "k").write_bytes(content)
    (directory / "k").chmod(0o600)
    report = peers(directory, '[peers.p]\nkey_file = "k"')
    assert [fault.path for fault in report.errors] == ["peers.p.key_file"]
    assert what in report.errors[0].what


def test_keys_can_be_left_alone(directory: Path) -> None:
    """Someone who may not read the keys checks all the rest."""
    (directory / "switchboard.toml").write_text('[peers.p]\nkey_file = "gone"\n')
    assert len(check(directory).errors) == 1
    configuration = check(directory, read_keys=False).configuration
    assert configuration is not None
    assert configuration.peers[0].key is None


@pytest.mark.parametrize(
    ("environment", "lines", "state", "socket", "url"),
    [
        ({"HOME": "/h"}, "", "/h/.local/state/switchboard", "switchboard.sock", "switchboard.sqlite"),
        ({"HOME": "/h", "XDG_STATE_HOME": "/x"}, "", "/x/switchboard", "switchboard.sock", "switchboard.sqlite"),
        (
            {"STATE_DIRECTORY": "/s:/t", "RUNTIME_DIRECTORY": "/r"},
            "",
            "/s",
            "/r/switchboard.sock",
            "switchboard.sqlite",
        ),
        (
            {},
            '[daemon]\nstate_directory = "/d"\n[people]\nsocket = "p"\n[store]\nurl = "sqlite:f"\n',
            "/d",
            "p",
            "f",
        ),
    ],
)
def test_paths_are_absolute_after_loading(
    directory: Path, environment: dict[str, str], lines: str, state: str, socket: str, url: str
) -> None:
    """Systemd's directories, then the user's; what is relative counts from the state directory."""
    (directory / "switchboard.toml").write_text(WHOLE["switchboard.toml"] + lines)
    found = check(directory, environment=environment).configuration
    assert found is not None
    assert found.daemon.state_directory == state
    assert found.people.socket == str(Path(state) / socket)
    assert found.store.url == f"sqlite:{Path(state) / url}"


def test_a_check_in_a_process_of_its_own(directory: Path) -> None:
    """`python -m router.config DIR VERSION` writes what it found in pieces; its exit code says whether it is good."""
    command = [sys.executable, "-m", "router.config", str(directory), "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    taken = Taken(done.stdout)
    for _ in range(taken.head.pieces):
        taken.take()
    assert (done.returncode, done.stderr) == (0, b"")
    assert taken.configuration() == load(directory, version=5)
    (directory / "queues.toml").write_text("[")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 1
    assert Taken(done.stdout).configuration() is None
    assert [fault.file for fault in Taken(done.stdout).head.faults if fault.level == "error"] == ["queues.toml"]


def test_what_differs_from_another_directory_is_told(directory: Path, tmp_path: Path) -> None:
    """With a second directory the differences come along, and paths count from the third."""
    other = tmp_path / "other"
    shutil.copytree(directory, other)
    (other / "queues.toml").write_text((other / "queues.toml").read_text() + "\n[queues.one_more]\n")
    command = [sys.executable, "-m", "router.config", str(other), "5", str(directory), str(directory)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    head = Taken(done.stdout).head
    assert [(change.kind, change.path) for change in head.changes] == [("added", "queues.one_more")]
    assert head.changes_total == 1


@pytest.mark.parametrize("cut", [0, 3, 40, -1])
def test_a_report_that_is_cut_off_is_no_configuration(directory: Path, cut: int) -> None:
    """Whatever is missing is noticed, and nothing else than a `ValueError` comes of it."""
    report = check(directory)
    whole = b"".join(pieces(report, None))

    def take(data: bytes) -> None:
        taken = Taken(data)
        for _ in range(taken.head.pieces):
            taken.take()

    take(whole)
    with pytest.raises(ValueError, match=r"ends|truncated|exhausted"):
        take(whole[:cut])


def test_a_file_of_keys_that_is_named_is_no_stranger(directory: Path) -> None:
    """It may lie beside the settings; one that nobody names is pointed at."""
    (directory / "switchboard.toml").write_text(
        'listen.trust_loopback = true\n[peers.pbx]\nrole = "gateway"\nkey_file = "pbx.key"\n'
    )
    for name in ("pbx.key", "old.key"):
        (directory / name).write_text("0123456789abcdef" * 4)
        (directory / name).chmod(0o600)
    assert [fault.file for fault in check(directory).faults] == ["old.key"]
