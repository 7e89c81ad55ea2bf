"""From the tables of `switchboard.toml` to the daemon's own settings, with every path made absolute.

The one idea: whoever gets the result needs neither the directory nor the environment any more.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from router.config import model
from router.config.faults import Findings, Where, doubled
from router.config.keys import KeyRing
from router.config.read import Found
from router.core.settings import Limits

SOCKET_BYTES_MAX = 107
"""What the system takes as the path of a unix socket."""


class Surroundings(NamedTuple):
    """What the files do not say themselves."""

    directory: Path
    """The configuration directory, absolute."""
    environment: Mapping[str, str]
    read_keys: bool = True


class Machine(NamedTuple):
    """What `switchboard.toml` says."""

    site: str
    limits: Limits
    configuration: model.Configuration
    """Without `settings`."""
    peers_at: list[tuple[str, Where]]
    """(tenant, place) of every client."""


def machine(found: Found, around: Surroundings, findings: Findings) -> Machine:
    """The machine's side; every mistake in it is among the findings."""
    daemon: model.Daemon = found.only("daemon").fill(model.Daemon())
    listen: model.Listen = found.only("listen").fill(model.Listen())
    people: model.People = found.only("people").fill(model.People())
    admin: model.Admin = found.only("admin").fill(model.Admin())
    store: model.Store = found.only("store").fill(model.Store())
    connections: model.Connections = found.only("connections").fill(model.Connections())
    limits: Limits = found.only("limits").fill(Limits())
    peers, peers_at = _peers(found, around, findings)
    configuration = resolved(
        model.Configuration(
            listen=listen,
            people=people,
            admin=admin,
            store=store,
            connections=connections,
            peers=peers,
            logs=found.only("logs").fill(model.Logs()),
            daemon=daemon,
            record=found.only("record").fill(model.Record()),
            reload=found.only("reload").fill(model.Reload()),
            lease=found.only("lease").fill(model.Lease()),
        ),
        around,
    )
    _listeners(found, configuration, findings)
    _traces(found, configuration, findings)
    return Machine(found.get("site"), limits, configuration, peers_at)


def resolved(configuration: model.Configuration, around: Surroundings) -> model.Configuration:
    """The configuration with its state directory, socket and store made absolute paths.

    Systemd's directories come first (STATE_DIRECTORY, RUNTIME_DIRECTORY), then those of the user (XDG base
    directory specification 0.8: XDG_STATE_HOME, else ~/.local/state).
    """
    environment = around.environment
    state = _state_directory(configuration.daemon.state_directory, around)
    runtime = environment.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    socket = configuration.people.socket or (f"{runtime}/switchboard.sock" if runtime else "switchboard.sock")
    url = configuration.store.url
    if url.startswith("sqlite:"):
        url = f"sqlite:{state / (url.removeprefix('sqlite:') or 'switchboard.sqlite')}"
    return replace(
        configuration,
        daemon=replace(configuration.daemon, state_directory=str(state)),
        people=replace(configuration.people, socket=str(state / socket)),
        store=replace(configuration.store, url=url),
    )


def _state_directory(given: str, around: Surroundings) -> Path:
    environment = around.environment
    if given:
        return around.directory / given
    if environment.get("STATE_DIRECTORY"):
        return Path(environment["STATE_DIRECTORY"].partition(":")[0])
    home = environment.get("XDG_STATE_HOME") or f"{environment.get('HOME', '')}/.local/state"
    return Path(home) / "switchboard"


def _traces(found: Found, configuration: model.Configuration, findings: Findings) -> None:
    record = configuration.record
    if record.traces and record.traces_file_bytes_max > record.traces_bytes_max:
        findings.warn(
            found.only("record").at("traces_file_bytes_max"),
            f"is more than traces_bytes_max, {record.traces_bytes_max}: the day that is written is never taken away",
            "let a file be smaller than all of them together",
        )


def _listeners(found: Found, configuration: model.Configuration, findings: Findings) -> None:
    listen, admin = configuration.listen, configuration.admin
    table = found.only("listen")
    if listen.trust_loopback and not _is_loopback(listen.host):
        findings.error(
            table.at("trust_loopback"),
            f"clients without keys would be trusted on {listen.host}, which others can reach",
            'set host = "127.0.0.1", or give every client a key',
        )
    if not listen.trust_loopback and not configuration.peers and not found.tables("peers"):
        findings.warn(
            table.where,
            "nobody can connect: no client has a key, and trust_loopback is false",
            "add a table [peers.NAME], or set trust_loopback = true",
        )
    if admin.enabled and listen.port and (listen.host, listen.port) == (admin.host, admin.port):
        findings.error(
            found.only("admin").at("port"),
            f"is {admin.port}, the port of [listen] as well",
            "use another port",
        )
    socket = configuration.people.socket
    if len(socket.encode()) > SOCKET_BYTES_MAX:
        findings.error(
            found.only("people").at("socket"),
            f"{socket} is longer than the {SOCKET_BYTES_MAX} bytes that a unix socket's path may have",
            "choose a shorter path",
        )


def _peers(
    found: Found, around: Surroundings, findings: Findings
) -> tuple[tuple[model.Peer, ...], list[tuple[str, Where]]]:
    ring = KeyRing(around.directory, around.environment, findings)
    peers: dict[tuple[str, str], model.Peer] = {}
    places: dict[tuple[str, str], Where] = {}
    for table in found.tables("peers"):
        name, tenant = table.values.get("name", table.key), table.get("tenant")
        key = ring.key(table, name) if around.read_keys else None
        if (tenant, name) in peers:
            doubled(table.where, f"client {name} of tenant {tenant}", places[tenant, name], findings)
            continue
        places[tenant, name] = table.where
        peers[tenant, name] = model.Peer(name, tenant, table.get("role"), key)
    ordered = tuple(peers[each] for each in sorted(peers))
    return ordered, [(tenant, where / "tenant") for (tenant, _), where in places.items()]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
