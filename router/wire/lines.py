"""Lines: the frames of the JSON form, one object a line, for people and their shells.

The same interface as `FrameReader`, so that a connection need not know which of the two it has. Blank lines
are no frames, and a carriage return before the end of a line belongs to the end of the line.
"""

from __future__ import annotations

from typing import Final

from router.wire.frames import FRAMES_A_TURN, Chunk, Unreadable

LINE_BYTES_MAX: Final = 65_536
"""As long as a frame may be."""


class LineReader:
    """Bytes in, whole lines out, in order, without their ends."""

    __slots__ = ("_searched", "bytes_max", "more", "rest")

    def __init__(self, bytes_max: int = LINE_BYTES_MAX) -> None:
        self.bytes_max = bytes_max
        self.more = False
        """There may be whole lines (or one too long) left: call `feed(b"")` again."""
        self.rest = bytearray()
        """Bytes that are in no frame yet; empty between two frames."""
        self._searched = 0
        """Bytes at the head of the buffer in which there is no end of a line."""

    @property
    def partial(self) -> bool:
        """A line has begun and is not whole."""
        return bool(self.rest) and not self.more

    def feed(self, data: Chunk, most: int = FRAMES_A_TURN) -> list[Chunk]:
        """Take in bytes, and give at most `most` lines. Raises `Unreadable` when the next line is too
        long."""
        buffer = self.rest
        buffer += data
        lines: list[Chunk] = []
        at = 0
        self.more = False
        while True:
            end = buffer.find(b"\n", max(at, self._searched))
            if (len(buffer) if end < 0 else end) - at > self.bytes_max:
                if not lines:
                    raise Unreadable("frame_too_large", f"a line of more than {self.bytes_max} bytes")
                self.more = True
            elif end >= 0 and len(lines) == most:
                self.more = True
            if self.more or end < 0:
                break
            line = buffer[at:end].strip()
            if line:
                lines.append(line)
            at = end + 1
        del buffer[:at]
        self._searched = 0 if self.more else len(buffer)
        return lines
