"""`switchboard check`: every mistake of a configuration, with file, line and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from router.cli import exits, say

if TYPE_CHECKING:
    from router.config import Report


def check(
    config: Annotated[Path, typer.Argument(metavar="DIR", help="The configuration directory.")] = Path("config"),
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as mistakes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of the settings, for editors, and end.")
    ] = False,
) -> None:
    """Check a configuration directory, whole.

    Example: switchboard check config

    Each fault is a line FILE:LINE: LEVEL: SETTING: what is wrong; what to do. Exit code 1 if there is one.
    """
    if schema:
        from router.config.render import schema_text

        say.data(schema_text().rstrip("\n"))
        return
    from router.config import check as check_directory

    report = check_directory(config)
    if as_json:
        say.as_json(_as_json(report, strict=strict))
    else:
        for fault in report.faults:
            say.data(str(fault))
        say.data(f"{config}: {_summary(report)}")
    if not _passes(report, strict=strict):
        raise typer.Exit(exits.PROBLEMS)


def _passes(report: Report, *, strict: bool) -> bool:
    return not (report.faults if strict else report.errors)


def _summary(report: Report) -> str:
    counted = [
        f"{len(faults)} {name}{'' if len(faults) == 1 else 's'}"
        for name, faults in (("error", report.errors), ("warning", report.warnings))
        if faults
    ]
    if report.configuration is None:
        return f"refused: {', '.join(counted)}"
    from router.config import digest

    settings = report.configuration.settings
    held = f"{len(settings.queues)} queues, {len(settings.agents)} agents, digest {digest(report.configuration)}"
    return f"ok: {', '.join([*counted, held])}"


def _as_json(report: Report, *, strict: bool) -> dict[str, Any]:
    out: dict[str, Any] = {
        "ok": _passes(report, strict=strict),
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "faults": say.fields(list(report.faults)),
    }
    if report.configuration is not None:
        from router.config import digest

        settings = report.configuration.settings
        out |= {
            "site": settings.site,
            "queues": len(settings.queues),
            "agents": len(settings.agents),
            "digest": digest(report.configuration),
        }
    return out
