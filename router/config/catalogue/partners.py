"""The rows of partners, in `plans.toml`: contracts with those outside who take contacts. All of it is hot."""

from __future__ import annotations

from router.config.catalogue.machine import DAY_S
from router.config.kinds.fields import Name, Number, Seconds, Text, Whole, WholeSeconds
from router.config.kinds.tickets import NameOrNone
from router.config.rows import Row, Section
from router.core.partners.settings import PartnerContract

PARTNERS = Section(
    "partners",
    "A partner (outsourcer) and its contract: who may be sent there by `send_to_partner`, how many, and at what price. "
    "What was sent goes by the contract as it was then.",
    (
        Row("tenant", Name(), "Whose partner it is."),
        Row("address", Text(200), "Where the gateway connects customers to; handed on as it is. It must be given."),
        Row("calendar", NameOrNone(), "Its hours; empty: it takes contacts at any time."),
        Row("at_most", Whole(1, 10_000), "Contacts that it has at a time, or is asked to take.", unit="contacts"),
        Row(
            "share_most",
            Number(0.001, 1),
            "Of what comes into a queue within `window_s` it is sent no more than this part.",
            unit="share",
        ),
        Row("window_s", WholeSeconds(60, DAY_S), "Shares, and its service level, are counted over this time."),
        Row("target_s", Seconds(0, 3600), "It is to answer within this time from `send`."),
        Row(
            "service_level",
            Number(0.01, 1),
            "The part that it has promised to answer within that. Where it falls short its share is scaled by achieved "
            "/ promised.",
            unit="share",
        ),
        Row(
            "probe_share",
            Number(0, 1),
            "However short it falls, this part of its share goes on, so that it is seen when it does better.",
            unit="share",
        ),
        Row("answer_most_s", Seconds(1, 3600), "Who is not answered there after so long has the old place again."),
        Row("talk_most_s", Seconds(60, DAY_S), "A talk there that nobody ends counts as over after so long."),
        Row("price_contact", Number(0, 1e6), "For a contact that was answered.", unit="currency"),
        Row("price_minute", Number(0, 1e6), "For a minute of talk, counted by the second.", unit="currency"),
        Row("currency", Text(16), "What prices are in, for people."),
    ),
    struct=PartnerContract,
    many=True,
)
