"""What is written from the rows: the tables of `docs/configuration.md` and `config/schema.json`.

The page keeps its prose; only what stands between the two marks is rendered. A test compares both files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from router.config.catalogue.centre import FILES
from router.config.rows import Row, Section
from router.config.schema import schema

PAGE = "docs/configuration.md"
SCHEMA = "config/schema.json"
BEGIN = "<!-- rendered from the settings: do not edit between these marks -->"
END = "<!-- end of what is rendered -->"


def page(present: str) -> str:
    """The page with its tables made anew. Raises `ValueError` where it has lost its marks."""
    head, begin, rest = present.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE} needs the marks {BEGIN} and {END}")
    return f"{head}{BEGIN}\n\n{settings_tables()}\n{END}{tail}"


def schema_text() -> str:
    """The schema as a file."""
    return json.dumps(schema(), indent=2) + "\n"


def settings_tables() -> str:
    """One table of settings for each table of the files."""
    return "\n".join(line for file in FILES for line in (f"### `{file.file}`", "", *_file(file)))


def _file(file: Section) -> Iterator[str]:
    yield file.doc
    yield ""
    for path, section in file.walk():
        if path:
            heading = ".".join("NAME" if part == "*" else part for part in path)
            if path.count("*") > 1:
                # The second name is one of a kind of its own: a channel, a reason or a node.
                kind = "REASON" if section.keys else "NODE" if section.name == "nodes" else "CHANNEL"
                heading = heading.removesuffix("NAME") + kind
            yield f"#### `[[{heading}]]`" if section.each else f"#### `[{heading}]`"
            yield ""
            yield section.doc
            yield ""
        if section.rows:
            yield "| setting | value | default | bounds | takes effect | meaning |"
            yield "| --- | --- | --- | --- | --- | --- |"
            yield from (_row(section, row) for row in section.rows.values())
            yield ""


def _row(section: Section, row: Row) -> str:
    default = section.default_shown(row)
    cells = (
        f"`{row.name}`",
        row.kind.words,
        "" if default is UNSET or default is None else f"`{toml(default)}`",
        row.kind.bounds() + (f" {row.unit}" if row.unit and row.kind.bounds() and row.unit != "port" else ""),
        "at reload" if row.hot else "at restart",
        row.doc,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def toml(value: Any) -> str:
    """A value as TOML writes it: whole numbers with `_` between thousands, tables inline."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:_}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    pairs = ", ".join(f"{_key(key)} = {toml(inner)}" for key, inner in value.items())
    return f"{{ {pairs} }}" if pairs else "{}"


def _key(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and key.isascii() else json.dumps(key)
