"""What the engine had to set free is logged: once a state and a look, and only what is new."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from router.daemon import repairs
from router.daemon.repairs import Repairs


def test_what_is_new_is_logged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two talks and a wrap-up give two lines; a look without news gives none, one more talk one."""
    logged: list[tuple[str, Any]] = []
    monkeypatch.setattr(repairs, "_log", SimpleNamespace(warning=lambda what, **more: logged.append((what, more))))
    repaired: dict[str, int] = {"connected": 2, "wrap_up": 1}
    world = SimpleNamespace(tally=SimpleNamespace(repaired=repaired))
    daemon: Any = SimpleNamespace(engine=SimpleNamespace(world=world))

    async def story() -> None:
        service = Repairs(daemon)
        await service.start()
        service._look()
        service._look()
        repaired["connected"] = 3
        service._look()
        await service.stop()

    asyncio.run(story())
    assert logged == [
        ("repaired", {"state": "connected", "count": 2}),
        ("repaired", {"state": "wrap_up", "count": 1}),
        ("repaired", {"state": "connected", "count": 1}),
    ]
