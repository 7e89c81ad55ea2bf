"""`switchboard partners`: what it shows, and what it asks the daemon."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from router.cli.app import app
from router.wire.catalogue import PartnersAsked, PartnersReply, PartnerStatus
from tests.cli.conftest import Answers


def test_all_pages_are_shown(answers: Answers) -> None:
    """Page after page, as a table and as JSON; what is unknown is a dash."""
    acme = PartnerStatus("acme", "open", 2, 8, 0.125, 0.25, 0.4, 0.8, 30, 28, 12, 2, 1, 900, 41.5, "EUR")
    zeta = PartnerStatus("zeta", "closed", 0, 8, 1.0, 1.0, None, 0.8)
    answers.replies = [PartnersReply(0, [acme], True), PartnersReply(0, [zeta])] * 2
    shown = CliRunner().invoke(app, ["partners"])
    assert shown.exit_code == 0, shown.output
    lines = shown.output.splitlines()
    assert lines[1].split() == [
        "acme",
        "open",
        "2",
        "of",
        "8",
        "12",
        "%",
        "of",
        "25",
        "%",
        "40",
        "%",
        "of",
        "80",
        "%",
        "30",
        "28",
        "12",
        "2",
        "41.50",
        "EUR",
    ]
    assert "- of 80 %" in lines[2]
    assert answers.asked == [PartnersAsked(0), PartnersAsked(0, "acme")]
    said = [json.loads(line) for line in CliRunner().invoke(app, ["partners", "--json"]).stdout.splitlines()]
    assert [(each["partner"], each["service_level"]) for each in said] == [("acme", 0.4), ("zeta", None)]
