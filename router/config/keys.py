"""The keys that clients share with us: where each comes from, and whether it is kept well.

A key's text never enters a message. The one idea: a client without a key is a mistake, never a client that
needs none.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from router.config.catalogue.machine import KEY_CHARACTERS_LEAST
from router.config.faults import Findings, listed
from router.config.read import Found

KEY_FILE_BYTES_MAX = 1_048_576
"""Some 10,000 lines of `name key`."""

WAYS = ("key_file", "key_env", "key")
CREDENTIALS = "$CREDENTIALS_DIRECTORY/"
"""Where systemd puts what LoadCredential= names."""


class KeyRing:
    """Finds the keys of peers."""

    def __init__(self, directory: Path, environment: Mapping[str, str], findings: Findings) -> None:
        self._directory = directory
        self._environment = environment
        self._findings = findings

    def key(self, peer: Found, name: str) -> bytes | None:
        """The key of one peer; None, and a fault, where there is none to be had."""
        ways = [way for way in WAYS if way in peer.values]
        if len(ways) != 1:
            what = f"has {listed(ways)} together".replace(" or ", " and ") if ways else "has no key"
            self._findings.error(peer.where, what, "give one of key_file, key_env and key")
            return None
        way = ways[0]
        where = peer.at(way)
        text = peer.values[way]
        if way == "key":
            remedy = "put it into a file of mode 0600 and name that as key_file"
            self._findings.warn(where, "everybody who may read this file has the key", remedy)
            found: str | None = text
        elif way == "key_env":
            found = self._environment.get(text)
            if found is None:
                remedy = "set it where the daemon is started"
                self._findings.error(where, f"there is no environment variable {text}", remedy)
        else:
            found = self._from_file(peer, text, name)
        if found is None:
            return None
        found = found.strip()
        if len(found) < KEY_CHARACTERS_LEAST:
            remedy = "make one with: openssl rand -hex 32"
            what = f"the key has {len(found)} characters, fewer than {KEY_CHARACTERS_LEAST}"
            self._findings.error(where, what, remedy)
            return None
        return found.encode()

    def _from_file(self, peer: Found, text: str, name: str) -> str | None:
        where = peer.at("key_file")
        path = self._path(text)
        if path is None:
            self._findings.error(where, "systemd has given no credentials", "add LoadCredential= to the unit")
            return None
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > KEY_FILE_BYTES_MAX:
                raise OSError(0, "it is no ordinary file of keys")
            content = path.read_bytes().decode()
        except UnicodeDecodeError:
            self._findings.error(where, f"{path} is no text", "make a key with: openssl rand -hex 32")
            return None
        except (OSError, ValueError) as error:
            # A path with a NUL in it is a ValueError.
            reason = getattr(error, "strerror", None) or str(error)
            remedy = "make one with: openssl rand -hex 32, readable by the daemon's user only"
            self._findings.error(where, f"{path} can't be read: {reason}", remedy)
            return None
        if status.st_mode & stat.S_IROTH:
            self._findings.warn(where, f"everybody may read {path}", f"chmod o-r {path}")
        return self._in_lines(peer, content, path, name)

    def _in_lines(self, peer: Found, content: str, path: Path, name: str) -> str | None:
        """The whole file where it is one word, else the second word of the line that begins with the name."""
        lines = [words for line in content.splitlines() if (words := line.split()) and words[0][0] != "#"]
        if len(lines) == 1 and len(lines[0]) == 1:
            return lines[0][0]
        for words in lines:
            if len(words) == 2 and words[0] == name:
                return words[1]
        remedy = f"write the key alone, or a line: {name} KEY"
        self._findings.error(peer.at("key_file"), f"{path} has no key for {name}", remedy)
        return None

    def _path(self, text: str) -> Path | None:
        if text.startswith(CREDENTIALS):
            folder = self._environment.get("CREDENTIALS_DIRECTORY")
            return Path(folder) / text.removeprefix(CREDENTIALS) if folder else None
        return Path(os.path.normpath(self._directory / text))
