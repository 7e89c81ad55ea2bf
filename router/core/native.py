"""What the compiler is told about a class: `mypyc_attr(acyclic=True)` keeps it from the cycle collector.

mypy_extensions is a tool of development, which a machine that only runs the engine need not have: without it the
decorator is nothing, as it is for the sources anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

__all__ = ["mypyc_attr"]

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr
else:
    T = TypeVar("T")

    def mypyc_attr(**_told: bool) -> Callable[[type[T]], type[T]]:
        """Leave the class as it is."""
        return lambda kind: kind
