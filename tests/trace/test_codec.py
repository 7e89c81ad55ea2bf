"""The trace file: what is written comes back, and a damaged file says where it is damaged."""

from pathlib import Path

import msgpack
import pytest

from router.trace.codec import read_trace, write_trace
from router.trace.records import TraceError
from tests.trace.make import small_trace


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that holds the small trace."""
    target = tmp_path / "small.trace"
    write_trace(target, small_trace())
    return target


def records(path: Path) -> list[dict[str, object]]:
    """All maps of a trace file, read by nothing but msgpack."""
    with path.open("rb") as file:
        return list(msgpack.Unpacker(file))


def test_what_is_written_comes_back(path: Path) -> None:
    """Header, agents, shifts, breaks and contacts are equal after a round trip."""
    assert read_trace(path) == small_trace()


def test_any_msgpack_reader_understands_it(path: Path) -> None:
    """The file is a plain stream of maps with their fields by name, header first and end last."""
    found = records(path)
    assert [each["kind"] for each in found] == ["header", "agent", "agent", *["contact"] * 3, "end"]
    assert found[0]["format"] == "switchboard-trace"
    assert found[0]["acknowledgement"] == "those who recorded it"
    assert found[3]["head_start_s"] == 90
    assert found[3]["wait_us"] == 20_000_000
    assert "head_start_s" not in found[4], "what has its default value is left out"


def test_contacts_are_written_in_order_of_arrival(tmp_path: Path) -> None:
    """A replay may read contacts one after another, whatever order an importer found them in."""
    trace = small_trace()
    trace.contacts.reverse()
    write_trace(tmp_path / "t", trace)
    assert [each.id for each in read_trace(tmp_path / "t").contacts] == ["a", "b", "c"]


def test_the_same_trace_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    """Nothing of the time or the machine gets into the file."""
    write_trace(tmp_path / "again", small_trace())
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_a_file_cut_anywhere_is_refused(path: Path) -> None:
    """No prefix of a trace passes for a trace, and the error says at which byte reading stopped."""
    whole = path.read_bytes()
    for length in [*range(0, len(whole), 5), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(TraceError) as caught:
            read_trace(path)
        assert caught.value.code in {"cut_off", "not_a_trace"}
        assert caught.value.offset is not None
        assert caught.value.offset <= length


def test_what_follows_the_end_is_refused(path: Path) -> None:
    """Two traces glued together are not one."""
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(TraceError, match="bad_record"):
        read_trace(path)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_trace"),
        (b"vru+line\tcall_id\n", "not_a_trace"),
        (b"\xc1", "bad_record"),
        (b"\x93\x01\x02\x03", "not_a_trace"),
        (b"\xdb\xff\xff\xff\xff", "not_a_trace"),
        (b"\x91" * 5_000, "bad_record"),
        (msgpack.packb({"kind": "contact"}), "not_a_trace"),
        (msgpack.packb({"kind": "header", "format": "switchboard-trace", "schema": 2}), "wrong_schema"),
        (msgpack.packb({"kind": "header", "format": "switchboard-trace", "schema": 1}), "bad_record"),
    ],
)
def test_what_is_no_trace_is_refused(path: Path, content: bytes, code: str) -> None:
    """Text, garbage, bombs, another schema: each a clear error with its code, never another exception."""
    path.write_bytes(content)
    with pytest.raises(TraceError) as caught:
        read_trace(path)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        {"arrival_us": "soon"},
        {"arrival_us": None},
        {"outcome": "lost"},
        {"colour": "red"},
        {"patience_known": 1},
    ],
)
def test_a_contact_with_wrong_fields_is_refused_with_its_place(path: Path, change: dict[str, object]) -> None:
    """A wrong type, an outcome that is none, a field that is none: the error has the byte of that record."""
    found = records(path)
    at = sum(len(msgpack.packb(each)) for each in found[:4])
    found[4] |= change
    path.write_bytes(b"".join(msgpack.packb(each) for each in found))
    with pytest.raises(TraceError) as caught:
        read_trace(path)
    assert caught.value.code == "bad_record"
    assert caught.value.offset == at


def test_a_failed_write_leaves_the_old_file(path: Path) -> None:
    """A trace that cannot be written whole takes nothing away."""
    before = path.read_bytes()
    trace = small_trace()
    trace.contacts[2].customer = object()  # type: ignore[assignment]  # what msgpack cannot write
    with pytest.raises(TypeError):
        write_trace(path, trace)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]
