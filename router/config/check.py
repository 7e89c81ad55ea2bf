"""Reads a configuration directory whole, checks it whole, and gives back one configuration or all that is
wrong.

The one idea: `check` is the only way in. `load` raises what it finds, `switchboard check` shows it, and a
process of its own sends it to the daemon as bytes; all three see the same faults.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from router.config import blocked as blocked_table
from router.config import roster
from router.config.balances import balances
from router.config.calendars import calendars, hours_of_queues
from router.config.catalogue.calendars import CALENDAR_FILE
from router.config.catalogue.centre import AGENTS, FILES, LATER_FILES, QUEUES
from router.config.catalogue.machine import SWITCHBOARD
from router.config.catalogue.plans import PLANS
from router.config.catalogue.routes import ROUTES
from router.config.catalogue.rules import RULES
from router.config.catalogue.tickets import TICKETS
from router.config.centre import centre
from router.config.channels import check_channels
from router.config.coverage import coverage, tenants
from router.config.faults import ConfigurationErrors, Fault, Findings, Where, listed, of_level
from router.config.keys import KeyRing
from router.config.machine import Surroundings, machine
from router.config.model import Configuration, numbered
from router.config.partners import nobody_sent, partners
from router.config.people import people
from router.config.plans import around as around_plans
from router.config.plans import plans, webhooks
from router.config.read import Found, Reader
from router.config.routing import routing, ways
from router.config.routing_codes import dangling_codes
from router.config.rows import File
from router.config.ruling import ruling
from router.config.sources import Directory, TextSource, parsed
from router.config.tickets import paths
from router.core.estimates.settings import Estimating
from router.core.needs.want import names_in
from router.core.settings import Repeat, Settings


class Report(Struct, frozen=True):
    """What a check found. A configuration is there if, and only if, no fault is an error."""

    configuration: Configuration | None
    faults: tuple[Fault, ...]
    """Errors and warnings, by file and line."""

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults for which it is refused."""
        return of_level(self.faults, "error")

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """Allowed, and hardly meant."""
        return of_level(self.faults, "warning")

    def to_bytes(self) -> bytes:
        """For another process; holds the clients' keys."""
        return msgspec.msgpack.encode(self)

    @staticmethod
    def from_bytes(data: bytes) -> Report:
        """What `to_bytes` wrote. Raises `ValueError` for anything else."""
        return msgspec.msgpack.decode(data, type=Report)


class Files(Protocol):
    """Where the texts come from: a directory, or texts in hand."""

    names: tuple[str, ...]

    def read(self, name: str) -> TextSource | None:
        """The text of a file, None where it can't be had (which is then a fault)."""


class Texts:
    """Files in hand: for tests, and to check what is not written yet."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self.names = tuple(sorted(texts))

    def read(self, name: str) -> TextSource:
        """The text of that name."""
        return TextSource(name, self._texts[name])


def load(directory: str | os.PathLike[str], *, version: int = 1, read_keys: bool = True) -> Configuration:
    """The configuration of a directory, numbered `version`. Raises `ConfigurationErrors` with all
    mistakes."""
    report = check(directory, version=version, read_keys=read_keys)
    if report.configuration is None:
        raise ConfigurationErrors(report.faults)
    return report.configuration


def check(
    directory: str | os.PathLike[str],
    *,
    version: int = 1,
    read_keys: bool = True,
    environment: Mapping[str, str] | None = None,
    base: Path | None = None,
) -> Report:
    """All that is to be said about a directory. It never raises for what stands in it.

    `read_keys=False` leaves the keys of clients alone, for someone who may not read them. `base`: where paths in the
    files count from, if it is a copy of that directory.
    """
    path = Path(directory)
    findings = Findings()
    on_disk = Directory(path, findings)
    around = Surroundings((base or path).absolute(), os.environ if environment is None else environment, read_keys)
    known = [file.file for file in FILES]
    if not set(known) & set(on_disk.names):
        if not findings.errors_in():
            findings.about(str(path), "holds no configuration", f"it needs {listed(known)}")
        # What an empty one lacks is not what is wrong here.
        return _report(Configuration(), version, findings)
    configuration, used = _build(on_disk, around, findings)
    on_disk.strangers(known, used, LATER_FILES)
    return _report(configuration, version, findings)


def check_texts(texts: Mapping[str, str], *, around: Surroundings, version: int = 1) -> Report:
    """The same for files in hand: name -> text."""
    findings = Findings()
    configuration, _ = _build(Texts(texts), around, findings)
    return _report(configuration, version, findings)


def _report(configuration: Configuration, version: int, findings: Findings) -> Report:
    if findings.errors_in():
        return Report(None, findings.faults())
    return Report(numbered(configuration, version), findings.faults())


def _build(files: Files, around: Surroundings, findings: Findings) -> tuple[Configuration, list[str]]:
    """The configuration as nearly as it can be told, and the names of further files that belong to it."""
    found = {file.file: _read(file, files, findings) for file in FILES}
    tables = {name: table for name, table in found.items() if table is not None}
    if len(tables) < len(found):
        # What the unread file declares would be missed in every other one: echoes, in which the mistake drowns.
        return Configuration(), list(files.names)
    side = machine(tables[SWITCHBOARD.file], around, findings)
    services = centre(tables[QUEUES.file], side.limits.target_classes_max, findings)
    balanced, services = balances(tables[QUEUES.file], services, findings)
    hours = calendars(tables[CALENDAR_FILE.file], findings)
    hours_of_queues(services.queues, services.places, hours, findings)
    check_channels(tables[QUEUES.file], services.channels, findings)
    table = tables[ROUTES.file]
    rows = routing(table, services, hours, side.limits, findings)
    blocked, used_by_routes = _blocked(table, files, findings)
    persons, used = _included(tables[AGENTS.file], files, findings)
    staff = people(tables[AGENTS.file], persons, findings, services.channels)
    keyed = (*tables[SWITCHBOARD.file].tables("peers"), *tables[PLANS.file].tables("webhooks"))
    used += [*used_by_routes, *(str(found.values["key_file"]) for found in keyed if "key_file" in found.values)]
    if not findings.errors_in(QUEUES.file, ROUTES.file):
        ways(rows, services, table, findings)
    # What rows need of agents is needed by contacts.
    asked = [name for route in rows.routes for kind, name in names_in(route.needs) if kind == "skill"]
    services = services._replace(contact_skills=(*services.contact_skills, *asked))
    if not findings.errors_in(QUEUES.file, AGENTS.file, *used):
        # After a mistake in those, half of what follows would be its echo.
        coverage(services, staff, tables[QUEUES.file].where, findings)
        tenants(side.peers_at, services, staff, findings)
    there = around_plans(tables[PLANS.file], services, staff)
    dangling_codes(table, there, findings)
    settings = Settings(
        site=side.site,
        channels=services.channels,
        queues=services.queues,
        balances=balanced,
        calendars=hours,
        agents=staff.agents,
        routes=rows.routes,
        segments=rows.segments,
        steers=rows.steers,
        blocked=blocked,
        limits=side.limits,
        plans=plans(tables[PLANS.file], hours, findings, there),
        partners=partners(tables[PLANS.file], hours, findings),
        repeat=tables[QUEUES.file].only("repeat").fill(Repeat()),
        estimates=tables[QUEUES.file].only("ewt").fill(Estimating()),
    )
    settings = tables[TICKETS.file].fill(settings, ticket_paths=paths(tables[TICKETS.file], services, staff, findings))
    ruled = ruling(tables[RULES.file], services, staff, rows.segments, hours, findings, there)
    settings = replace(settings, rules=ruled.rules, zones=ruled.zones)
    nobody_sent(tables[PLANS.file], (*settings.plans, *settings.rules), findings)
    settings = table.fill(settings, "blocked_csv")
    settings = tables[QUEUES.file].fill(settings, "contact_skills")
    settings = tables[AGENTS.file].fill(settings, "include_csv")
    ring = KeyRing(around.directory, around.environment, findings) if around.read_keys else None
    hooks = webhooks(tables[PLANS.file], ring, findings)
    return replace(side.configuration, settings=settings, webhooks=hooks), used


def _read(file: File, files: Files, findings: Findings) -> Found | None:
    """A file's tables, empty where there is no such file; None where it can't be read, or is no TOML."""
    source = files.read(file.file) if file.file in files.names else TextSource(file.file, "")
    raw = parsed(source, findings) if source is not None else None
    if source is None or raw is None:
        return None
    return Reader(findings, FILES).table(raw, file, "", Where(source))


def _blocked(found: Found, files: Files, findings: Findings) -> tuple[dict[str, int], list[str]]:
    """The customers of the table of blocked ones, if there is one, and its name."""
    name = found.values.get("blocked_csv")
    if name is None:
        return {}, []
    if name not in files.names:
        near = findings.alike(name, [each for each in files.names if each.endswith(".csv")])
        remedy = f"did you mean {near}?" if near else f"begin it with {','.join(blocked_table.COLUMNS)}"
        findings.error(found.at("blocked_csv"), f"there is no file {name} in the directory", remedy)
        return {}, [name]
    source = files.read(name)
    return (blocked_table.read(source.text, name, findings) if source else {}), [name]


def _included(found: Found, files: Files, findings: Findings) -> tuple[list[roster.Person], list[str]]:
    """The people of the CSV table, if there is one, and its name."""
    name = found.values.get("include_csv")
    if name is None:
        return [], []
    if name not in files.names:
        near = findings.alike(name, [each for each in files.names if each.endswith(".csv")])
        remedy = f"did you mean {near}?" if near else "make it with: switchboard agents import"
        findings.error(found.at("include_csv"), f"there is no file {name} in the directory", remedy)
        return [], [name]
    source = files.read(name)
    return (roster.read(source.text, name, findings) if source else []), [name]
