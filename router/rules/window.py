"""Counts over the time just past, in memory that does not grow: a ring of slots, each a twelfth of the window.

A window so reaches back between eleven and twelve twelfths of its length, and changes by itself when a slot is over.
"""

from __future__ import annotations

from msgspec import Struct

SLOTS = 12


class Ring(Struct, gc=False):
    """`rows` of counts that go together (answered, abandoned ...). `last` is the newest slot's number: time by the
    length of a slot."""

    slot_us: int
    last: int
    rows: list[list[int]]
    totals: list[int]
    """The sums of the rows, as of the newest slot."""

    def add(self, now_us: int, row: int, amount: int) -> None:
        """Count `amount` in a row."""
        if now_us // self.slot_us != self.last:
            self.roll(now_us)
        self.rows[row][-1] += amount
        self.totals[row] += amount

    def spread(self, from_us: int, until_us: int, row: int, amount_a_us: int) -> None:
        """Count what lasted from then until then, in the slots that it touches."""
        self.roll(until_us)
        at_us = max(from_us, self.reaches_us)
        while at_us < until_us:
            end_us = min(until_us, self.next_us(at_us))
            amount = amount_a_us * (end_us - at_us)
            self.rows[row][at_us // self.slot_us - self.last - 1] += amount
            self.totals[row] += amount
            at_us = end_us

    @property
    def reaches_us(self) -> int:
        """Since when it counts, as of the newest slot."""
        return (self.last - SLOTS + 1) * self.slot_us

    def roll(self, now_us: int) -> None:
        """Forget what is older than the window."""
        number = now_us // self.slot_us
        gone = min(number - self.last, SLOTS)
        if gone > 0:
            self.totals = [total - sum(row[:gone]) for total, row in zip(self.totals, self.rows, strict=True)]
            self.rows = [[*row[gone:], *([0] * gone)] for row in self.rows]
            self.last = number

    def sums(self, now_us: int) -> list[int]:
        """The counts of the window, a row each, to read. It changes nothing."""
        gone = now_us // self.slot_us - self.last
        if gone <= 0:
            return self.totals
        return [sum(row[gone:]) for row in self.rows]

    def empty(self, now_us: int) -> bool:
        """Was nothing counted in the window?"""
        return not any(self.sums(now_us))

    def next_us(self, now_us: int) -> int:
        """When the present slot is over."""
        return (now_us // self.slot_us + 1) * self.slot_us


def ring(window_us: int, rows: int, now_us: int) -> Ring:
    """An empty ring over a window of at least `SLOTS` microseconds."""
    slot_us = window_us // SLOTS
    return Ring(slot_us, now_us // slot_us, [[0] * SLOTS for _ in range(rows)], [0] * rows)
