"""Which version of the configuration a start begins with.

A start takes what lies in the directory, as always; but not what was in force and was taken back, by hand or because
nobody confirmed it, while the directory still says the same: then the version that came back goes on. It must not know
the engine. The one idea: a death in the middle of anything leaves a state from which this goes on.
"""

from __future__ import annotations

import time
from pathlib import Path

from router import logs
from router.config.check import check
from router.config.compare import digest
from router.config.model import Configuration, numbered
from router.config.versions import Entry, Files, How, Now, Versions, files_of
from router.loop.clock import boot_id, boot_us, wall_us

FOLDER = "versions"

_log = logs.get("reload")


def versions_of(configuration: Configuration) -> Versions:
    """Where this daemon keeps versions."""
    return Versions(Path(configuration.daemon.state_directory) / FOLDER, configuration.reload.versions_most)


def at_start(configuration: Configuration, directory: Path) -> Configuration:
    """What to begin with, numbered, where `configuration` is what lies in the directory now. What can't be kept is
    logged, and keeps nobody from starting."""
    versions = versions_of(configuration)
    try:
        return _begin(configuration, directory, versions)
    except OSError as error:
        _log.error("versions_not_kept", why=str(error), remedy=f"look after {versions.path}: nothing can be taken back")
        return configuration


def _begin(configuration: Configuration, directory: Path, versions: Versions) -> Configuration:
    files = files_of(directory)
    now = versions.now()
    entry = versions.entry(now.version) if now is not None else None
    if now is None or entry is None:
        return _keep(versions, configuration, files, 1 if now is None else now.version + 1)
    if now.taken_back and now.taken_back == files.hash:
        kept = _kept(versions, now.version, directory)
        if kept is not None:
            _log.warning(
                "configuration_taken_back",
                version=now.version,
                remedy=f"{directory} still holds what was taken back: change it, then switchboard apply",
            )
            return numbered(kept, now.version)
    if now.trial is None or entry.files != files.hash:
        if entry.files == files.hash:
            return numbered(configuration, now.version)
        return _keep(versions, configuration, files, now.version + 1)
    if now.trial.left_us(wall_us(), boot_us(), boot_id()) > 0:
        return numbered(configuration, now.version)
    kept = _kept(versions, now.trial.back_to, directory)
    if kept is None:
        return _keep(versions, configuration, files, now.version + 1)
    _log.warning("configuration_not_confirmed", version=now.version, back_to=now.trial.back_to)
    back = files_of(versions.directory(now.trial.back_to))
    return _keep(versions, kept, back, now.version + 1, "rollback", of=now.trial.back_to, taken_back=files.hash)


def _keep(
    versions: Versions,
    configuration: Configuration,
    files: Files,
    version: int,
    how: How = "start",
    of: int = 0,
    taken_back: str = "",
) -> Configuration:
    who, why = ("switchboard", "it was not confirmed in time") if how == "rollback" else ("", "")
    entry = Entry(version, digest(configuration), files.hash, int(time.time()), how, who, why, of)
    versions.keep(entry, files)
    versions.set_now(Now(version, taken_back))
    return numbered(configuration, version)


def _kept(versions: Versions, version: int, directory: Path) -> Configuration | None:
    """A kept version, read again; None, and a line in the log, where it can't be used any more."""
    report = check(versions.directory(version), version=version, base=directory)
    if report.configuration is None:
        _log.error("version_unusable", version=version, faults=[str(fault) for fault in report.errors])
    return report.configuration
