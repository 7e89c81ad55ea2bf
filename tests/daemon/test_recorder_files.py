"""The files of recorded traffic: appended to, rotated, bounded, and what a full disk costs."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from router.daemon.recorder_files import Block, Files

HEAD = b"head."


def files(folder: Path, *, days: int = 10, most: int = 1_000_000, one: int = 1_000_000) -> Files:
    """The directory, with these limits."""
    return Files(folder / "traces", days, most, one)


def block(data: bytes, date: str = "2024-03-04", tenant: str = "", records: int = 1) -> Block:
    """Something to be appended."""
    return Block(tenant, date, HEAD, data, records)


def names(folder: Path) -> list[str]:
    """What lies there."""
    return sorted(path.name for path in (folder / "traces").iterdir())


def test_a_file_a_day_and_tenant(tmp_path: Path) -> None:
    """Appended in order after one head, readable by its owner only."""
    of = files(tmp_path)
    assert of.write([block(b"a"), block(b"b", tenant="shop"), block(b"c", date="2024-03-05")]) == ""
    assert of.write([block(b"d")]) == ""
    assert names(tmp_path) == ["2024-03-04.trace", "2024-03-05.trace", "shop.2024-03-04.trace"]
    path = tmp_path / "traces" / "2024-03-04.trace"
    assert path.read_bytes() == b"head.ad"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (of.written, of.lost) == (4, 0)


def test_another_process_begins_another_file(tmp_path: Path) -> None:
    """Whoever starts anew leaves what may be torn alone."""
    files(tmp_path).write([block(b"a")])
    again = files(tmp_path)
    again.write([block(b"b")])
    again.write([block(b"c")])
    assert names(tmp_path) == ["2024-03-04.2.trace", "2024-03-04.trace"]
    assert (tmp_path / "traces" / "2024-03-04.2.trace").read_bytes() == b"head.bc"


def test_rotated_by_size(tmp_path: Path) -> None:
    """Above its size a file gets no more, and the next one of the day is begun."""
    of = files(tmp_path, one=10)
    for _ in range(4):
        of.write([block(b"123456")])
    assert names(tmp_path) == ["2024-03-04.2.trace", "2024-03-04.3.trace", "2024-03-04.4.trace", "2024-03-04.trace"]


def test_bounded_by_days_and_by_bytes(tmp_path: Path) -> None:
    """The oldest days go, whole; the newest stays however large it is; other files are not touched."""
    of = files(tmp_path, days=2)
    for day in range(1, 6):
        of.write([block(b"x" * 50, date=f"2024-03-0{day}")])
    (tmp_path / "traces" / "customers.key").write_bytes(b"key")
    assert names(tmp_path) == ["2024-03-04.trace", "2024-03-05.trace", "customers.key"]
    files(tmp_path, most=59).write([block(b"y", date="2024-03-06")])
    assert names(tmp_path) == ["2024-03-06.trace", "customers.key"]


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Calls of `write` take so many bytes in all; then the disk is full."""
    left = [1 << 40]
    write = os.write

    def some(file: int, data: memoryview) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = write(file, data[: left[0]])
        left[0] -= taken
        return taken

    monkeypatch.setattr(os, "write", some)

    def leave(most: int) -> None:
        left[0] = most

    return leave


def test_a_full_disk_costs_what_it_could_not_take(tmp_path: Path, full_disk: Callable[[int], None]) -> None:
    """Half an append is cut off again, so what follows can be read; the loss is counted and told."""
    of = files(tmp_path)
    of.write([block(b"a")])
    full_disk(3)
    assert "No space left" in of.write([block(b"123456", records=7)])
    assert (of.written, of.lost) == (1, 7)
    assert (tmp_path / "traces" / "2024-03-04.trace").read_bytes() == b"head.a"
    full_disk(0)
    assert of.write([block(b"c")]) != ""
    assert names(tmp_path) == ["2024-03-04.trace"], "a head without a body is taken away"
    full_disk(1 << 40)
    assert of.write([block(b"d")]) == ""
    assert (tmp_path / "traces" / "2024-03-04.2.trace").read_bytes() == b"head.d"
    assert (of.written, of.lost) == (2, 8)


def test_a_file_that_is_taken_away_is_begun_anew(tmp_path: Path) -> None:
    """Somebody tidied up: the day goes on."""
    of = files(tmp_path)
    of.write([block(b"a")])
    (tmp_path / "traces" / "2024-03-04.trace").unlink()
    assert of.write([block(b"b")]) == ""
    assert (tmp_path / "traces" / "2024-03-04.trace").read_bytes() == b"head.b"


def test_a_directory_that_can_not_be(tmp_path: Path) -> None:
    """What is no directory takes nothing: told, and counted."""
    (tmp_path / "traces").write_text("a file")
    of = files(tmp_path)
    assert of.write([block(b"a", records=3)]) != ""
    assert of.lost == 3
