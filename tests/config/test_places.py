"""The scanner finds the line of every key, whatever way TOML is written in, and is never lost for good."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.config.faults import Path
from router.config.places import Places
from tests.config.given import sample

TEXT = '''\
# a comment with [brackets] and key = value
top = "a # no comment"   # a comment
"quoted key" = 'C:\\path'
site.name.long = 1

[a]
x = { y = 1, z = { deep = [1, 2] } }
many = [
  "one",    # with ] a bracket
  { name = "two" },
  [3, 4],
]
text = """
[not.a.table]
key = "no key" \\""" still text""""
raw = \'\'\'
[[nor.this]]
it\'s\'\'\'\'
when = 1979-05-27 07:32:00

  [ a . "b.c" . 'd' ]
inner = true

[[list]]
n = 1
[list.sub]
k = 1
[[list]]
n = 2
  [[list.more]]
  m = 1
  [[list.more]]
  m = 2
[after]
last = 1'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("quoted key",), 3),
        (("site", "name", "long"), 4),
        (("site",), 4),
        (("a",), 6),
        (("a", "x"), 7),
        (("a", "x", "z", "deep", 1), 7),
        (("a", "many"), 8),
        (("a", "many", 0), 9),
        (("a", "many", 1, "name"), 10),
        (("a", "many", 2, 1), 11),
        (("a", "text"), 13),
        (("a", "raw"), 16),
        (("a", "when"), 19),
        (("a", "b.c", "d"), 21),
        (("a", "b.c", "d", "inner"), 22),
        (("list", 0, "n"), 25),
        (("list", 0, "sub", "k"), 27),
        (("list", 1), 28),
        (("list", 1, "n"), 29),
        (("list", 1, "more", 0, "m"), 31),
        (("list", 1, "more", 1, "m"), 33),
        (("after", "last"), 35),
        (("after", "last", "beyond", 7), 35),
        (("after", "nothing of the kind"), 34),
        (("nowhere",), None),
        ((), None),
    ],
)
def test_lines_are_those_of_the_text(path: Path, line: int | None) -> None:
    """Headers, dotted and quoted keys, inline tables, lists over lines, lists of tables, texts that look like keys."""
    tomllib.loads(TEXT)
    assert Places(TEXT).line(path) == line


def every_path(value: object, path: Path = ()) -> list[Path]:
    """The path of every key and element."""
    if isinstance(value, dict):
        return [p for key, inner in value.items() for p in [(*path, key), *every_path(inner, (*path, key))]]
    if isinstance(value, list):
        return [p for index, inner in enumerate(value) for p in [(*path, index), *every_path(inner, (*path, index))]]
    return []


@pytest.mark.parametrize("text", [TEXT, *sample().values()])
def test_every_key_that_the_reader_finds_has_a_line_that_shows_it(text: str) -> None:
    """Reader and scanner agree: each key stands on the line that it is said to stand on."""
    places, lines = Places(text), text.splitlines()
    paths = every_path(tomllib.loads(text))
    assert paths
    for path in paths:
        line = places.line(path)
        assert line is not None
        if isinstance(path[-1], str):
            assert path[-1] in lines[line - 1], path


@given(st.text(alphabet="[]{}=.,\"'#\\\n\r\t abc=1-", max_size=80))
def test_no_text_leads_the_scanner_into_a_circle(text: str) -> None:
    """Any text is scanned to an end, also one that is no TOML; what it has are lines of the text."""
    places = Places(text)
    for path in (("a",), ("a", "b", 0)):
        line = places.line(path)
        assert line is None or 1 <= line <= text.count("\n") + 1


def test_deep_nesting_ends_the_scan() -> None:
    """Brackets by the ten thousand leave what was found before them."""
    assert Places("a = 1\nb = " + "[" * 10_000).line(("a",)) == 1
