"""Agents as a table: one line a person, one column a skill, a level or nothing where they cross.

Nobody keeps 2,000 people in TOML by hand; a spreadsheet they have. Comma, semicolon and tab all separate, as
spreadsheets of different countries write them. What is written here always reads back to the same agents.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from router.config.catalogue.centre import AGENT, SKILLS_PER_AGENT_MAX
from router.config.catalogue.channels import AGENT_CHANNELS
from router.config.faults import Findings, Path, Where
from router.config.kinds.fields import NAME_REMEDY, Kind, Whole
from router.core.settings import Agent
from router.terms import LEVEL_MAX, is_id

COLUMNS: Final = ("name", "team", "tenant", "capacity_units")
"""The columns before the skills. Only `name` must be there; an empty cell leaves the default."""

PEOPLE_MAX: Final = 100_000
"""Lines in one table: more than any site has."""

SKILL_COLUMNS_MAX: Final = 2_000

PREFIX: Final = "skill:"
"""Before a heading: what follows is a skill, whatever it is called."""

MOST: Final = "most:"
"""Before a heading: what follows is a channel, and the cells say how many contacts of it at a time."""

LANGUAGE: Final = "language:"
"""Before the heading of a language; levels stand below it."""

ATTRIBUTE: Final = "attribute:"
"""Before the heading of an attribute; its values stand below it."""

PREFIXES: Final = (PREFIX, MOST, LANGUAGE, ATTRIBUTE)

_MOST = AGENT_CHANNELS.rows["most_at_once"].kind
_LEVELS = {str(level): level for level in range(1, LEVEL_MAX + 1)}


class Person(NamedTuple):
    """An agent as a file says it: None where it says nothing, and the team or the default decides."""

    name: str
    where: Where
    team: str | None = None
    tenant: str | None = None
    capacity_units: int | None = None
    skills: tuple[tuple[str, int], ...] = ()
    most_at_once: tuple[tuple[str, int], ...] = ()
    languages: tuple[tuple[str, int], ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


class TableSource:
    """A CSV file as far as faults are concerned: lines are known when they are read."""

    def __init__(self, name: str) -> None:
        self.name = name

    def line(self, path: Path) -> int | None:
        """Only the file as a whole is ever asked for."""
        return 1 if path else None


def write(agents: Iterable[Agent]) -> str:
    """The table of these agents, by tenant and name, skills in the order of the alphabet."""
    people = sorted(agents, key=lambda agent: (agent.tenant, agent.name))
    skills = sorted({skill for agent in people for skill, _ in agent.skills})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    channels = sorted({channel for agent in people for channel, _ in agent.most_at_once})
    languages = sorted({language for agent in people for language, _ in agent.languages})
    attributes = sorted({name for agent in people for name, _ in agent.attributes})
    more = [*(LANGUAGE + name for name in languages), *(ATTRIBUTE + name for name in attributes)]
    writer.writerow([*COLUMNS, *(MOST + channel for channel in channels), *map(_heading, skills), *more])
    for agent in people:
        cells = []
        for has, names in (
            (agent.most_at_once, channels),
            (agent.skills, skills),
            (agent.languages, languages),
            (agent.attributes, attributes),
        ):
            values = dict[str, int | str](has)
            cells += [str(values.get(name, "")) for name in names]
        writer.writerow([agent.name, agent.team, agent.tenant, agent.capacity_units, *cells])
    return out.getvalue()


def _heading(skill: str) -> str:
    """A skill may be called as a column is, or begin as headings of skills do: with the prefix it is sure."""
    return f"{PREFIX}{skill}" if skill in COLUMNS or skill.startswith(PREFIXES) else skill


def read(text: str, file: str, findings: Findings) -> list[Person]:
    """The people of a table. Every bad cell is a fault with its line and column; whoever has a name is
    returned."""
    source = TableSource(file)
    top = Where(source)
    rows = csv_rows(text, top, findings)
    header = next(rows, None)
    if header is None:
        if not findings.errors_in(file):
            findings.error(top, "is empty", f"begin it with the columns {', '.join(COLUMNS)}, then skills")
        return []
    columns = _header(header[1], top._replace(known_line=header[0]), findings)
    if "name" not in columns:
        return []
    people: list[Person] = []
    for line, cells in rows:
        if len(people) >= PEOPLE_MAX:
            findings.error(top._replace(known_line=line), f"has more than {PEOPLE_MAX} people", "split the site")
            break
        person = _person(cells, columns, top._replace(known_line=line), findings)
        if is_id(person.name):
            people.append(person)
    return people


def csv_rows(text: str, where: Where, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every line that is not blank."""
    head = text.lstrip("\ufeff\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        findings.error(where._replace(known_line=reader.line_num), f"is no CSV: {error}", "check quotes and separators")


def _header(cells: list[str], where: Where, findings: Findings) -> list[str]:
    """The columns by name; skills as `skill:NAME`, those that can't be used empty; languages and attributes as they
    are headed."""
    columns: list[str] = []
    for number, cell in enumerate(cells, start=1):
        column = cell if cell in COLUMNS or cell.startswith(PREFIXES) else PREFIX + cell
        shown = column if cell in COLUMNS else column.partition(":")[2]
        if not is_id(shown):
            findings.error(where, f"column {number} has the heading {shown[:40]!r}, no name of a skill", NAME_REMEDY)
            column = ""
        elif column in columns:
            findings.error(where, f"column {number} is {shown} a second time", "join the two columns")
            column = ""
        columns.append(column)
    if "name" not in columns:
        findings.error(where, "has no column called name", f"begin it with {', '.join(COLUMNS)}, then skills")
    if len(columns) > SKILL_COLUMNS_MAX:
        findings.error(where, f"has {len(columns)} columns", f"use at most {SKILL_COLUMNS_MAX}")
        return []
    return columns


def _person(cells: list[str], columns: list[str], where: Where, findings: Findings) -> Person:
    """One line. Faults stand under `agents.NAME` with the column's number."""
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        findings.error(where, f"has {len(cells)} cells under {len(columns)} headings", "check the separators")
    named = dict(zip(columns, cells, strict=False))
    name = named.get("name", "")
    where = where / "agents" / name if name else where
    if not is_id(name):
        what = f"{name[:40]!r} is no name" if name else "has no name"
        findings.error(where, f"{what} (column {columns.index('name') + 1})", NAME_REMEDY)
    values: dict[str, Any] = {}
    levels: dict[str, dict[str, int]] = {PREFIX: {}, LANGUAGE: {}}
    most: dict[str, int] = {}
    attributes = {}
    for number, (column, cell) in enumerate(zip(columns, cells, strict=False), start=1):
        if not cell or not column or column == "name":
            continue
        prefix, _, heading = column.partition(":")
        prefix += ":"
        if column in COLUMNS:
            values[column] = _setting(column, cell, number, where / column, findings)
        elif prefix in levels:
            level = _level(cell, number, where / ("skills" if prefix == PREFIX else "languages") / heading, findings)
            levels[prefix].update({heading: level} if level else {})
        elif prefix == MOST:
            limit = _whole(_MOST, cell, number, where / column, findings)
            most.update({heading: limit} if limit is not None else {})
        elif is_id(cell):
            attributes[heading] = cell
        else:
            findings.error(where / "attributes" / heading, f"is {cell[:40]!r} (column {number})", NAME_REMEDY)
    skills = levels[PREFIX]
    if len(skills) > SKILLS_PER_AGENT_MAX:
        findings.error(where, f"has {len(skills)} skills", f"use at most {SKILLS_PER_AGENT_MAX}")
    for field, pairs in (("skills", skills), ("languages", levels[LANGUAGE]), ("most_at_once", most)):
        values[field] = tuple(sorted(pairs.items()))
    return Person(name=name, where=where, attributes=tuple(sorted(attributes.items())), **values)


def _level(cell: str, number: int, where: Where, findings: Findings) -> int:
    """The level that a cell says; 0 where it says none."""
    if cell not in _LEVELS:
        what = f"is {cell[:40]!r} (column {number}), no level"
        findings.error(where, what, f"use 1 to {LEVEL_MAX}, or leave it empty")
    return _LEVELS.get(cell, 0)


def _setting(column: str, cell: str, number: int, where: Where, findings: Findings) -> Any:
    return _whole(AGENT.rows[column].kind, cell, number, where, findings)


def _whole(kind: Kind, cell: str, number: int, where: Where, findings: Findings) -> Any:
    """What the cell says, of this kind; None where it can't be that."""
    whole = isinstance(kind, Whole) and cell.isascii() and cell.isdigit() and len(cell) < 10
    taken = kind.take(int(cell) if whole else cell)
    for wrong in taken.wrongs:
        findings.error(where, f"{wrong.what} (column {number})", wrong.remedy)
    return None if taken.value is UNSET else taken.value
