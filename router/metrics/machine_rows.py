"""The rows of the machinery: loop, store, process, and the metrics themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from router.metrics.process import Process
from router.metrics.rows import Row
from router.metrics.seen import Seen, SiteRow, counter, gauge, histogram, seconds
from router.metrics.sources import LoopFigures
from router.metrics.text import Distribution, Reading


def _of_loop(read: Callable[[LoopFigures], Reading]) -> Callable[[Seen], Reading]:
    return lambda seen: None if seen.sources.loop is None else read(seen.sources.loop)


def _of_process(read: Callable[[Process], Reading]) -> Callable[[Seen], Reading]:
    return lambda seen: None if seen.process is None else read(seen.process)


def _free_to_offer(seen: Seen) -> Reading:
    of = seen.sources.free_to_offer_us
    return None if of is None else seconds(of)


def _batch_records(loop: LoopFigures) -> Distribution:
    of = loop.batch_records
    return Distribution(tuple(of.bounds), of.counts, of.total)


LOOP_ROWS: Final[tuple[SiteRow, ...]] = (
    counter("commands", _of_loop(lambda loop: loop.commands), "Commands applied."),
    counter("effects", _of_loop(lambda loop: loop.effects), "Messages told."),
    counter("busy_contacts", _of_loop(lambda loop: loop.refused_busy), "New contacts that the loop answered busy."),
    counter("steps", _of_loop(lambda loop: loop.steps), "Steps of the loop."),
    counter("full_steps", _of_loop(lambda loop: loop.full_steps), "Steps held back because the open batch was full."),
    histogram("step_seconds", _of_loop(lambda loop: seconds(loop.step_us)), "How long a step kept the loop."),
    histogram(
        "lag_seconds", _of_loop(lambda loop: seconds(loop.lag_us)), "How late the loop came to what it had planned."
    ),
    gauge(
        "longest_stall_seconds",
        lambda seen: None if seen.sources.loop is None else seen.own.stall_s,
        "The longest lag of the last minute, or since the last scrape where that is longer ago.",
    ),
    histogram(
        "reaction_seconds",
        _of_loop(lambda loop: seconds(loop.reaction_us)),
        "From the read of a batch's first frame to its messages written, once a message; commits included.",
    ),
    histogram(
        "free_to_offer_seconds",
        _free_to_offer,
        "From the read of the frame that freed an agent, or brought a contact, to the offer written.",
    ),
    counter("batches", _of_loop(lambda loop: loop.batches), "Batches kept by the store."),
    counter("records", _of_loop(lambda loop: loop.records), "Puts, drops and appends in them."),
    histogram(
        "batch_records",
        _of_loop(_batch_records),
        "Records in a batch.",
    ),
    histogram(
        "commit_seconds",
        _of_loop(lambda loop: seconds(loop.commit_us)),
        "From handing a batch to the store to its answer.",
    ),
    counter("store_failures", _of_loop(lambda loop: loop.store_failures), "Commits that failed and were sent again."),
    counter(
        "store_gap_failures",
        _of_loop(lambda loop: loop.rewritten),
        "Commits that found batches or records lost: each was answered by writing the whole state anew.",
    ),
    gauge("store_away", _of_loop(lambda loop: int(loop.store_away)), "1 while the store does not answer."),
    counter(
        "early_effects",
        _of_loop(lambda loop: loop.told_early),
        "Messages told before what they rest on was kept, while the store was away.",
    ),
    counter(
        "unlogged_contacts",
        _of_loop(lambda loop: loop.contact_lines_left_out),
        "Ended contacts that were not logged, to keep to the limit of lines a second.",
    ),
    counter("traced_contacts", _of_loop(lambda loop: loop.traced), "Visits written down as traces."),
    counter("untraced_contacts", _of_loop(lambda loop: loop.traces_lost), "Visits that could not be written down."),
)

PROCESS_ROWS: Final[tuple[SiteRow, ...]] = (
    Row("process_cpu_seconds_total", "counter", "User and system time.", _of_process(lambda process: process.cpu_s)),
    Row("process_virtual_memory_bytes", "gauge", "Virtual memory.", _of_process(lambda process: process.virtual_bytes)),
    Row(
        "process_resident_memory_bytes",
        "gauge",
        "Resident memory.",
        _of_process(lambda process: process.resident_bytes),
    ),
    Row(
        "process_start_time_seconds",
        "gauge",
        "Start of the process, Unix time.",
        _of_process(lambda process: process.start_utc_s),
    ),
    Row("process_open_fds", "gauge", "Open file descriptors.", lambda seen: seen.census.open_descriptors),
    Row("process_max_fds", "gauge", "The most of them.", _of_process(lambda process: process.descriptors_max)),
)

OWN_ROWS: Final[tuple[SiteRow, ...]] = (
    gauge("metrics_series", lambda seen: seen.own.series, "Series in this text up to here."),
    gauge(
        "metrics_left_out_series", lambda seen: seen.own.series_left_out, "Series that a limit kept out of this text."
    ),
    gauge("metrics_made_seconds", lambda seen: seen.own.made_s, "How long the text before this one took to make."),
    gauge("metrics_slice_seconds", lambda seen: seen.own.slice_s, "The longest that making it kept the loop at once."),
)
"""Read last: they speak of the rows before."""

MACHINE_ROWS: Final[tuple[SiteRow, ...]] = LOOP_ROWS + PROCESS_ROWS + OWN_ROWS
