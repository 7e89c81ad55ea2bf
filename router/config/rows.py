"""What a setting is: one row with its name, kind, unit, bounds, default, whether it is hot, and what it
means.

The catalogue holds the rows; the reader, the JSON Schema, the documentation, the comparison and the tests of
the sample all work from them, so a setting is declared once. Defaults are not here: a row's default is that
of the struct field that it fills.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, get_args

from msgspec import NODEFAULT, UNSET
from msgspec.structs import fields

from router.config.kinds.fields import Kind, Seconds


class Row:
    """One setting."""

    def __init__(self, name: str, kind: Kind, doc: str, *, unit: str = "", hot: bool = True, field: str = "") -> None:
        self.name = name
        self.kind = kind
        self.doc = doc
        self.hot = hot
        """Takes effect with a reload; else (cold) with a restart."""
        self.field = field or (f"{name.removesuffix('_s')}_us" if isinstance(kind, Seconds) else name)
        """The struct field that it fills."""
        self.unit = unit or ("s" if isinstance(kind, Seconds) else "")


class Section:
    """A table of the file: its rows and the tables inside it. `many`: a table of such tables, by name."""

    def __init__(
        self,
        name: str,
        doc: str,
        rows: tuple[Row, ...],
        *,
        struct: type | None = None,
        sections: tuple[Section, ...] = (),
        many: bool = False,
        keys: tuple[str, ...] = (),
        each: bool = False,
    ) -> None:
        self.name = name
        self.doc = doc
        self.rows = {row.name: row for row in rows}
        self.sections = {section.name: section for section in sections}
        self.struct = struct
        self.many = many
        self.each = each
        """A list of such tables, `[[name]]`, in an order that counts."""
        self.keys = keys
        """Where `many`: the only names allowed; none given: any."""

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """Setting -> default as it is kept. Settings without one (they must be given, or stand for another)
        are left out."""
        if self.struct is None:
            return {}
        found = {}
        for field in fields(self.struct):
            if field.default is not NODEFAULT:
                found[field.name] = field.default
            elif field.default_factory is not NODEFAULT:
                found[field.name] = field.default_factory()
        return {row.name: found[row.field] for row in self.rows.values() if row.field in found}

    def default_shown(self, row: Row) -> Any:
        """The default as the file would say it, `UNSET` where there is none."""
        kept = self.defaults.get(row.name, UNSET)
        return UNSET if kept is UNSET else row.kind.show(kept)

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Section]]:
        """This section and all inside it, each with its path; `*` stands for a name."""
        here = path if not self.name else (*path, self.name, "*") if self.many else (*path, self.name)
        yield here, self
        for section in self.sections.values():
            yield from section.walk(here)


class File(Section):
    """A file of the directory: the outermost section, which has no name of its own."""

    def __init__(self, file: str, doc: str, rows: tuple[Row, ...], sections: tuple[Section, ...], struct: type) -> None:
        super().__init__("", doc, rows, sections=sections, struct=struct)
        self.file = file


def words_of(struct: type, field: str) -> tuple[str, ...]:
    """The words that a struct's field of a Literal type may hold."""
    return next(get_args(found.type) for found in fields(struct) if found.name == field)
