"""What a configuration directory says, checked and resolved: one frozen object that can be handed over as
bytes.

The core's part is `settings`; the rest is for the daemon and the ring around it. Durations are integer
microseconds here as in the core, seconds in the files. Defaults stand in these structs and nowhere else: the
rows of the catalogue, the documentation and the sample read them from here.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from router.core.settings import Settings
from router.terms import SECOND_US, Role

WhenAway: TypeAlias = Literal["degrade", "strict"]
TraceCustomers: TypeAlias = Literal["digest", "plain", "none"]
Watch: TypeAlias = Literal["off", "pending", "apply"]
LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]
LogFormat: TypeAlias = Literal["auto", "json", "pretty"]


class Listen(Struct, frozen=True, gc=False):
    """The TCP listener for gateways, desks, supervisors and monitors."""

    host: str = "127.0.0.1"
    port: int = 7450
    trust_loopback: bool = False


class People(Struct, frozen=True, gc=False):
    """The unix socket for people: the same messages, one JSON object a line. It trusts its owner."""

    socket: str = ""
    """Absolute after loading; empty in a configuration that was built by hand: no socket."""


class Admin(Struct, frozen=True, gc=False):
    """The HTTP listener for /metrics, /livez and /readyz."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 7451


class Store(Struct, frozen=True, gc=False):
    """Where records are kept."""

    url: str = "sqlite:"
    """`memory:`, `sqlite:PATH` (absolute after loading) or that of a Redis."""
    degrade_after_us: int = 300_000
    """A store that has not answered for this long is away: the engine routes on from memory, and says so."""
    when_away: WhenAway = "degrade"
    """`degrade`: routes on from memory. `strict`: tells nothing that is not kept, and takes no new contact in."""


class Connections(Struct, frozen=True, gc=False):
    """What a connection may cost us before it is refused or cut."""

    connections_max: int = 12_000
    newcomers_max: int = 2_000
    hellos_per_s: float = 500.0
    heartbeat_us: int = 5 * SECOND_US
    auth_most_us: int = 3 * SECOND_US
    frame_most_us: int = 10 * SECOND_US
    unread_bytes_max: int = 1_048_576


class Peer(Struct, frozen=True, gc=False):
    """A client that may connect under this name, and the key that it shares with us."""

    name: str
    tenant: str = "main"
    role: Role = "gateway"
    key: bytes | None = None
    """None only where the loader was told not to read keys: such a peer is not to be let in."""

    def __repr__(self) -> str:
        """As any struct, but a key is never shown: these end up in logs and tracebacks."""
        key = "None" if self.key is None else "<secret>"
        return f"Peer(name={self.name!r}, tenant={self.tenant!r}, role={self.role!r}, key={key})"


class Logs(Struct, frozen=True, gc=False):
    """What is logged, and how it looks."""

    level: LogLevel = "info"
    format: LogFormat = "auto"
    contact_lines_per_s: int = 500


class Daemon(Struct, frozen=True, gc=False):
    """The process itself."""

    state_directory: str = ""
    """Absolute after loading."""
    drain_most_us: int = 20 * SECOND_US
    gap_max_us: int = 3_600 * SECOND_US
    stall_alarm_us: int = SECOND_US // 10
    verify_every_us: int = 0


class Reload(Struct, frozen=True, gc=False):
    """How another version of the configuration comes into force while the daemon runs."""

    watch: Watch = "pending"
    """`off`: the directory is read when somebody asks. `pending`: a change is checked, logged and shown. `apply`: and
    applied by itself, unless somebody who waits would be hurt by it."""
    look_us: int = 2 * SECOND_US
    versions_most: int = 20


class Lease(Struct, frozen=True, gc=False):
    """Which of several daemons of one site leads."""

    name: str = ""
    """This daemon's, the same after each start; empty: its machine and state directory."""
    ttl_us: int = 3 * SECOND_US


class Record(Struct, frozen=True, gc=False):
    """How much of what is over is kept in the store's streams, and whether the traffic is written down as traces."""

    history_records_max: int = 500_000
    audit_records_max: int = 100_000
    traces: bool = False
    traces_directory: str = "traces"
    traces_time_zone: str = "UTC"
    traces_customers: TraceCustomers = "digest"
    traces_days_max: int = 35
    traces_bytes_max: int = 4 * 1024**3
    traces_file_bytes_max: int = 256 * 1024**2


class Webhook(Struct, frozen=True, gc=False):
    """An address that is told of plans and rules, and the key with which notices for it are signed."""

    name: str
    url: str
    tenant: str = "main"
    timeout_us: int = 10 * SECOND_US
    key: bytes | None = None
    """None only where the loader was told not to read keys."""

    def __repr__(self) -> str:
        """The key is never shown, nor what the address may hold of one."""
        return f"Webhook(name={self.name!r}, tenant={self.tenant!r})"


class Configuration(Struct, frozen=True):
    """One version of a whole configuration directory."""

    settings: Settings = Settings()
    listen: Listen = Listen()
    people: People = People()
    admin: Admin = Admin()
    store: Store = Store()
    connections: Connections = Connections()
    peers: tuple[Peer, ...] = ()
    """Sorted by tenant and name."""
    logs: Logs = Logs()
    daemon: Daemon = Daemon()
    record: Record = Record()
    reload: Reload = Reload()
    lease: Lease = Lease()
    webhooks: tuple[Webhook, ...] = ()
    """Sorted by tenant and name."""


def numbered(configuration: Configuration, version: int) -> Configuration:
    """The same under another number."""
    return replace(configuration, settings=replace(configuration.settings, version=version))
