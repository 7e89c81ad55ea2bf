"""Frames: a big-endian u32 length, then that many bytes, which are one MessagePack map.

`FrameReader` turns the chunks that a socket happens to give into whole frames. It knows lengths and limits,
and nothing of what is in a frame. The one idea: the common chunk is exactly one frame, and costs one
comparison and one slice.

It never holds more than the chunk it was last given and one frame that is not whole yet, and it refuses a
frame by its header, before a byte of it is kept.
"""

from __future__ import annotations

from struct import Struct as Layout
from typing import Final, TypeAlias

from router.errors import Refused

HELLO_FRAME_BYTES_MAX: Final = 1024
"""Before a client is let in: room for hello, and nothing that is worth flooding us with."""
FRAME_BYTES_MAX: Final = 65_536
"""After it: 256 entries of `sync` with ordinary data fit."""
ENGINE_FRAME_BYTES_MAX: Final = 1 << 20
"""What the engine itself may send in one frame: `status` of 5,000 queues fits. For a client's reader."""
FRAMES_A_TURN: Final = 256
"""Frames taken out of one connection before others have their turn."""

Chunk: TypeAlias = bytes | bytearray

_LENGTH = Layout(">I")
_length_at = _LENGTH.unpack_from
frame_header = _LENGTH.pack
"""The four bytes before a frame of that many bytes."""
_HEADER: Final = _LENGTH.size

_HTTP: Final = (b"GET ", b"HEAD", b"POST", b"PUT ", b"DELE", b"OPTI", b"PATC", b"CONN", b"TRAC", b"PRI ")


class Unreadable(Refused):
    """The bytes of a connection are no frames, so nothing after them can be trusted.

    `reason` is what it is counted as: the code, or the protocol that the other side seems to speak, and then
    a frame of ours would only confuse it (`answer` is false).
    """

    def __init__(self, code: str, detail: str, foreign: str = "") -> None:
        super().__init__(code, detail)
        self.reason = foreign or code
        self.answer = not foreign


def frame(payload: bytes) -> bytes:
    """One payload with its length before it."""
    return frame_header(len(payload)) + payload


class FrameReader:
    """Bytes in, whole frames out, in order. `bytes_max` may be raised between two calls."""

    __slots__ = ("_at", "bytes_max", "more", "rest")

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max = bytes_max
        self.more = False
        """There may be whole frames (or a bad one) left: call `feed(b"")` again."""
        self.rest: Chunk = b""
        """Bytes that are in no frame yet; empty between two frames."""
        self._at = 0

    @property
    def partial(self) -> bool:
        """A frame has begun and is not whole."""
        return bool(self.rest) and not self.more

    def feed(self, data: Chunk, most: int = FRAMES_A_TURN) -> list[Chunk]:
        """Take in bytes, and give at most `most` frames without their lengths.

        Raises `Unreadable` when the next frame is refused by its length; the frames before it were given by
        then.
        """
        if not self.rest:
            if len(data) > _HEADER and _length_at(data)[0] == len(data) - _HEADER <= self.bytes_max:
                return [data[_HEADER:]]
            self.rest = data
            self._at = 0
        elif data:
            held = self.rest
            self.rest = held if isinstance(held, bytearray) else bytearray(held)
            self.rest += data
        return self._split(most)

    def _split(self, most: int) -> list[Chunk]:
        buffer, at = self.rest, self._at
        size = len(buffer)
        frames: list[Chunk] = []
        self.more = False
        while size - at >= _HEADER:
            length: int = _length_at(buffer, at)[0]
            refused = not 0 < length <= self.bytes_max
            if refused and not frames:
                raise self._refusal(length, bytes(buffer[at : at + _HEADER]))
            end = at + _HEADER + length
            if refused or (end <= size and len(frames) == most):
                self.more = True
                self._at = at
                return frames
            if end > size:
                break
            frames.append(buffer[at + _HEADER : end])
            at = end
        if at or isinstance(buffer, bytes):
            # What is left is copied, so that a few bytes do not keep a whole chunk alive.
            self.rest = bytearray(buffer[at:]) if at < size else b""
            self._at = 0
        return frames

    def _refusal(self, length: int, header: bytes) -> Unreadable:
        if not length:
            return Unreadable("bad_frame", "a frame of length 0")
        if header in _HTTP:
            return Unreadable("bad_frame", "this is HTTP", foreign="http")
        if header[:2] == b"\x16\x03":
            return Unreadable("bad_frame", "this is TLS on a plain port", foreign="tls")
        if header[:1] == b"{":
            # Read as a length it is over 2 GB. Whoever types sees the words of the answer, if not its form.
            return Unreadable("bad_frame", "this is JSON: lines are for the unix socket, a frame is MessagePack")
        return Unreadable("frame_too_large", f"{length} bytes, at most {self.bytes_max}")
