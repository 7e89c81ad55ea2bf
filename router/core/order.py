"""A sorted collection that knows ranks: the order of a line, and of the free agents of a profile.

Entries are tuples that begin with a key and a unique number, so that no comparison ever reaches what they carry.
They live in short sorted runs; the first entry is at hand, insertion and removal find their run by bisection, and the
rank of an entry is the sum of the runs before it, kept in a Fenwick tree: O(log n) for all, and for the short lines
of every day one run, which is as fast as a plain list. The first run is shorter than the others: entries leave from it
mostly, and each that does moves those behind it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

RUN_MOST = 512
"""A run longer than this is cut in two: moving half a run's pointers costs less than the bisection itself."""
HEAD = 32
"""The first run is cut to so many entries when it has twice as many, and gets so many of the next when it has none:
moving their pointers touches a few lines of the cache, those of a whole run half a hundred."""

E = TypeVar("E", bound=tuple[Any, ...])


class Order(Generic[E]):
    """Sorted entries. `first` is the least one, None where there is none; `first_key` is its key, which is asked far
    more often than it changes: who reads it touches no entry."""

    __slots__ = ("_lasts", "_length", "_runs", "_tree", "first", "first_key")

    def __init__(self) -> None:
        self._runs: list[list[E]] = []
        self._lasts: list[E] = []
        self._tree: list[int] | None = None
        """Fenwick tree over the runs' lengths; None: not built since the runs were cut or joined."""
        self._length = 0
        self.first: E | None = None
        self.first_key = 0

    def __len__(self) -> int:
        return self._length

    def add(self, entry: E) -> None:
        """Put `entry` at its place."""
        lasts = self._lasts
        self._length += 1
        if not lasts:
            self._runs.append([entry])
            lasts.append(entry)
            self._begin(entry)
            self._tree = None
            return
        if entry > lasts[-1]:
            at = len(lasts) - 1
            run = self._runs[at]
            run.append(entry)
            lasts[at] = entry
        else:
            at = bisect_left(lasts, entry) if len(lasts) > 1 else 0
            run = self._runs[at]
            insort(run, entry)
            if at == 0:
                self._begin(run[0])
        if self._tree is not None:
            self._count(at, 1)
        if len(run) > RUN_MOST:
            self._cut(at, len(run) // 2)
        elif at == 0 and len(run) > 2 * HEAD:
            self._shorten(run)

    def remove(self, entry: E) -> None:
        """Take `entry` out. Raises `KeyError` where it is not in."""
        lasts = self._lasts
        if entry is self.first:
            at = index = 0
            run = self._runs[0]
        else:
            at = bisect_left(lasts, entry) if len(lasts) > 1 else 0
            run = self._runs[at] if at < len(lasts) else []
            index = bisect_left(run, entry)
            if index == len(run) or run[index] != entry:
                # Never the entry itself: printing it would print everything that it leads to.
                raise KeyError(entry[:2])
        del run[index]
        self._length -= 1
        if self._tree is not None:
            self._count(at, -1)
        if run:
            if index == len(run):
                lasts[at] = run[-1]
        elif at == 0 and len(lasts) > 1 and len(self._runs[1]) > 2 * HEAD:
            self._move(HEAD, run, self._runs[1])
        else:
            del self._runs[at]
            del lasts[at]
            self._tree = None
        if at == 0 and index == 0:
            if lasts:
                self._begin(self._runs[0][0])
            else:
                self.first = None

    def _begin(self, entry: E) -> None:
        """`entry` is the first."""
        self.first = entry
        self.first_key = entry[0]

    def _cut(self, at: int, size: int) -> None:
        """Leave `size` entries in run `at`, and put the others into one of their own behind it."""
        run = self._runs[at]
        self._runs.insert(at + 1, run[size:])
        del run[size:]
        self._lasts.insert(at, run[-1])
        self._tree = None

    def _shorten(self, head: list[E]) -> None:
        """The first run is long enough: its later entries go to the next one, if that has room."""
        if len(self._lasts) > 1 and len(self._runs[1]) + len(head) - HEAD <= RUN_MOST:
            self._move(HEAD - len(head), head, self._runs[1])
        else:
            self._cut(0, HEAD)

    def _move(self, count: int, head: list[E], following: list[E]) -> None:
        """Let the boundary of the first two runs be `count` entries further back, or, below 0, to the front."""
        if count > 0:
            head.extend(following[:count])
            del following[:count]
        else:
            following[:0] = head[count:]
            del head[count:]
        self._lasts[0] = head[-1]
        if self._tree is not None:
            self._count(0, count)
            self._count(1, -count)

    def rank(self, entry: E) -> int:
        """How many entries come before `entry`, which need not be in."""
        lasts = self._lasts
        at = bisect_left(lasts, entry) if lasts else 0
        if at == len(lasts):
            return self._length
        return self._before(at) + bisect_left(self._runs[at], entry)

    @property
    def last(self) -> E | None:
        """The greatest entry, None where there is none."""
        return self._lasts[-1] if self._lasts else None

    def every(self, step: int) -> list[E]:
        """Every `step`-th entry, from the first on."""
        if step == 1:
            return [entry for run in self._runs for entry in run]
        found: list[E] = []
        offset = 0
        for run in self._runs:
            found.extend(run[offset::step])
            offset = (offset - len(run)) % step
        return found

    def every_key(self, step: int, unit: int) -> list[float]:
        """Their keys, counted in so large a unit. Compiled, as most of them are cold: memory is asked for many of them
        before the first has answered."""
        keys: list[float] = []
        for entry in self.every(step):
            key: int = entry[0]
            keys.append(key / unit)
        return keys

    def following(self, entry: E) -> E | None:
        """The first entry that does not come before `entry`, which need not be in."""
        lasts = self._lasts
        at = bisect_left(lasts, entry) if lasts else 0
        if at == len(lasts):
            return None
        run = self._runs[at]
        return run[bisect_left(run, entry)]

    def __iter__(self) -> Iterator[E]:
        for run in self._runs:
            yield from run

    def __reversed__(self) -> Iterator[E]:
        # Counted down: mypyc can't compile `reversed` over entries of any type.
        for at in range(len(self._runs) - 1, -1, -1):
            run = self._runs[at]
            for index in range(len(run) - 1, -1, -1):
                yield run[index]

    def __contains__(self, entry: E) -> bool:
        at = bisect_left(self._lasts, entry)
        if at == len(self._lasts):
            return False
        run = self._runs[at]
        index = bisect_left(run, entry)
        return index < len(run) and run[index] == entry

    def _count(self, at: int, change: int) -> None:
        tree = self._tree
        assert tree is not None
        at += 1
        while at < len(tree):
            tree[at] += change
            at += at & -at

    def _before(self, at: int) -> int:
        """Entries in the runs before run `at`. The tree is built again after runs were cut or joined: O(runs), once
        in some hundred changes."""
        tree = self._tree
        if tree is None:
            tree = [0, *map(len, self._runs)]
            for index in range(1, len(tree)):
                parent = index + (index & -index)
                if parent < len(tree):
                    tree[parent] += tree[index]
            self._tree = tree
        total = 0
        while at:
            total += tree[at]
            at -= at & -at
        return total
