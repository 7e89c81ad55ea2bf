"""`switchboard store`: what a store holds, as a file and back, checked, and given this release's layout."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from router.cli import exits, say

if TYPE_CHECKING:
    from router.config import Configuration
    from router.store import Store

store = typer.Typer(
    no_args_is_help=True,
    help="""What the store holds: look, move, check, upgrade.

    Example: switchboard store inspect --config config
    """,
)

MENDED = {"corrupt_store", "bad_record"}
"""Codes of a store that `check --repair` may help."""

Config = Annotated[Path, typer.Option("--config", help="The configuration directory that names the store.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@store.command()
def inspect(config: Config = Path("config"), as_json: AsJson = False) -> None:
    """Show whose store it is, how far it has come, and how much is in it.

    Example: switchboard store inspect --config config

    It writes nothing. A SQLite file that a daemon uses can't be opened: exit code 3.
    """
    from router.store.base import STREAMS_MOST
    from router.store.dump import entries

    with _opened(config) as (configuration, found):
        kinds: dict[str, int] = {}
        for kind, _, _ in found.load():
            kinds[kind] = kinds.get(kind, 0) + 1
        stamp = found.stamp
        about: dict[str, Any] = {
            "site": configuration.settings.site,
            "durability": found.durability,
            "schema": found.schema,
            "epoch": found.epoch,
            "batch": found.number,
            "kept_s_ago": round(time.time() - stamp.wall_us / 1e6, 3) if stamp is not None else None,
            "records": dict(sorted(kinds.items())),
            "entries": {stream: sum(1 for _ in entries(found, stream)) for stream in STREAMS_MOST},
        }
    if as_json:
        say.as_json(about)
    else:
        for name, value in about.items():
            text = ", ".join(f"{kind} {count}" for kind, count in value.items()) if isinstance(value, dict) else value
            say.data(f"{name:12} {text}")


@store.command(name="export")
def export_command(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    config: Config = Path("config"),
    as_json: AsJson = False,
) -> None:
    """Write everything that the store holds into a file of lines.

    Example: switchboard store export copy.jsonl --config config
    """
    from router.store import dump

    with _opened(config) as (configuration, found), say.progress("exporting") as show:
        try:
            with file.open("x", encoding="utf-8") as out:
                site = configuration.settings.site
                counts = dump.export(found, found.load(), site, out, lambda done: show("records", done, None))
        except OSError as error:
            say.fail(f"{file}: {error.strerror}", "name a file that is not there yet, in a folder that you may write")
    _say_counts("exported", counts, as_json=as_json)


@store.command(name="import")
def import_command(
    file: Annotated[Path, typer.Argument(help="A file that `store export` wrote.")],
    config: Config = Path("config"),
    as_json: AsJson = False,
) -> None:
    """Fill an empty store from a file: how one moves between SQLite and Redis.

    Example: switchboard store import copy.jsonl --config config

    The file is read whole before anything is written. Everybody is at their place, under a higher epoch.
    """
    from router.daemon.loading import now_stamp
    from router.store import dump

    with _opened(config) as (configuration, into), say.progress("importing") as show:
        try:
            with file.open(encoding="utf-8") as lines:
                whole = dump.look(lines, str(file))
                lines.seek(0)
                of = sum(whole.counts)
                site = configuration.settings.site
                done = dump.load(lines, str(file), into, site, now_stamp(), lambda many: show("lines", many, of))
        except OSError as error:
            say.fail(f"{file}: {error.strerror}", "name a file that `switchboard store export` wrote")
    _say_counts("imported", done, as_json=as_json)


@store.command()
def check(
    config: Config = Path("config"),
    as_json: AsJson = False,
    repair: Annotated[
        Path | None, typer.Option("--repair", help="Take out what can't be read, after writing a copy to this file.")
    ] = None,
) -> None:
    """Read every record and build the world of them, as a start would; nothing is started or written.

    Example: switchboard store check --config config

    Exit code 1 if something is wrong. `--repair COPY` first writes everything as it is to COPY.
    """
    from router.daemon.examine import examine
    from router.daemon.loading import now_stamp
    from router.store import dump
    from router.store import repair as mending

    with _opened(config, torn=repair is not None) as (configuration, found):
        stored = list(mending.readable(found) if repair is not None else found.load())
        seen = examine(stored, configuration.settings)
        if repair is not None:
            try:
                with repair.open("x", encoding="utf-8") as out:
                    dump.export(found, stored, configuration.settings.site, out)
            except OSError as error:
                say.fail(f"{repair}: {error.strerror}", "name a file that is not there yet; nothing was repaired")
            gone = {(kind, key) for kind, key, _ in seen.bad}
            mending.rewrite(found, [each for each in stored if each[:2] not in gone], gone, now_stamp())
    about = {
        "sound": seen.sound,
        "records": seen.kinds,
        "bad": [{"kind": kind, "key": key, "why": why} for kind, key, why in seen.bad],
        "violations": seen.violations,
        "repaired": repair is not None,
    }
    if as_json:
        say.as_json(about)
    else:
        for kind, count in seen.kinds.items():
            say.data(f"{kind:10} {count}")
        for _, _, why in seen.bad:
            say.data(f"bad        {why}")
        for violation in seen.violations:
            say.data(f"broken     {violation}")
        say.data("repaired, and the copy is in " + str(repair) if repair is not None else "sound" if seen.sound else "")
    if not seen.sound and repair is None:
        raise typer.Exit(exits.PROBLEMS)


@store.command()
def upgrade(config: Config = Path("config"), as_json: AsJson = False) -> None:
    """Give the store this release's layout. The release before can't open it afterwards.

    Example: switchboard store upgrade --config config

    Do it once this release is there to stay: until then one can go back, and what only this release knows is not kept.
    """
    with _opened(config) as (_, found):
        before = found.schema
        found.upgrade()
        after = found.schema
    if as_json:
        say.as_json({"from": before, "to": after})
    else:
        say.data(f"schema {before}: nothing to do" if before == after else f"schema {before} is now {after}")


def _say_counts(did: str, counts: Any, *, as_json: bool) -> None:
    if as_json:
        say.as_json({"records": counts.records, "entries": counts.entries})
    else:
        say.data(f"{did} {counts.records} records and {counts.entries} entries of streams")


@contextmanager
def _opened(config: Path, torn: bool = False) -> Iterator[tuple[Configuration, Store]]:
    """The store of a configuration. `torn`: also one that is not whole."""
    from router.cli.files import configuration
    from router.daemon.loading import opened
    from router.store.base import StoreError

    checked = configuration(config, read_keys=True)
    try:
        found = opened(checked)
        try:
            yield checked, found
        finally:
            found.close()
    except StoreError as error:
        damaged = not torn and error.code in MENDED
        remedy = f"{error.remedy}; or see: switchboard store check --repair COPY" if damaged else error.remedy
        say.fail(f"{error.what} ({error.code})", remedy)
