"""Each of Redis's refusals has a meaning, whichever way it reaches us."""

from __future__ import annotations

import pytest
from redis import exceptions as they

from router.store.base import StoreAway, StoreError, StoreFenced, StoreGap, StoreUnusable
from router.store.redis.errors import AWAY, at_start, error_of
from router.store.redis.wire import line_of

LINES = {
    "OOM command not allowed when used memory > 'maxmemory'.": "store_full",
    "READONLY You can't write against a read only replica.": "store_read_only",
    "NOREPLICAS Not enough good replicas to write.": "store_no_replicas",
    "MISCONF Redis is configured to save RDB snapshots, but it's unable to.": "store_not_writable",
    "LOADING Redis is loading the dataset in memory": "store_loading",
    "NOSCRIPT No matching script. Please use EVAL.": "store_no_script",
    "NOAUTH Authentication required.": "store_denied",
    "WRONGPASS invalid username-password pair or user is disabled.": "store_denied",
    "NOPERM this user has no permissions to run the 'evalsha' command": "store_denied",
    "WRONGTYPE switchboard:{main}:1:contact": "wrong_type",
    "MOVED 3999 127.0.0.1:6381": "store_moved",
    "ASK 3999 127.0.0.1:6381": "store_moving",
    "TRYAGAIN Multiple keys request during rehashing of slot": "store_moving",
    "CLUSTERDOWN The cluster is down": "store_cluster_down",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.": "store_no_primary",
    "BUSY Redis is busy running a script.": "store_busy",
    "ERR something of a later Redis": "store_refused",
}


@pytest.mark.parametrize(("line", "code"), LINES.items())
def test_a_refusal_is_a_pause_with_a_code(line: str, code: str) -> None:
    """The same batch is to be sent again; people are told what to do and where."""
    error = error_of(line, "Redis at h:1")
    assert type(error) is StoreAway
    assert error.code == code
    assert error.what.startswith("Redis at h:1: ")
    assert error.remedy


def test_ends_are_no_pauses() -> None:
    """A later epoch, a lost tail and a torn store end the engine."""
    fenced, gap = error_of("FENCED 9", "here"), error_of("GAP 9 4", "here")
    torn = error_of("TORN switchboard:{main}:1:contact has 0 records and should have 3", "here")
    assert (type(fenced), fenced.code) == (StoreFenced, "fenced")
    assert "epoch 9" in fenced.what
    assert (type(gap), gap.code) == (StoreGap, "gap")
    assert "batch 4 of epoch 9" in gap.what
    assert (type(torn), torn.code) == (StoreGap, "torn_store")
    assert "contact has 0 records" in torn.what


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (they.OutOfMemoryError("command not allowed when used memory > 'maxmemory'."), "store_full"),
        (they.ReadOnlyError("You can't write against a read only replica."), "store_read_only"),
        (they.NoScriptError("No matching script."), "store_no_script"),
        (they.BusyLoadingError("Redis is loading the dataset in memory"), "store_loading"),
        (they.AuthenticationError("invalid username-password pair or user is disabled."), "store_denied"),
        (they.AuthenticationError("Authentication required."), "store_denied"),
        (they.NoPermissionError("this user has no permissions"), "store_denied"),
        (they.MasterDownError("Link with MASTER is down"), "store_no_primary"),
        (they.ClusterDownError("The cluster is down"), "store_cluster_down"),
        (they.MovedError("3999 127.0.0.1:6381"), "store_moved"),
        (they.AskError("3999 127.0.0.1:6381"), "store_moving"),
        (they.TryAgainError("Multiple keys"), "store_moving"),
        (they.TimeoutError("Timeout reading from socket"), "store_late"),
        (they.ConnectionError("Connection closed by server."), "store_cut"),
        (ConnectionResetError("reset"), "store_cut"),
        (TimeoutError("timed out"), "store_late"),
        (they.ResponseError("MISCONF Redis is configured"), "store_not_writable"),
        (they.ResponseError("ERR unknown command"), "store_refused"),
    ],
)
def test_what_the_library_makes_of_it_means_the_same(error: Exception, code: str) -> None:
    """redis-py turns some first words into classes; their code is that of the word."""
    assert error_of(line_of(error), "here").code == code


def test_at_a_start_everything_is_unusable() -> None:
    """Before anything runs there is nothing that could wait; the code stays."""
    away = error_of("OOM", "here")
    unusable = at_start(away)
    assert isinstance(unusable, StoreUnusable)
    assert unusable.code == away.code
    assert at_start(unusable) is unusable
    assert issubclass(StoreUnusable, StoreError)


def test_every_meaning_has_a_remedy() -> None:
    """No code stands without what to do."""
    assert all(meaning.code and meaning.what and meaning.remedy for meaning in AWAY.values())
