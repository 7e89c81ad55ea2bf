"""The SDK: everything that a gateway's, desk's or monitor's program needs to speak to an engine.

It stands beside the layers: it imports the wire and the vocabulary and nothing else of the engine, so that
other programs can take it along. `Client` is for asyncio, `router.client.sync.SyncClient` for scripts.

    async with Client(["10.0.0.1:7450", "10.0.0.2:7450"], "pbx-1", key=key, alive=calls) as engine:
        engine.on_no_engine(5.0, fall_back, come_back)
        match await engine.enqueue(contact="call-1", queue="cards"):
            case Queued(): ...           # kept, and will be offered
            case RefusedEntry(): ...     # not let in; its treatment says what to do with it
            case Already(): ...          # done before; its reply is no longer remembered
            case Refused(): ...          # surely not done, and why
            case Unknown(): ...          # nobody can say yet; the next sync settles it
        async for event in engine.events():
            ...

The messages are in `router.wire.catalogue`.
"""

from router.client.client import Client
from router.client.dialer import Connect
from router.client.link import Address, Link, Lost
from router.client.outbox import Outcome, Outgoing
from router.client.outcomes import Refused, Unknown

__all__ = ["Address", "Client", "Connect", "Link", "Lost", "Outcome", "Outgoing", "Refused", "Unknown"]
