"""The versions of a configuration directory that were in force: their files, who brought them, and which one counts.

They lie beside the store, in a folder of the daemon's own, as plain copies of the directory: a person can read and
compare them, nothing secret is written that the directory itself does not hold, and a later release checks them anew
instead of reading what an earlier one made of them. It must not know who applies what. The one idea: a version is a
folder that appears under its number by one rename, and which one counts is one small file that is replaced whole; so a
death at any moment leaves either what was, or what was to be.

    VERSIONS/7/entry.json         who brought it, when and why, and its digest
    VERSIONS/7/files/...          the files of the directory
    VERSIONS/now.json             which version counts, what was taken back, and the trial that runs
    VERSIONS/candidate/...        what is being checked
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import Struct

from router.config.catalogue.centre import FILES as CENTRE_FILES
from router.config.sources import FILE_BYTES_MAX

How: TypeAlias = Literal["start", "apply", "signal", "watch", "rollback"]

FILES: Final = "files"
ENDINGS: Final = (".toml", ".csv")
"""Files that may belong to a configuration; others of the directory are not kept."""
NAMES: Final = frozenset(file.file for file in CENTRE_FILES)
"""Files whose names count."""
HASH_LENGTH: Final = 16


class Entry(Struct, frozen=True, omit_defaults=True):
    """What is known of one version."""

    version: int
    digest: str
    """Of what it says."""
    files: str
    """Of its files as they were written."""
    utc_s: int
    how: How
    who: str = ""
    why: str = ""
    of: int = 0
    """The version that came back with it, for `rollback`."""


class Trial(Struct, frozen=True):
    """A version that goes again unless somebody confirms it."""

    back_to: int
    until_utc_us: int
    until_boot_us: int
    """The same by CLOCK_BOOTTIME, which nobody sets; it counts while `boot_id` is the same."""
    boot_id: str

    def left_us(self, utc_us: int, boot_us: int, boot_id: str) -> int:
        """How long until it goes; 0 or less: it is to go."""
        if boot_id and boot_id == self.boot_id:
            return self.until_boot_us - boot_us
        return self.until_utc_us - utc_us


class Now(Struct, frozen=True, omit_defaults=True):
    """Which version counts."""

    version: int
    taken_back: str = ""
    """What lies in the directory, by its files, if it was in force and was taken back: a start does not take it."""
    trial: Trial | None = None


class Files(dict[str, bytes]):
    """The files of a directory by name."""

    @property
    def hash(self) -> str:
        """A name for exactly these bytes."""
        found = sha256()
        for name in sorted(self):
            found.update(f"{name}\0{len(self[name])}\0".encode())
            found.update(self[name])
        return found.hexdigest()[:HASH_LENGTH]


def files_of(directory: Path) -> Files:
    """What a directory holds now. What can't belong to a configuration is passed over. Raises `OSError`, also where one
    of its files has a name that counts and can't be kept: left out, all that it says would be taken for gone."""
    found = Files()
    for path in sorted(directory.iterdir()):
        if path.name.startswith(".") or path.suffix not in ENDINGS:
            continue
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= FILE_BYTES_MAX:
            found[path.name] = path.read_bytes()
        elif path.name in NAMES:
            raise OSError(errno.EINVAL, "it is no ordinary file, or too large", str(path))
    return found


def signature(directory: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Something that is another one once a file was written: cheap enough for every few seconds. Raises `OSError`."""
    found = []
    with os.scandir(directory) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and entry.name.endswith(ENDINGS):
                status = entry.stat()
                found.append((entry.name, status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(sorted(found))


class Versions:
    """The folder of versions at `path`. Every method may raise `OSError`; what can't be read counts as not there."""

    def __init__(self, path: Path, most: int) -> None:
        self.path = path
        self.most = most

    def entries(self) -> list[Entry]:
        """The kept versions, oldest first."""
        found = []
        for folder in self._folders():
            try:
                found.append(msgspec.json.decode((folder / "entry.json").read_bytes(), type=Entry))
            except (FileNotFoundError, ValueError):
                continue
        return found

    def entry(self, version: int) -> Entry | None:
        """One of them."""
        return next((entry for entry in self.entries() if entry.version == version), None)

    def now(self) -> Now | None:
        """Which version counts; None where nothing was kept yet."""
        try:
            return msgspec.json.decode((self.path / "now.json").read_bytes(), type=Now)
        except (FileNotFoundError, ValueError):
            return None

    def directory(self, version: int) -> Path:
        """Where the files of a version lie."""
        return self.path / str(version) / FILES

    def candidate(self, files: Files) -> Path:
        """Lay files out to be checked; the ones before are gone."""
        # Each by itself: `parents` makes those above as open as the process makes any file.
        self.path.parent.mkdir(0o700, parents=True, exist_ok=True)
        self.path.mkdir(0o700, exist_ok=True)
        folder = self.path / "candidate"
        shutil.rmtree(folder, ignore_errors=True)
        _write(folder, files)
        return folder

    def keep(self, entry: Entry, files: Files) -> None:
        """Keep one more version, and forget the oldest beyond `most`."""
        new = self.path / "new"
        # Each by itself: `parents` makes those above as open as the process makes any file.
        self.path.parent.mkdir(0o700, parents=True, exist_ok=True)
        self.path.mkdir(0o700, exist_ok=True)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(0o700)
        _write(new / FILES, files)
        _put(new / "entry.json", msgspec.json.format(msgspec.json.encode(entry)))
        shutil.rmtree(self.path / str(entry.version), ignore_errors=True)
        new.rename(self.path / str(entry.version))
        _sync_folder(self.path)

    def set_now(self, now: Now) -> None:
        """From this moment on `now` counts, also after a death."""
        new = self.path / "now.json.new"
        _put(new, msgspec.json.format(msgspec.json.encode(now)))
        new.rename(self.path / "now.json")
        _sync_folder(self.path)
        self._prune(now)

    def _prune(self, now: Now) -> None:
        needed = {now.version, now.trial.back_to if now.trial is not None else now.version}
        folders = self._folders()
        for folder in folders[: max(0, len(folders) - self.most)]:
            if int(folder.name) not in needed:
                shutil.rmtree(folder, ignore_errors=True)

    def _folders(self) -> list[Path]:
        try:
            folders = [path for path in self.path.iterdir() if path.name.isdecimal()]
        except FileNotFoundError:
            return []
        return sorted(folders, key=lambda path: int(path.name))


def _write(folder: Path, files: Files) -> None:
    folder.mkdir(0o700)
    for name, content in files.items():
        _put(folder / name, content)


def _put(path: Path, content: bytes) -> None:
    # It may hold a key: nobody else reads it. On the disk before it is named.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
