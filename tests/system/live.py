"""The real server, loop and engine in a process of its own, with a small centre of two tenants and a store
that forgets.

    python -m tests.system.live DIR

It listens on a free port of 127.0.0.1 (names with a key must prove it, others are let in) and at DIR/people,
says so in one line of JSON, and on SIGUSR1 writes DIR/counts.json: protocol errors, refusals and ends by reason.
"""

import argparse
import asyncio
import json
import resource
import signal
from pathlib import Path

from router.core.engine import Engine
from router.core.needs.want import skills
from router.core.settings import Agent, Queue, Settings
from router.loop.clock import START_US, Clock
from router.loop.loop import Loop
from router.server.hub import Hub
from router.server.limits import Door
from router.server.listener import listen_tcp
from router.server.people import listen_unix
from router.store.memory import MemoryStore
from router.wire.catalogue import Limits
from router.wire.frames import FRAME_BYTES_MAX
from router.wire.session import EngineFacts

SETTINGS = Settings(
    queues=(
        Queue("cards", needs=skills(cards=1)),
        Queue("shoes", tenant="shop", needs=skills(shoes=1)),
    ),
    agents=(
        Agent("anna", skills=(("cards", 5),)),
        Agent("carla", skills=(("cards", 5),)),
        Agent("boris", tenant="shop", skills=(("shoes", 5),)),
    ),
)
KEYS = {"main/locked": b"k" * 32}


def facts(epoch: int, store: MemoryStore) -> EngineFacts:
    limits = Limits(
        frame_bytes_max=FRAME_BYTES_MAX,
        data_bytes_max=SETTINGS.limits.data_bytes_max,
        frame_most_s=10,
        sync_entries_max=256,
        unread_bytes_max=1 << 20,
    )
    return EngineFacts(epoch=epoch, durability=store.durability, limits=limits)


async def serve(folder: Path) -> int:
    running = asyncio.get_running_loop()
    store = MemoryStore()
    engine = Engine(SETTINGS, store.begin_epoch())
    engine.activate(START_US)
    ended: asyncio.Future[int] = running.create_future()

    def failed(error: Exception) -> None:
        print(f"the engine failed: {error!r} from {error.__cause__!r}", flush=True)
        ended.set_result(1)

    def wake() -> None:
        loop.wake()

    hub = Hub(facts(store.epoch, store), wake, keys=KEYS)
    loop = Loop(engine, store, hub, Clock(START_US), failed)
    loop.start()
    hub.start(running)
    tcp = await listen_tcp(hub, Door(), "127.0.0.1", 0)
    people = await listen_unix(hub, folder / "people")

    def write_counts() -> None:
        counts = {
            "errors": hub.errors + hub.refused,
            "closed": hub.closed,
            "connections": len(hub.connections),
            "inboxes_bytes": hub.inboxes_bytes,
        }
        new = folder / "counts.new"
        new.write_text(json.dumps(counts), encoding="utf-8")
        new.replace(folder / "counts.json")

    running.add_signal_handler(signal.SIGUSR1, write_counts)
    running.add_signal_handler(signal.SIGTERM, ended.set_result, 0)
    print(json.dumps({"port": tcp.port, "people": people.address}), flush=True)
    return await ended


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
    try:
        import uvloop
    except ImportError:
        return asyncio.run(serve(folder))
    return uvloop.run(serve(folder))


if __name__ == "__main__":
    raise SystemExit(main())
