"""Whatever is done to the sample, the checker answers with a report: never with an exception of its own.

Two ways: pieces of text are cut, doubled and exchanged; and values of the parsed tables are replaced by others and
written again, so that the text is good TOML and the mistakes reach the later checks.
"""

import copy
import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from router.config import check_texts, from_bytes, to_bytes
from router.config.render import toml
from tests.config.given import AROUND, sample

SAMPLE = sample()
TABLE = "name,team,tenant,capacity_units,cards\nanna,accounts,,100,5\n"
NAMES = sorted(SAMPLE)

PIECES = st.one_of(
    st.text(max_size=6),
    st.sampled_from([*'[]{}=#.,\n"\x00\ufeff', "[[", "'''", "nan", "inf", "1e999", "-1", "0x" + "f" * 300]),
    st.sampled_from(["[queues.x]\n", "[agents.anna]\n", "include_csv = 'agents.csv'\n", "1979-05-27"]),
)

VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["", "voice", "cards", "main", "a b", "queue", "timed", "/", "..", "x" * 300, 10**60]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "do", "voice"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def holds(texts: dict[str, str]) -> None:
    """A report comes back: a configuration that survives being sent, or at least one error; each with a place."""
    report = check_texts(texts, around=AROUND)
    assert (report.configuration is None) == bool(report.errors)
    for fault in report.faults:
        assert fault.what
        assert "\n" not in str(fault)
        lines = texts.get(fault.file, "").count("\n") + 1
        assert fault.line is None or 1 <= fault.line <= lines
    if report.configuration is not None:
        assert from_bytes(to_bytes(report.configuration)) == report.configuration


@settings(max_examples=150)
@given(st.data())
def test_cut_and_doubled_text(data: st.DataObject) -> None:
    """Pieces of one file are cut out, doubled, exchanged for others, a few times over."""
    texts = SAMPLE | {"agents.csv": TABLE}
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from([*NAMES, "agents.csv"]))
        text = texts[name]
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 60)))
        piece = data.draw(st.one_of(PIECES, st.just(text[start:end] * 2)))
        texts[name] = text[:start] + piece + text[end:]
    holds(texts)


def every_place(table: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The path of every key."""
    places = []
    for key, value in table.items():
        places.append((*path, key))
        if isinstance(value, dict):
            places += every_place(value, (*path, key))
    return places


TABLES = {name: tomllib.loads(text) for name, text in SAMPLE.items()}
PLACES = [(name, path) for name in NAMES for path in every_place(TABLES[name])]


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.one_of(st.none(), VALUES)), min_size=1, max_size=6))
def test_other_values_in_good_toml(changes: list[tuple[tuple[str, tuple[str, ...]], Any]]) -> None:
    """Values anywhere are taken out, or replaced by values of any kind."""
    tables = copy.deepcopy(TABLES)
    for (name, path), value in changes:
        table: Any = tables[name]
        for key in path[:-1]:
            table = table.get(key) if isinstance(table, dict) else None
        if isinstance(table, dict):
            if value is None:
                table.pop(path[-1], None)
            else:
                table[path[-1]] = value
    texts = {}
    for name, table in tables.items():
        texts[name] = "".join(f"{key} = {toml(value)}\n" for key, value in table.items())
    holds(texts)
