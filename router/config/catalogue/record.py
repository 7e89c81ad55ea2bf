"""The settings of `[record]`: what is kept of what is over, in the store's streams and as traces of the traffic."""

from __future__ import annotations

from router.config import model
from router.config.kinds.fields import Checked, Choice, Flag, Text, Whole
from router.config.rows import Row, Section, words_of
from router.config.zones import zone_wrong

_COUNTED = (
    Row(
        "history_records_max",
        Whole(0, 100_000_000),
        "Records of ended contacts, about 500 bytes each.",
        unit="records",
        hot=False,
    ),
    Row(
        "audit_records_max",
        Whole(0, 100_000_000),
        "Records of what people changed by hand.",
        unit="records",
        hot=False,
    ),
)

_TRACES = (
    Row(
        "traces",
        Flag(),
        "Write the traffic down, a file a day, for `replay` and `whatif`: every contact, and when agents were there. "
        "See traces.md.",
        hot=False,
    ),
    Row(
        "traces_directory",
        Text(4_096),
        "Where to; a relative path is taken from `state_directory`. For the daemon's user only.",
        hot=False,
    ),
    Row("traces_time_zone", Checked("time zone", zone_wrong, 64), "Where their days begin.", hot=False),
    Row(
        "traces_customers",
        Choice(words_of(model.Record, "traces_customers")),
        "How customers are named in them. `digest`: by a word that only this machine's key in `traces_directory` leads "
        "to, so that repeats are seen and nobody is known; `plain`: as gateways name them; `none`: not at all.",
        hot=False,
    ),
    Row(
        "traces_days_max",
        Whole(1, 3_660),
        "Days kept, oldest out first: five weeks hold every kind of day of a month.",
        unit="days",
        hot=False,
    ),
    Row(
        "traces_bytes_max",
        Whole(1_048_576, 1_125_899_906_842_624),
        "Bytes of all of them, oldest day out first: bounds the disk. A contact takes about 300.",
        unit="bytes",
        hot=False,
    ),
    Row(
        "traces_file_bytes_max",
        Whole(65_536, 1_099_511_627_776),
        "Bytes of one file: above it the day goes on in another one, which is read with it.",
        unit="bytes",
        hot=False,
    ),
)

RECORD = Section(
    "record",
    "What is kept of what is over: so much in the store, oldest out first; and traces of the traffic, on disk.",
    (*_COUNTED, *_TRACES),
    struct=model.Record,
)
