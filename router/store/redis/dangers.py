"""Settings of a Redis that lose what was promised, read and never changed.

The one idea: each is named with what it costs, in the words of `docs/durability.md`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from router.store.redis.wire import Wire

Danger: TypeAlias = tuple[Literal["ok", "warning", "error"], str, str]
"""(level, what, remedy)."""


def dangers(wire: Wire, now_s: float, drift_s: float) -> list[Danger]:
    """What is wrong with this Redis, and what is as it should be. Raises `StoreError`."""
    said = {name: _config(wire, name) for name in ("appendonly", "appendfsync", "maxmemory-policy")}
    found: list[Danger] = []
    if said["appendonly"] == "no":
        found.append((
            "error", "appendonly is no: kill -9 of Redis loses everything since its last snapshot",
            "CONFIG SET appendonly yes, and write it to its configuration",
        ))  # fmt: skip
    elif said["appendfsync"] != "always":
        found.append((
            "warning", f"appendfsync is {said['appendfsync']}: a power failure loses about the last second",
            "CONFIG SET appendfsync always, where that may not be lost",
        ))  # fmt: skip
    if said["maxmemory-policy"] not in ("noeviction", ""):
        found.append((
            "error", f"maxmemory-policy is {said['maxmemory-policy']}: a full Redis deletes contacts that wait",
            "CONFIG SET maxmemory-policy noeviction",
        ))  # fmt: skip
    seconds, micros = wire.call("TIME")
    drift = abs(int(seconds) + int(micros) / 1e6 - now_s)
    if drift > drift_s:
        found.append((
            "warning", f"its clock and ours differ by {drift:.1f} s", "let both machines keep time by NTP",
        ))  # fmt: skip
    if not found:
        found.append(("ok", "appendonly yes, appendfsync always, noeviction, clocks agree", ""))
    return found


def _config(wire: Wire, name: str) -> str:
    answer = wire.call("CONFIG", "GET", name)
    return answer[1].decode() if len(answer) == 2 else ""
