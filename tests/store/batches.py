"""Batches for the tests of stores, a model of what they leave behind, and a child process that writes them.

`python -m tests.store.batches PATH [BYTES]` opens the SQLite store at PATH, begins an epoch and commits the
batches of `batch_of` one after the other, one line `kept NUMBER` each. With BYTES no file may grow over that
size while commits go well; at the first that does not the limit is lifted and the same batch is sent again.
"""

from __future__ import annotations

import random
import resource
import signal
import sys
from pathlib import Path

from router.core.batch import Batch
from router.store.base import Store, StoreAway
from router.store.sqlite import SqliteStore

Records = dict[tuple[str, str], bytes]


def batch_of(epoch: int, number: int) -> Batch:
    """The batch of that number, always the same: some puts over few keys, some drops, an entry for a
    stream."""
    rng = random.Random(number)
    keys = [(rng.choice(("contact", "agent")), f"main/gw1/{rng.randrange(40)}") for _ in range(20)]
    chosen = list(dict.fromkeys(keys))
    puts = [(kind, key, rng.randbytes(rng.randrange(1, 400))) for kind, key in chosen[:8]]
    return Batch(number, epoch, puts, chosen[8:], [("history", b"%d" % number)])


def carry_out(batch: Batch, records: Records) -> None:
    """What a batch does to the model of a store."""
    for kind_key in batch.drops:
        records.pop(kind_key, None)
    for kind, key, record in batch.puts:
        records[kind, key] = record


def after(epoch: int, number: int) -> Records:
    """What the batches up to `number` leave behind."""
    records: Records = {}
    for each in range(1, number + 1):
        carry_out(batch_of(epoch, each), records)
    return records


def loaded(store: Store) -> Records:
    """All records of a store."""
    return {(kind, key): record for kind, key, record in store.load()}


def main(path: Path, bytes_most: int) -> None:
    """Write until killed, or until a commit that failed has been kept after all."""
    store = SqliteStore(path, "main")
    epoch = store.begin_epoch()
    if bytes_most:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_most, resource.RLIM_INFINITY))
    number = 1
    while True:
        try:
            store.commit(batch_of(epoch, number))
        except StoreAway as error:
            print("away", error.code, flush=True)
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            store.commit(batch_of(epoch, number))
            print("kept", number, flush=True)
            store.close()
            return
        print("kept", number, flush=True)
        number += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
