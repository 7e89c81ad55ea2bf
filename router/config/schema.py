"""The JSON Schema of the files, for editors that complete and check TOML while it is typed.

What a schema can't say (names that must exist, settings that go together) `switchboard check` says.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from router.config.catalogue.centre import FILES
from router.config.rows import Row, Section

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """One schema for all files: each file alone under `$defs`, and at the top what any of them may hold.

    No two files share a name at the top, so an editor may use the whole for every file.
    """
    alone = {file.file: _section(file) for file in FILES}
    together: dict[str, Any] = {}
    for file in FILES:
        for name, inner in alone[file.file]["properties"].items():
            together[name] = inner | {"description": f"{file.file}: {inner['description']}"}
    return {
        "$schema": DIALECT,
        "title": "Switchboard configuration",
        "type": "object",
        "properties": together,
        "additionalProperties": False,
        "$defs": {name.removesuffix(".toml"): each for name, each in alone.items()},
    }


def _section(section: Section) -> dict[str, Any]:
    properties = {row.name: _row(section, row) for row in section.rows.values()}
    for inner in section.sections.values():
        one = _section(inner)
        if inner.each:
            one = {"type": "array", "items": one}
        elif inner.many:
            names = {"propertyNames": {"enum": list(inner.keys)}} if inner.keys else {}
            one = {"type": "object", "additionalProperties": one, **names}
        properties[inner.name] = one | {"description": inner.doc}
    return {
        "type": "object",
        "description": section.doc,
        "properties": properties,
        "additionalProperties": False,
    }


def _row(section: Section, row: Row) -> dict[str, Any]:
    default = section.default_shown(row)
    told = {} if default is UNSET or default is None else {"default": default}
    return {**row.kind.schema(), "description": row.doc, **told}
