"""What Redis's refusals mean: each to one of the store's own errors, with a code and what to do.

It must not know connections or scripts. The one idea: the first word of an error says what is the matter,
whichever command it answers; a word that we don't know is a pause too, with Redis's own text.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from router.store.base import StoreAway, StoreError, StoreFenced, StoreGap, StoreHeld, StoreUnusable


class Meaning(NamedTuple):
    """An error of Redis in our terms."""

    code: str
    what: str
    remedy: str


AWAY: Final[dict[str, Meaning]] = {
    "OOM": Meaning(
        "store_full",
        "Redis is at its maxmemory",
        "raise maxmemory, or move other data away; keep maxmemory-policy at noeviction",
    ),
    "READONLY": Meaning(
        "store_read_only",
        "this Redis is a replica",
        "name the primary in the store's URL, or use redis+sentinel:// or redis+cluster:// to have it found",
    ),
    "NOREPLICAS": Meaning(
        "store_no_replicas",
        "Redis has fewer replicas than min-replicas-to-write",
        "bring a replica back",
    ),
    "MISCONF": Meaning(
        "store_not_writable",
        "Redis can't write to its disk",
        "make room on its disk, or look after it: Redis's log says what failed",
    ),
    "LOADING": Meaning("store_loading", "Redis is loading its data", "wait"),
    "BUSY": Meaning("store_busy", "Redis is running somebody's script", "end it with SCRIPT KILL"),
    "MASTERDOWN": Meaning("store_no_primary", "this replica has lost its primary", "bring the primary back"),
    "NOAUTH": Meaning("store_denied", "Redis wants a password", "put it into the store's URL"),
    "WRONGPASS": Meaning("store_denied", "Redis knows no such user or password", "correct the store's URL"),
    "NOPERM": Meaning(
        "store_denied",
        "the user may not do what a store does",
        "give it `~switchboard:* +@all -@dangerous` and +info, +wait (ACL SETUSER)",
    ),
    "WRONGTYPE": Meaning(
        "wrong_type",
        "a key of the store is of another type",
        "find out who wrote it; RENAME it away and put back a copy of the store",
    ),
    "NOSCRIPT": Meaning("store_no_script", "Redis forgets scripts as fast as they come", "who calls SCRIPT FLUSH?"),
    "MOVED": Meaning("store_moved", "this Redis is one node of a cluster", "use redis+cluster:// in the store's URL"),
    "ASK": Meaning("store_moving", "the site's slot is on its way to another node", "wait, or finish the move"),
    "TRYAGAIN": Meaning("store_moving", "the site's slot is on its way to another node", "wait, or finish the move"),
    "CLUSTERDOWN": Meaning("store_cluster_down", "the cluster does not serve", "bring its nodes back"),
    "LATE": Meaning("store_late", "no answer in time; whether the batch is kept is open", "look after Redis"),
    "CUT": Meaning("store_cut", "the connection was lost", "look after Redis and the network"),
    "UNREACHABLE": Meaning("store_unreachable", "it can't be reached", "start it, or correct the store's URL"),
}
"""First word of the error -> what it means. The last three are our own words for what no Redis says."""


def error_of(line: str, where: str) -> StoreError:
    """The store's error for an error reply (without its `-`) of the Redis at `where`."""
    word, _, rest = line.partition(" ")
    if word == "FENCED":
        return StoreFenced(
            "fenced",
            f"{where} is in epoch {rest}, which is not ours",
            "the engine with the lower epoch must stop; look for a second one on this store",
        )
    if word == "HELD":
        left_ms, key, name = [*rest.split(" ", 2), "", ""][:3]
        return StoreHeld(
            "held",
            f"{name} leads this site at {where}: {key} is its lease, and runs {left_ms} ms more",
            "stand by until it ends, or hand over; is that daemon not of this site, then two sites have one name, and "
            "one of them needs another `site`",
        )
    if word == "FOREIGN":
        return StoreUnusable(
            "foreign_lease",
            f"{where}: {rest}",
            "no daemon writes that; find out who did, and DEL it while no daemon of this site leads",
        )
    if word == "GAP":
        epoch, _, number = rest.partition(" ")
        return StoreGap(
            "gap",
            f"{where} has batch {number} of epoch {epoch}, and ours is not the next: it has lost some",
            "start the engine again: it goes on from what the store has",
        )
    if word == "TORN":
        return StoreGap(
            "torn_store",
            f"{where}: {rest}",
            "find out who deletes keys (maxmemory-policy must be noeviction); put back a copy of the store",
        )
    if word in AWAY:
        code, what, remedy = AWAY[word]
        return StoreAway(code, f"{where}: {what} ({line[:200]})", remedy)
    return StoreAway("store_refused", f"{where}: {line[:300]}", "see Redis's documentation for this error")


def at_start(error: StoreError) -> StoreUnusable | StoreHeld:
    """The same, where nothing is running yet that could wait."""
    if isinstance(error, StoreUnusable | StoreHeld):
        return error
    return StoreUnusable(error.code, error.what, f"{error.remedy}; nothing in it was changed")
