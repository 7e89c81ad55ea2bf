"""The rows that there are once: people, clients, and the engine itself. Those of routes are in `routed_rows`, those of
the machinery under them in `machine_rows`."""

from __future__ import annotations

from collections.abc import Callable
from platform import python_version
from typing import Final

from router.core.ruling.ruling import is_paused
from router.metrics.layer_rows import LAYER_ROWS
from router.metrics.machine_rows import MACHINE_ROWS
from router.metrics.partner_rows import PARTNER_ROWS
from router.metrics.routed_rows import ROUTED_ROWS
from router.metrics.rows import Row
from router.metrics.seen import Seen, SiteRow, by_one, counter, gauge
from router.metrics.sources import Hub
from router.metrics.text import Number, Reading
from router.rules import STATES


def _of_hub(read: Callable[[Hub], Reading]) -> Callable[[Seen], Reading]:
    return lambda seen: None if seen.sources.hub is None else read(seen.sources.hub)


def _durability(seen: Seen) -> dict[tuple[str, ...], Number]:
    return {(seen.sources.facts.durability,): 1}


def _rules(seen: Seen) -> dict[tuple[str, ...], Number]:
    found: dict[tuple[str, ...], Number] = {(state,): 0 for state in (*STATES, "paused")}
    world = seen.sources.world
    for state in world.ruling.rules.values():
        found["paused" if is_paused(world, state) else state.life.state,] += 1
    return found


def _build(seen: Seen) -> dict[tuple[str, ...], Number]:
    return {(seen.sources.facts.version, python_version()): 1}


CENTRE_ROWS: Final[tuple[SiteRow, ...]] = (
    Row(
        "switchboard_agents",
        "gauge",
        "Agents by team and what they are doing.",
        lambda seen: seen.census.agents,
        ("tenant", "team", "doing"),
        "teams x 9",
    ),
    gauge(
        "reserved_agents",
        lambda seen: len(seen.sources.world.reservations),
        "Agents kept free for a contact that needs more units than anybody has.",
    ),
    Row(
        "switchboard_agent_reservations_total",
        "counter",
        "Reservations of agents: made, and how they ended.",
        lambda seen: by_one(seen.sources.world.tally.reservations),
        ("how",),
        "6: made, offered, left, ready, agent_left, timed_out",
    ),
    Row(
        "switchboard_withheld_offers_total",
        "counter",
        "Contacts that found somebody able and free, who was not given to them on purpose; and breathers given.",
        lambda seen: by_one(seen.sources.world.tally.withheld),
        ("why",),
        "3: kept_idle, share, breather",
    ),
    Row(
        "switchboard_repaired_states_total",
        "counter",
        "What stuck in a state and was set free: a message was lost, or somebody forgot.",
        lambda seen: by_one(seen.sources.world.tally.repaired),
        ("state",),
        "6: the states that depend on somebody's message",
    ),
    Row(
        "switchboard_rules",
        "gauge",
        "Rules by where they are; pending: the condition holds, and its time has not come.",
        _rules,
        ("state",),
        "5: the states",
    ),
    counter(
        "rule_activations",
        lambda seen: sum(state.activations for state in seen.sources.world.ruling.rules.values()),
        "Starts of rules, those that only observe among them; of the rules that there are now.",
    ),
    gauge("live_contacts", lambda seen: seen.sources.world.live, "Contacts whose visit is not over."),
    counter(
        "accepted_contacts",
        lambda seen: seen.sources.world.tally.accepted,
        "Contacts taken in, those that were live at the start among them: live and closed ones together.",
    ),
    counter("closed_contacts", lambda seen: seen.sources.world.tally.ended, "Contacts that are wholly over."),
    counter(
        "wrong_place_tokens",
        lambda seen: seen.sources.world.tally.wrong_tokens,
        "Place tokens shown that are none, or none any more: many of them is somebody who guesses.",
    ),
    counter(
        "violations",
        lambda seen: seen.sources.world.tally.violations,
        "Invariants found broken. Anything but 0 is a bug.",
    ),
)

CLIENT_ROWS: Final[tuple[SiteRow, ...]] = (
    Row(
        "switchboard_connected_clients",
        "gauge",
        "Clients that the engine listens to, by role.",
        lambda seen: seen.census.clients,
        ("role",),
        "4: the roles",
    ),
    gauge("open_connections", _of_hub(lambda hub: len(hub.connections)), "Connections, those before hello too."),
    gauge("lagging_connections", _of_hub(lambda hub: len(hub.lagging)), "Connections with much that is not read."),
    counter("accepted_connections", _of_hub(lambda hub: hub.accepted), "Connections that came."),
    Row(
        "switchboard_closed_connections_total",
        "counter",
        "Connections that ended, by reason.",
        _of_hub(lambda hub: by_one(hub.closed)),
        ("reason",),
        "codes of the error catalogue, and a few",
    ),
    Row(
        "switchboard_protocol_errors_total",
        "counter",
        "Protocol errors, by reason.",
        _of_hub(lambda hub: by_one(hub.errors)),
        ("reason",),
        "codes of the error catalogue, and a few",
    ),
    counter("undelivered_effects", _of_hub(lambda hub: hub.undelivered), "Messages for clients that were gone."),
    counter(
        "received_bytes",
        lambda seen: None if seen.sources.traffic is None else seen.sources.traffic.bytes_in,
        "Bytes read from clients.",
    ),
    counter(
        "sent_bytes",
        lambda seen: None if seen.sources.traffic is None else seen.sources.traffic.bytes_out,
        "Bytes written to clients.",
    ),
)

ENGINE_ROWS: Final[tuple[SiteRow, ...]] = (
    gauge("leader", lambda seen: int(seen.sources.facts.leader), "1 where this engine leads its site."),
    gauge("epoch", lambda seen: seen.sources.world.epoch, "Epoch of this start: it only ever rises."),
    Row("switchboard_durability_info", "gauge", "What an acknowledgement survives now.", _durability, ("durability",)),
    gauge("config_version", lambda seen: seen.sources.world.settings.version, "Version of the configuration in force."),
    gauge(
        "config_loaded_timestamp_seconds",
        lambda seen: seen.sources.facts.config_loaded_utc_s,
        "When it came into force, Unix time.",
    ),
    gauge(
        "config_pending",
        lambda seen: int(seen.sources.facts.config_pending),
        "1 where the watched directory holds something that is not in force.",
    ),
    Row(
        "switchboard_config_reloads_total",
        "counter",
        "Configurations read while running, by what became of them.",
        lambda seen: by_one(seen.sources.facts.config_reloads),
        ("outcome",),
        "3: applied, refused, failed",
    ),
    Row("switchboard_build_info", "gauge", "The program and its Python.", _build, ("version", "python")),
)

SITE_ROWS: Final[tuple[SiteRow, ...]] = (
    CENTRE_ROWS + ROUTED_ROWS + LAYER_ROWS + PARTNER_ROWS + CLIENT_ROWS + ENGINE_ROWS + MACHINE_ROWS
)
