"""From parsed TOML to values by the rows of the catalogue: unknown names, wrong kinds and bounds become
faults.

What values mean together is checked elsewhere. The one idea: a table is read to its end whatever is wrong in
it, and a value that is wrong gives way to its default, so that the later checks see a configuration as nearly
meant.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from router.config.faults import Findings, Where, listed
from router.config.kinds.fields import NAME_REMEDY, Wrong, said
from router.config.rows import File, Section
from router.terms import is_id


class Found:
    """A table that was read: what was given in it and is right, with its place."""

    def __init__(self, section: Section, key: str, where: Where) -> None:
        self.section = section
        self.key = key
        """Its name, where it is one of many."""
        self.where = where
        self.values: dict[str, Any] = {}
        """Setting -> value as it is kept."""
        self.given: set[str] = set()
        """Settings that stand in it, right or wrong."""
        self.inner: dict[str, list[Found]] = {}

    def get(self, setting: str) -> Any:
        """The value given, else the default; `UNSET` where there is neither."""
        found = self.values.get(setting, UNSET)
        return self.section.defaults.get(setting, UNSET) if found is UNSET else found

    def at(self, setting: str) -> Where:
        """Where a setting stands."""
        return self.where / setting

    def fill(self, base: Any, *but: str, **more: Any) -> Any:
        """The struct `base` with all given values (`but` some) and `more` in its fields."""
        rows = self.section.rows
        given = {rows[name].field: value for name, value in self.values.items() if name not in but}
        return replace(base, **{**given, **more})

    def tables(self, section: str) -> list[Found]:
        """The tables found inside it under this name."""
        return self.inner.get(section, [])

    def only(self, section: str) -> Found:
        """The one table of this name; an empty one where the file has none."""
        found = self.inner.get(section)
        return found[0] if found else Found(self.section.sections[section], "", self.where / section)


class Reader:
    """Reads the tables of one file."""

    def __init__(self, findings: Findings, files: tuple[File, ...]) -> None:
        self._findings = findings
        self._files = files

    def table(self, raw: dict[str, Any], section: Section, key: str, where: Where) -> Found:
        """One table, with all inside it."""
        found = Found(section, key, where)
        for name, value in raw.items():
            place = where / name
            if name in section.rows:
                self._setting(found, name, value, place)
            elif name in section.sections:
                found.inner[name] = self._section(value, section.sections[name], place)
            else:
                self._unknown(name, section, place)
        return found

    def _setting(self, found: Found, name: str, value: object, where: Where) -> None:
        found.given.add(name)
        taken = found.section.rows[name].kind.take(value)
        for wrong in taken.wrongs:
            self._wrong(wrong, where)
        if taken.value is not UNSET:
            found.values[name] = taken.value

    def _wrong(self, wrong: Wrong, where: Where) -> None:
        for part in wrong.path:
            where /= part
        meant = self._findings.alike(wrong.word, wrong.known) if wrong.word else None
        self._findings.error(where, wrong.what, f"did you mean {meant}?" if meant else wrong.remedy)

    def _section(self, raw: object, section: Section, where: Where) -> list[Found]:
        if section.each:
            return self._each(raw, section, where)
        if not isinstance(raw, dict):
            example = f"[{section.name}.NAME]" if section.many else f"[{section.name}]"
            self._findings.error(where, f"is {said(raw)}, not a table", f"write it as {example}")
            return []
        if not section.many:
            return [self.table(raw, section, "", where)]
        found = []
        for key, inner in raw.items():
            place = where / key
            if section.keys and key not in section.keys:
                meant = self._findings.alike(key, section.keys)
                remedy = f"did you mean {meant}?" if meant else f"use {listed(section.keys)}"
                self._findings.error(place, "is none of the reasons", remedy)
            elif not is_id(key):
                self._findings.error(place, f"{said(key)} is no name", NAME_REMEDY)
            elif not isinstance(inner, dict):
                example = f"[{section.name}.{key}]"
                self._findings.error(place, f"is {said(inner)}, not a table", f"write it as {example}")
            else:
                found.append(self.table(inner, section, key, place))
        return found

    def _each(self, raw: object, section: Section, where: Where) -> list[Found]:
        """The tables of a list, in its order."""
        if not isinstance(raw, list) or not all(isinstance(inner, dict) for inner in raw):
            self._findings.error(where, f"is {said(raw)}, not a list of tables", f"write each as [[{section.name}]]")
            return []
        return [self.table(inner, section, str(number), where / number) for number, inner in enumerate(raw)]

    def _unknown(self, name: str, section: Section, where: Where) -> None:
        known = [*section.rows, *section.sections]
        meant = self._findings.alike(name, known)
        for file in self._files:
            if not section.name and (name in file.rows or name in file.sections):
                self._findings.error(where, "stands in the wrong file", f"move it to {file.file}")
                return
        remedy = f"did you mean {meant}?" if meant else f"known here: {listed(known, 20)}"
        self._findings.error(where, "is not a setting", remedy)
