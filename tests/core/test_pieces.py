"""A large batch taken in pieces: any of them leaves records that load to a legal world, and all of them the whole."""

from __future__ import annotations

from router.core import commands as ask
from router.core import internal as told
from router.core import settings as of
from router.core.engine import Engine
from router.core.verify.world import verify
from tests.core.drive import START_US

SETTINGS = of.Settings(queues=(of.Queue("sales", enter_unstaffed=True),))


def busy() -> Engine:
    """60 contacts came, and every third one hung up; some came again under another id."""
    engine = Engine(SETTINGS, 1)
    engine.activate(START_US)
    engine.apply(START_US, "main/gw", told.GatewayUp("1"))
    commands = [ask.SyncEnd(1)]
    commands += [ask.Enqueue(2 + number, f"c{number}", "sales") for number in range(60)]  # type: ignore[misc]
    commands += [ask.End(100 + number, f"c{number}") for number in range(0, 60, 3)]  # type: ignore[misc]
    for command in commands:
        engine.apply(START_US, "main/gw", command)
    return engine


def kept(engine: Engine, most: int) -> dict[tuple[str, str], bytes]:
    """What the batches leave behind, looked at after each."""
    records: dict[tuple[str, str], bytes] = {}
    while (batch := engine.take_batch(most=most)) is not None:
        assert not most or max(len(batch.puts) - 1, len(batch.drops), len(batch.appends)) <= most
        for dropped in batch.drops:
            records.pop(dropped, None)
        records |= {(kind, key): value for kind, key, value in batch.puts}
        standby = Engine(SETTINGS, 1)
        for (kind, key), value in records.items():
            standby.put(kind, key, value)
        standby.activate(START_US)
        assert verify(standby.world) == []
    return records


def test_pieces_add_up_to_the_whole() -> None:
    """Seven at a time leave the same records as all at once, and every state between is a legal world."""
    assert kept(busy(), 7) == kept(busy(), 0)
