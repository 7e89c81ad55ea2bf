"""Redis in its forms, each with what can be done to it. Processes of our own, their append-only files on."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import redis

from tests.system.redis_server import PATIENCE_S, RedisServer, needed

SITE = "main"


class Servers(Protocol):
    """A site's store."""

    url: str
    """Of the store, as the daemons are given it. With `{port}` where a proxy may stand between."""
    proxied: int
    """The port that a proxy may stand before; 0: none may."""

    def start(self) -> None:
        """Start everything, and wait until it serves."""

    def primary(self) -> RedisServer:
        """Who has the site now."""

    def stop(self) -> None:
        """End everything."""


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something, for as long as anything may take."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            if true():
                return
        except redis.RedisError:
            pass
        assert time.monotonic() < end, what
        time.sleep(0.05)


class Single:
    """One server."""

    def __init__(self, folder: Path) -> None:
        self._server = RedisServer(folder / "redis")
        self.url = "redis://127.0.0.1:{port}"
        self.proxied = self._server.port

    def start(self) -> None:
        """See `Servers`."""
        self._server.start()

    def primary(self) -> RedisServer:
        """See `Servers`."""
        return self._server

    def stop(self) -> None:
        """See `Servers`."""
        self._server.kill()


class Sentinel:
    """A primary, two replicas and three Sentinels; every batch waits for all of them. For one would not do: a primary
    that comes back just after another was promoted still has a replica for a moment, and what both confirm is lost."""

    proxied = 0

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers = [
            RedisServer(folder / f"redis{number}", "--repl-diskless-sync-delay", "0") for number in range(3)
        ]
        self._sentinels = [RedisServer(folder / f"sentinel{number}", program="redis-sentinel") for number in range(3)]
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self._sentinels)
        self.url = f"redis+sentinel://{hosts}/site?wait_replicas=all"

    def start(self) -> None:
        """See `Servers`."""
        first, *others = self._servers
        first.start()
        for other in others:
            other.options = (*other.options, "--replicaof", "127.0.0.1", str(first.port))
            other.start()
        for sentinel in self._sentinels:
            config = sentinel.folder / "sentinel.conf"
            config.write_text(
                f"port {sentinel.port}\nbind 127.0.0.1\ndir {sentinel.folder}\n"
                f"sentinel monitor site 127.0.0.1 {first.port} 2\n"
                "sentinel down-after-milliseconds site 1000\nsentinel failover-timeout site 4000\n"
            )
            with (sentinel.folder / "log").open("ab") as log:
                sentinel.process = subprocess.Popen([sentinel.program, str(config)], stdout=log, stderr=log)
        until(lambda: str(first.call("INFO", "replication")).count("online") == 2, "no two replicas")
        for sentinel in self._sentinels:
            until(lambda sentinel=sentinel: len(sentinel.call("SENTINEL", "REPLICAS", "site")) == 2, "unknown replicas")  # type: ignore[misc]

    def primary(self) -> RedisServer:
        """See `Servers`."""
        for sentinel in self._sentinels:
            try:
                _, port = sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "site")
            except redis.RedisError:
                continue
            for server in self._servers:
                if server.port == int(port):
                    return server
        return self._servers[0]

    def stop(self) -> None:
        """See `Servers`."""
        for server in (*self._sentinels, *self._servers):
            server.kill()


class Cluster:
    """Three nodes, each with a third of the slots: a site is on one of them."""

    proxied = 0

    def __init__(self, folder: Path) -> None:
        self._nodes = [
            RedisServer(
                folder / f"node{number}",
                *("--cluster-enabled", "yes", "--cluster-config-file", "nodes", "--cluster-node-timeout", "2000"),
            )
            for number in range(3)
        ]
        self.url = "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self._nodes)

    def start(self) -> None:
        """See `Servers`."""
        for node in self._nodes:
            node.start()
        addresses = [f"127.0.0.1:{node.port}" for node in self._nodes]
        subprocess.run(
            [needed("redis-cli"), "--cluster", "create", *addresses, "--cluster-replicas", "0", "--cluster-yes"],
            check=True,
            capture_output=True,
            timeout=PATIENCE_S,
        )
        until(lambda: all(b"cluster_state:ok" in node.call("CLUSTER", "INFO") for node in self._nodes), "no cluster")

    def primary(self) -> RedisServer:
        """See `Servers`."""
        for node in self._nodes:
            try:
                node.call("EXISTS", f"switchboard:{{{SITE}}}:meta")
            except redis.RedisError:
                continue
            return node
        return self._nodes[0]

    def stop(self) -> None:
        """See `Servers`."""
        for node in self._nodes:
            node.kill()


KINDS: dict[str, type[Single | Sentinel | Cluster]] = {"single": Single, "sentinel": Sentinel, "cluster": Cluster}


def woken(server: RedisServer) -> None:
    """Let a stopped server go on, or start one that was killed."""
    if server.process is None or server.process.poll() is not None:
        server.start()
    else:
        server.signal(signal.SIGCONT)
