"""The protocol page tells the truth: pictures, bytes, keys, limits, links, and the errors that messages
list."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator

import msgpack
import pytest

from router.core.handlers.table import BEFORE_SYNC_END
from router.core.settings import Limits
from router.core.states import TABLES, Table
from router.errors import ERRORS
from router.server.limits import ServerLimits
from router.wire import catalogue as c
from router.wire.frames import ENGINE_FRAME_BYTES_MAX, FRAME_BYTES_MAX, HELLO_FRAME_BYTES_MAX
from router.wire.lines import LINE_BYTES_MAX
from router.wire.session import FEATURES, Timing
from tests.conftest import ROOT
from tests.docs import glossary, messages, validity
from tests.docs.states import draw

PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")


def read_back(picture: str) -> Table[str]:
    """The table that a picture of a life cycle shows, read by following its arrows."""
    rows = picture.splitlines()
    bars = {y: row.split(" ")[0] for y, row in enumerate(rows) if row and row[0] != " "}
    table: Table[str] = {state: {} for state in bars.values()}

    def at(y: int, x: int) -> str:
        return rows[y][x] if 0 <= y < len(rows) and x < len(rows[y]) else " "

    for y, row in enumerate(rows):
        for x in [place for place, letter in enumerate(row) if letter in "v^" and y not in bars]:
            if row[:x].strip(" |v^") and at(y, x - 1) != " ":
                continue  # a letter of an event's name
            step = -1 if row[x] == "v" else 1
            target, sources, here = bars[y - step], [], y
            while True:
                here += step
                if here in bars and at(here, x) == "+":
                    sources.append(bars[here])
                    name = re.match(r"[a-z_]*", rows[here - step][x + 2 :])
                    if name and name.group():
                        for source in sources:
                            table[source][name.group()] = target
                        break
                assert at(here, x) in "|+", f"an arrow to {target} ends nowhere"
    return table


@pytest.mark.parametrize("name", TABLES)
def test_pictures_read_back_as_their_tables(name: str) -> None:
    """Whoever follows the arrows with a finger gets exactly the table, and the picture stands in the page."""
    picture = draw(TABLES[name])
    assert read_back(picture) == TABLES[name]
    assert picture in PAGE


def test_a_wrong_picture_is_seen() -> None:
    """The reader is no copy of the writer: another table's picture reads as another table."""
    other = {"a": {"go": "b"}, "b": {"back": "a", "on": "c"}, "c": {"home": "a"}}
    assert read_back(draw(other)) == other
    assert read_back(draw(other).replace("home", "away"))["c"] == {"away": "a"}


def frames_shown() -> Iterator[tuple[dict[str, object], bytes]]:
    """Each message of the part in bytes: what the line says, and the bytes under it."""
    part = PAGE.split("### As bytes")[1].split("## Rules")[0]
    for line, dump in re.findall(r"^(?:->|<-) (\{.*\})\n((?:   [0-9a-f ]+\n)+)", part, re.MULTILINE):
        yield json.loads(line), bytes.fromhex(dump)


def test_the_bytes_are_what_the_lines_say() -> None:
    """Read with the msgpack package, which the engine does not use on the wire; and each length is right."""
    shown = list(frames_shown())
    assert len(shown) == 6
    for said, frame in shown:
        assert int.from_bytes(frame[:4], "big") == len(frame) - 4
        assert msgpack.unpackb(frame[4:]) == said


def test_the_proofs_follow_from_the_text() -> None:
    """Key and text of the example give its proofs, with nothing but the standard library."""
    part = PAGE.split("### Keys")[1].split("### Numbering")[0]
    given = dict(re.findall(r"^(key|\w+'s \w+) {2,}(.*)$", part, re.MULTILINE))
    nonces = [given["client's nonce"], given["engine's nonce"]]
    for who in ("engine", "client"):
        text = "\n".join(["switchboard 1", who, "main/pbx-1", "gateway", "a1", *nonces])
        proof = hmac.new(given["key"].encode(), text.encode(), "sha256").hexdigest()
        assert proof == given[f"{who}'s proof"]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("at most {:,} bytes before `welcome`", HELLO_FRAME_BYTES_MAX),
        ("and {:,} after it", FRAME_BYTES_MAX),
        ("from the\n  engine at most {:,}.", ENGINE_FRAME_BYTES_MAX),
        ("JSON objects of at most {:,} bytes", LINE_BYTES_MAX),
        ("whole within {:.0f} s of its first byte", Timing().frame_most_s),
        ("reached within {:.0f} s of connecting", Timing().auth_most_s),
        ("is among the last {:,}:", Limits().outcomes_kept),
        ("`welcome.heartbeat_ms` ({:,.0f})", Timing().heartbeat_s * 1000),
        ('"unread_bytes_max":{}', ServerLimits().unread_bytes_max),
        ('"data_bytes_max":{}', Limits().data_bytes_max),
    ],
)
def test_figures_in_the_prose(words: str, value: float) -> None:
    """A limit that the text names is the one in force."""
    assert words.format(value) in PAGE


def test_the_features_are_those_of_hello() -> None:
    """Each has a row."""
    part = PAGE.split("Features, offered")[1].split("A role may be")[0]
    assert re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) == list(FEATURES)


def test_questions_and_what_comes_before_sync_end() -> None:
    """The text names the questions, and says that they, and the list itself, are answered before sync_end."""
    questions = [kind for kind in c.WIRE_REQUESTS if not kind.numbered]
    named = ", ".join(f"`{messages.heading(kind)}`" for kind in questions)
    assert f"Questions ({named})" in PAGE.replace("\n", " ")
    assert {kind for kind in BEFORE_SYNC_END if issubclass(kind, c.Request) and kind.numbered} == {c.Sync, c.SyncEnd}


def test_the_order_of_the_page() -> None:
    """Pictures first, then the conversation, rules, messages, errors, the matrix, and life without an
    engine."""
    assert re.findall(r"^## (.*)$", PAGE, re.MULTILINE) == [
        "Life cycles",
        "A conversation",
        "Rules of the conversation",
        "Messages of the session",
        "Requests",
        "Replies",
        "Events",
        "Objects",
        "Errors",
        "What may be said when",
        "When there is no engine",
    ]


def test_links_lead_somewhere() -> None:
    """Each link inside the page is a heading of it, and no heading stands twice."""
    prose = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    headings = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
    twice = {title for title in headings if headings.count(title) > 1}
    assert not twice
    assert set(re.findall(r"\]\(#([^)]*)\)", PAGE)) <= set(headings)


def test_every_message_has_its_part() -> None:
    """All that either side may say stands on the page."""
    for kind in (*c.FROM_CLIENT, *c.FROM_ENGINE):
        assert re.search(rf"^### {messages.heading(kind)}( \(\w+\))?$", PAGE, re.MULTILINE), kind.__name__


def test_the_glossary_is_used() -> None:
    """A word that no field uses any more is taken out."""
    used = set()
    for kind in (*c.FROM_CLIENT, *c.FROM_ENGINE, *messages.objects()):
        for field in kind.__struct_fields__:
            used |= {field, f"{messages.heading(kind)}.{field}"}
    assert not set(glossary.WORDS) - used


def test_messages_list_errors_that_exist() -> None:
    """Each code is in the catalogue, and none twice in one message."""
    for kind in c.WIRE_REQUESTS:
        assert len(set(kind.errors)) == len(kind.errors)
        assert set(kind.errors) <= set(ERRORS)


def test_the_core_answers_with_what_the_messages_list() -> None:
    """Every reply and error that appeared in the matrix is one that the message's own part names."""
    kinds = {messages.heading(kind): kind for kind in c.WIRE_REQUESTS}
    unlisted = []
    for tried in validity.TRIED:
        kind = kinds[re.split(r"[, ]", tried)[0]]
        for state in validity.STATES:
            cell = validity.outcome(tried, state)
            said = cell.split("`")[1] if cell else kind.answers[0]
            if said not in (*kind.answers, *kind.errors):
                unlisted.append(f"{tried} in state {state}: {said}")
    assert not unlisted
