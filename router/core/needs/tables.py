"""Needs tables, as files and the wire write them: from a table to a want, and back.

    { cards = 3 }                                         short for all
    { all = { cards = 3 }, any = [{ german = 3 }, { english = 5, team = "b" }], not = { trainee = 1 } }
    { languages = { german = 3 }, attributes = { site = "north" }, team = "b", prefer = [{ cards = 8 }] }

A key with a number is a skill, whatever it is called; so the words of the long form take no name away. Reading never
stops at the first mistake: it goes on with what was most likely meant, and says all that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from router.core.needs.want import ANYBODY, Want, bare, both, one_of, sorted_wants
from router.terms import LEVEL_MAX, is_id

TERMS_MAX = 64
"""Terms in one table with all inside it: what a profile is compared with when one of them first appears."""
DEPTH_MAX = 4
"""Tables inside one another."""

WORDS = ("all", "any", "not", "prefer", "languages", "attributes", "team")
"""Keys that have a meaning of their own where their value is no number."""


class Fault(NamedTuple):
    """Something wrong in a table, at `path` inside it. `level`: what stands there is no level."""

    path: tuple[str | int, ...]
    what: str
    remedy: str = ""
    level: bool = False


def parsed(table: Mapping[str, Any]) -> tuple[Want, list[Fault]]:
    """The want of a table, as nearly as it can be told, and what was wrong."""
    faults: list[Fault] = []
    terms = [0]
    want = _table(table, (), faults, terms)
    if terms[0] > TERMS_MAX:
        faults.append(Fault((), f"has {terms[0]} terms", f"use at most {TERMS_MAX} in all"))
    return want, faults


Path: TypeAlias = tuple[str | int, ...]


def _table(table: Mapping[str, Any], path: Path, faults: list[Fault], terms: list[int]) -> Want:
    """The want of a table: everything in it."""
    if len(path) > 2 * DEPTH_MAX:
        faults.append(Fault(path, "is nested too deep", f"use at most {DEPTH_MAX} tables inside one another"))
        return ANYBODY
    want = ANYBODY
    for key, value in table.items():
        one = _entry(key, value, (*path, key), faults, terms)
        # With too many it is refused: they are counted, and not put together.
        want = both(want, one) if terms[0] <= TERMS_MAX else want
    return want


def _entry(key: str, value: Any, path: Path, faults: list[Fault], terms: list[int]) -> Want:
    """The want of one entry: a skill, or a word of the long form."""
    terms[0] += 1
    if not is_id(key):
        faults.append(Fault(path, f"{key[:40]!r} is no name", "use 1 to 64 of A-Z a-z 0-9 . _ : @ + -"))
        return ANYBODY
    read = _READ.get(key)
    if read is None or isinstance(value, bool | int | float):
        return Want(((key, _level(value, path, faults)),))
    return read(value, path, faults, terms)


def _level(value: Any, path: Path, faults: list[Fault]) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LEVEL_MAX:
        return value
    faults.append(Fault(path, f"is no level from 1 to {LEVEL_MAX}", level=True))
    return 1


def _tables(value: Any, path: Path, faults: list[Fault], terms: list[int]) -> Iterator[Want]:
    """Alternatives: the tables of a list; of one table each entry by itself."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield _entry(key, inner, (*path, key), faults, terms)
    elif isinstance(value, list | tuple):
        for at, inner in enumerate(value):
            if isinstance(inner, Mapping):
                yield _table(inner, (*path, at), faults, terms)
            else:
                faults.append(Fault((*path, at), "is not a table", "write each as { skill = 5 }"))
    else:
        faults.append(Fault(path, "is neither a table nor a list of tables", "write it as [{ skill = 5 }]"))


def _all(value: Any, path: Path, faults: list[Fault], terms: list[int]) -> Want:
    want = ANYBODY
    for one in _tables(value, path, faults, terms):
        want = both(want, one)
    return want


def _any(value: Any, path: Path, faults: list[Fault], terms: list[int]) -> Want:
    found = [bare(one) for one in _tables(value, path, faults, terms)]
    if ANYBODY in found or not found:
        faults.append(Fault(path, "has an alternative that everybody meets", "say something in each"))
    return one_of(found)


def _not(value: Any, path: Path, faults: list[Fault], terms: list[int]) -> Want:
    found = [bare(one) for one in _tables(value, path, faults, terms)]
    if ANYBODY in found or not found:
        faults.append(Fault(path, "keeps everybody out, or nobody", "say something in each"))
        return ANYBODY
    return Want(none_of=sorted_wants(set(found)))


def _prefer(value: Any, path: Path, faults: list[Fault], terms: list[int]) -> Want:
    if len(path) > 1:
        faults.append(Fault(path, "stands inside another table", "write prefer at the top of the needs"))
        return ANYBODY
    if isinstance(value, Mapping):
        found = [bare(_table(value, path, faults, terms))]
    else:
        found = [bare(one) for one in _tables(value, path, faults, terms)]
    return Want(prefer=tuple(dict.fromkeys(one for one in found if one != ANYBODY)))


def _languages(value: Any, path: Path, faults: list[Fault], terms: list[int]) -> Want:
    levels = {}
    for name, level in _pairs(value, path, faults, terms, "{ german = 5 }"):
        levels[name] = _level(level, (*path, name), faults)
    return Want(languages=tuple(sorted(levels.items())))


def _attributes(value: Any, path: Path, faults: list[Fault], terms: list[int]) -> Want:
    found = {}
    for name, text in _pairs(value, path, faults, terms, '{ site = "north" }'):
        if isinstance(text, str) and is_id(text):
            found[name] = text
        else:
            faults.append(Fault((*path, name), "is no value of an attribute", 'write it as a name: "north"'))
    return Want(attributes=tuple(sorted(found.items())))


def _pairs(value: Any, path: Path, faults: list[Fault], terms: list[int], example: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        faults.append(Fault(path, "is not a table", f"write it as {example}"))
        return
    terms[0] += len(value) - 1
    for name, inner in value.items():
        if is_id(name):
            yield name, inner
        else:
            faults.append(Fault((*path, name), "is no name", "use 1 to 64 of A-Z a-z 0-9 . _ : @ + -"))


def _team(value: Any, path: Path, faults: list[Fault], terms: list[int]) -> Want:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        faults.append(Fault(path, "names no team", 'write it as "b", or ["b", "c"] for one of several'))
        return ANYBODY
    terms[0] += len(names) - 1
    return one_of([Want(teams=(name,)) for name in names])


_READ: dict[str, Callable[[Any, Path, list[Fault], list[int]], Want]] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "prefer": _prefer,
    "languages": _languages,
    "attributes": _attributes,
    "team": _team,
}


def table_of(want: Want) -> dict[str, Any]:
    """The table that says this want; `parsed` gives the same want back."""
    table: dict[str, Any] = dict(want.skills)
    if want.languages:
        table["languages"] = dict(want.languages)
    more: list[dict[str, Any]] = []
    attributes: dict[str, str] = {}
    for name, value in want.attributes:
        if name in attributes:
            more.append({"attributes": {name: value}})
        attributes.setdefault(name, value)
    if attributes:
        table["attributes"] = attributes
    for team in want.teams:
        if "team" in table:
            more.append({"team": team})
        table.setdefault("team", team)
    for group in want.any_of:
        tables = [table_of(one) for one in group]
        if "any" in table:
            more.append({"any": tables})
        table.setdefault("any", tables)
    if want.none_of:
        table["not"] = [table_of(one) for one in want.none_of]
    if want.prefer:
        table["prefer"] = [table_of(one) for one in want.prefer]
    if more:
        table["all"] = more
    return table
