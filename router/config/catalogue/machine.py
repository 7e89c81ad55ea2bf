"""The rows of `switchboard.toml`: listeners, store, clients and their keys, limits, logs, the process itself.

What concerns the centre and its people is in `centre.py`. A row says what a setting means; what is
done with it is written where it is used.
"""

from __future__ import annotations

import re

from router.config import model
from router.config.catalogue.record import RECORD
from router.config.catalogue.reload import RELOAD
from router.config.kinds.fields import Checked, Choice, Flag, Name, Number, Seconds, Text, Whole, Wrong
from router.config.rows import File, Row, Section, words_of
from router.core import settings as core

DAY_S = 86_400
KEY_CHARACTERS_LEAST = 16
"""Shorter keys can be found by trying."""

REDIS = re.compile(r"\A(redis|rediss|redis\+unix|rediss?\+sentinel|rediss?\+cluster)://")
"""How a Redis URL begins. The store reads the rest of it at the start."""


def _store_url(url: str) -> Wrong | None:
    if url == "memory:" or url.startswith("sqlite:") or REDIS.match(url):
        return None
    # The rest may hold a password.
    return Wrong(
        f'begins with "{url.partition(":")[0]}", a store that this release does not know',
        'use "sqlite:PATH", "redis://HOST" or "memory:"',
    )


def _host(host: str) -> Wrong | None:
    if host and not any(letter.isspace() or letter in '/"[]' for letter in host):
        return None
    return Wrong(f'is "{host}", no address', 'use an address or host name, "127.0.0.1" or "0.0.0.0"')


_HOST = Checked("address", _host, 255)
_PORT = Whole(0, 65_535)

LISTEN = Section(
    "listen",
    "The TCP listener for gateways, desks, supervisors and monitors.",
    (
        Row("host", _HOST, "Address to listen on.", hot=False),
        Row("port", _PORT, "Port to listen on; 0 takes a free one and logs it.", hot=False, unit="port"),
        Row(
            "trust_loopback",
            Flag(),
            "Let clients in without a key. Only where `host` is a loopback address: whoever has a login "
            "on the "
            "machine may then play any gateway or desk.",
            hot=False,
        ),
    ),
    struct=model.Listen,
)

PEOPLE = Section(
    "people",
    "The unix socket for people and scripts: one JSON object a line, for its owner only (mode 0600).",
    (
        Row(
            "socket",
            Text(100),
            "Path of the socket. Empty: `switchboard.sock` in systemd's runtime directory, else in "
            "`state_directory`. A relative path is taken from `state_directory`.",
            hot=False,
        ),
    ),
    struct=model.People,
)

ADMIN = Section(
    "admin",
    "The HTTP listener for `/metrics`, `/livez` and `/readyz`.",
    (
        Row("enabled", Flag(), "Listen at all.", hot=False),
        Row(
            "host",
            _HOST,
            "Address to listen on. What it shows is not secret, and not for strangers.",
            hot=False,
        ),
        Row("port", _PORT, "Port to listen on; 0 takes a free one and logs it.", hot=False, unit="port"),
    ),
    struct=model.Admin,
)

STORE = Section(
    "store",
    "Where contacts and agents are kept, so that a restart forgets nobody.",
    (
        Row(
            "url",
            Checked("store", _store_url, 1_024),
            "`sqlite:PATH`, a file of its own (no path: `switchboard.sqlite` in `state_directory`, from where "
            "relative paths count); `redis://HOST`, also `rediss://`, `redis+unix://`, `redis+sentinel://` and "
            "`redis+cluster://` (see durability.md); or `memory:`, which forgets everything at a stop.",
            hot=False,
        ),
        Row(
            "degrade_after_s",
            Seconds(0.05, DAY_S),
            "A store that has not answered for this long is away: the engine routes on from memory, and says so. "
            "What is acknowledged meanwhile survives the store's absence, not the daemon's death.",
            hot=False,
        ),
        Row(
            "when_away",
            Choice(words_of(model.Store, "when_away")),
            "What happens then: `degrade` as above; `strict` tells nothing that is not kept and answers new contacts "
            "`busy` until the store is back. A store with `wait_replicas` is always strict.",
            hot=False,
        ),
    ),
    struct=model.Store,
)

CONNECTIONS = Section(
    "connections",
    "What a connection may cost before it is refused or cut. Others never feel it.",
    (
        Row(
            "connections_max",
            Whole(1, 60_000),
            "Open connections; above it new ones are refused. Keeps descriptors free for the store.",
            unit="connections",
            hot=False,
        ),
        Row(
            "newcomers_max",
            Whole(1, 60_000),
            "Connections that have not been let in yet; above it the oldest of them is closed.",
            unit="connections",
            hot=False,
        ),
        Row(
            "hellos_per_s",
            Number(1, 100_000),
            "Clients let in each second. The list of all that is alive, which follows, is the dear part of a "
            "reconnect: when a thousand come at once, the others wait.",
            unit="clients",
            hot=False,
        ),
        Row(
            "heartbeat_s",
            Seconds(0.1, 60),
            "A client that has nothing to say sends a ping this often; one silent for two of these is cut.",
            hot=False,
        ),
        Row("auth_most_s", Seconds(0.1, 60), "Time from connecting to being let in.", hot=False),
        Row("frame_most_s", Seconds(0.1, 600), "Time from a frame's first byte to its last.", hot=False),
        Row(
            "unread_bytes_max",
            Whole(65_536, 1_073_741_824),
            "What may wait to be sent to a client that does not read; above it the client is cut.",
            unit="bytes",
            hot=False,
        ),
    ),
    struct=model.Connections,
)

LIMITS = Section(
    "limits",
    "Limits of the engine. Each bounds memory or the time of one step.",
    (
        Row(
            "contacts_max",
            Whole(1, 10_000_000),
            "Live contacts, about 1 KiB each; above it new ones are answered `busy`.",
            unit="contacts",
        ),
        Row(
            "lines_per_queue_max",
            Whole(1, 1_024),
            "Different needs waiting in one queue; above it `too_many_needs`. Bounds what an agent who "
            "comes free "
            "compares.",
            unit="lines",
        ),
        Row(
            "queues_per_contact_max",
            Whole(1, 16),
            "Queues that one contact may wait in at a time; above it `too_many_queues`.",
            unit="queues",
        ),
        Row("target_classes_max", Whole(1, 16), "Different service-level targets in all.", unit="classes"),
        Row("routes_max", Whole(1, 20_000), "Rows of the routes, and segments.", unit="rows"),
        Row(
            "steered_max",
            Whole(0, 1_000_000),
            "Customers remembered who took an advice to change the channel.",
            unit="customers",
        ),
        Row("notices_max", Whole(1, 100_000), "Notices for webhooks that wait to be delivered.", unit="notices"),
        Row(
            "data_bytes_max",
            Whole(0, 32_768),
            "Keys and values of one contact's data together.",
            unit="bytes",
        ),
        Row(
            "ended_kept_s",
            Seconds(1, DAY_S),
            "How long an ended contact's id is remembered: longer than any client goes on retrying.",
        ),
        Row(
            "ended_max",
            Whole(1_000, 10_000_000),
            "Ended ids remembered at most, oldest out first: bounds memory in a flood.",
            unit="ids",
        ),
        Row(
            "tokens_max",
            Whole(0, 10_000_000),
            "Places with a token at a time, call-backs not counted: bounds memory. Above it a contact gets none.",
            unit="tokens",
        ),
        Row(
            "solved_max",
            Whole(0, 10_000_000),
            "Solved tickets remembered at most, for reopening, oldest out first: bounds memory.",
            unit="tickets",
        ),
        Row("complete_kept_s", Seconds(0, DAY_S), "How long after wrap-up `complete` may still add codes."),
        Row(
            "gateway_grace_s",
            Seconds(0, DAY_S),
            "How long a lost gateway's agents and contacts are kept for its return.",
        ),
        Row(
            "confirm_s",
            Seconds(1, 3_600),
            "How long a gateway may take to confirm that a contact still talks, before it is ended.",
        ),
        Row(
            "fault_pause_s",
            Seconds(0.1, DAY_S),
            "How long a contact is kept from an agent whose device failed or who was busy elsewhere, also where "
            "there is no other agent.",
        ),
        Row(
            "legs_max",
            Whole(2, 1_000),
            "Past legs kept of one contact in its record: beyond it the oldest that never talked is dropped.",
            unit="legs",
        ),
        Row(
            "suspend_after_failures",
            Whole(1, 1_000),
            "Offers failed in a row, over more than one agent of a gateway, that suspend the gateway.",
            unit="offers",
        ),
        Row("suspend_s", Seconds(0, 3_600), "How long a gateway is suspended."),
        Row(
            "deadlines_a_step",
            Whole(1, 100_000),
            "Deadlines fired before one command. Bounds a step.",
            unit="deadlines",
        ),
        Row("retry_s", Seconds(0.001, 60), "After what time a client that was told `busy` tries again."),
        Row(
            "outcomes_kept",
            Whole(1, 65_536),
            "Replies remembered for each client, for numbers that come again.",
            unit="replies",
        ),
    ),
    struct=core.Limits,
)

PEERS = Section(
    "peers",
    "Clients that may connect, each with a key shared with it. The key is given in one of three ways: "
    "best in a "
    "file that only the daemon's user can read.",
    (
        Row("name", Name(), "The name it says in hello, where that is not the table's name."),
        Row("tenant", Name(), "The tenant whose queues and agents it sees."),
        Row("role", Choice(words_of(model.Peer, "role")), "What it may do."),
        Row(
            "key_file",
            Text(1_024),
            "File with the key: one word, or lines of `name key` for several clients. Relative to this "
            "directory; "
            "`$CREDENTIALS_DIRECTORY/` at its head is where systemd puts credentials.",
        ),
        Row("key_env", Name(), "Environment variable with the key."),
        Row(
            "key",
            Text(1_024),
            f"The key itself, {KEY_CHARACTERS_LEAST} characters at least. Told with a warning: everybody "
            "who can read this file has it.",
        ),
    ),
    struct=model.Peer,
    many=True,
)

LOGS = Section(
    "logs",
    "What is logged to standard error.",
    (
        Row("level", Choice(words_of(model.Logs, "level")), "From this level on."),
        Row(
            "format",
            Choice(words_of(model.Logs, "format")),
            "One JSON object a line, or for eyes; `auto`: for eyes on a terminal.",
        ),
        Row(
            "contact_lines_per_s",
            Whole(0, 100_000),
            "Lines for ended contacts a second; the rest is counted. A line costs about as much as routing does.",
            unit="lines",
        ),
    ),
    struct=model.Logs,
)

DAEMON = Section(
    "daemon",
    "The process itself.",
    (
        Row(
            "state_directory",
            Text(1_024),
            "Where it keeps its files. Empty: systemd's state directory, else `switchboard` under "
            "`$XDG_STATE_HOME` or `~/.local/state`. A relative path is taken from this directory.",
            hot=False,
        ),
        Row(
            "drain_most_s",
            Seconds(0, 600),
            "After SIGTERM: how long it waits for what is under way. Less than systemd's TimeoutStopSec.",
        ),
        Row(
            "gap_max_s",
            Seconds(1, 366 * DAY_S),
            "An alarm is raised where more than this lies between the last commit and a start: the clock may be wrong.",
            hot=False,
        ),
        Row("stall_alarm_s", Seconds(0.001, 60), "A step of the loop longer than this is logged and counted."),
        Row(
            "verify_every_s",
            Seconds(0, 3_600),
            "How often all invariants are checked, in slices, while it runs; 0: never. Violations are a metric.",
        ),
    ),
    struct=model.Daemon,
)

LEASE = Section(
    "lease",
    "Two daemons of one site on one Redis: one leads, the other stands by and takes over when the leader's lease ends.",
    (
        Row("name", Text(200), "This daemon's name among them; empty: its machine and state directory.", hot=False),
        Row(
            "ttl_s",
            Seconds(0.5, 60),
            "How long the leader may be silent before the other one takes over. It renews three times as often.",
            hot=False,
        ),
    ),
    struct=model.Lease,
)

SWITCHBOARD = File(
    "switchboard.toml",
    "The machine's side: listeners, store, clients, limits. Every setting may be left out.",
    (Row("site", Name(), "The site's name: part of every key in the store.", hot=False),),
    (DAEMON, LISTEN, PEOPLE, ADMIN, STORE, PEERS, CONNECTIONS, LIMITS, LOGS, RECORD, RELOAD, LEASE),
    core.Settings,
)
