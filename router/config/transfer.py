"""`switchboard agents export` and `import`: between a configuration directory and a table in a spreadsheet.

An import never touches what it does not understand: `agents.toml` keeps its settings, teams and comments,
loses its own tables of agents, and names the CSV file instead. The result is checked with the rest of the
directory before a byte is written.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from router.config import roster
from router.config.catalogue.centre import AGENTS, FILES
from router.config.check import Report, check_texts
from router.config.faults import ConfigurationErrors, Findings, Where
from router.config.machine import Surroundings
from router.config.model import Configuration
from router.config.people import people
from router.config.places import Places
from router.config.read import Found, Reader
from router.config.sources import Directory, TextSource, decoded, parsed
from router.core.settings import Agent, Settings

CSV_FILE = "agents.csv"
"""Where people are kept when `agents.toml` does not say another name."""

NEW_FILE = "# People are kept in a table: `switchboard agents export` and `import`.\n"


def export_csv(of: Configuration | Settings) -> str:
    """All agents as a table: a line a person, a column a skill."""
    return roster.write((of.settings if isinstance(of, Configuration) else of).agents)


def import_csv(text: str, name: str = CSV_FILE) -> tuple[Agent, ...]:
    """The agents of a table alone, with any team. Raises `ConfigurationErrors` naming line and column."""
    findings = Findings()
    persons = roster.read(text, name, findings)
    nothing = Found(AGENTS, "", Where(TextSource(AGENTS.file, "")))
    found = people(nothing, persons, findings)
    if findings.errors_in():
        raise ConfigurationErrors(findings.faults())
    return found.agents


def plan_import(
    directory: str | os.PathLike[str], content: bytes, name: str, environment: Mapping[str, str]
) -> tuple[dict[str, str], Report]:
    """What an import would write (file -> text), and what the check says of the directory with it in place.

    `content` is the table, `name` its file's name for messages. Raises `ConfigurationErrors` where the table
    itself, or the `agents.toml` that it goes into, can't be used.
    """
    findings = Findings()
    path = Path(directory).absolute()
    on_disk = Directory(path, findings)
    table = decoded(name, content, findings)
    present = on_disk.read(AGENTS.file) if AGENTS.file in on_disk.names else TextSource(AGENTS.file, NEW_FILE)
    if table is None or present is None or findings.errors_in():
        raise ConfigurationErrors(findings.faults())
    roster.read(table.text, name, findings)
    toml, csv_file = _with_table(present, findings)
    if findings.errors_in():
        raise ConfigurationErrors(findings.faults())
    files = {csv_file: table.text}
    if toml != present.text or AGENTS.file not in on_disk.names:
        files[AGENTS.file] = toml
    others = [source for file in FILES if file.file in on_disk.names and (source := on_disk.read(file.file))]
    texts = {source.name: source.text for source in others} | files
    report = check_texts(texts, around=Surroundings(path, environment, read_keys=False))
    if report.configuration is not None:
        files[csv_file] = export_csv(report.configuration)
    return files, report


def install(directory: str | os.PathLike[str], files: Mapping[str, str]) -> None:
    """Writes the files, each whole or not at all, `agents.toml` last: until then the old people are in
    force."""
    for name in sorted(files, key=lambda name: (name == AGENTS.file, name)):
        target = Path(directory) / name
        with tempfile.NamedTemporaryFile("w", dir=directory, encoding="utf-8", delete=False) as file:
            file.write(files[name])
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        Path(file.name).chmod(mode)
        Path(file.name).replace(target)


def _with_table(present: TextSource, findings: Findings) -> tuple[str, str]:
    """`agents.toml` without agents of its own and with the table's name, and that name."""
    raw = parsed(present, findings)
    if raw is None:
        return "", ""
    found = Reader(findings, FILES).table(raw, AGENTS, "", Where(present))
    csv_file = found.values.get("include_csv")
    text = _without_agents(present.text)
    without = parsed(TextSource(AGENTS.file, text), findings)
    if without is None or "agents" in without:
        # Written as `agents.anna = {...}` or as one inline table: not worth a second way of cutting.
        what = "the agents here are not written as tables [agents.NAME], so they can't be taken out"
        findings.error(Where(present, ("agents",)), what, "take them out by hand first")
    if csv_file is None:
        csv_file = CSV_FILE
        text = _with_setting(text, f'include_csv = "{csv_file}"\n')
    return text, csv_file


def _without_agents(text: str) -> str:
    """The text without its tables [agents.NAME]; comments right above the next other table stay."""
    headers = Places(text).headers
    ends: Sequence[int] = [*(header.start for header in headers[1:]), len(text)]
    kept = text[: headers[0].start] if headers else text
    for header, end in zip(headers, ends, strict=False):
        block = text[header.start : end]
        if header.path[0] == "agents":
            block = _comments_at_end(block) if end < len(text) else ""
        kept += block
    return kept


def _comments_at_end(block: str) -> str:
    lines = block.splitlines(keepends=True)
    first = len(lines)
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return "".join(lines[first:])


def _with_setting(text: str, line: str) -> str:
    """The text with a setting of its own before the first table, and before the comment that belongs to
    it."""
    headers = Places(text).headers
    start = headers[0].start if headers else len(text)
    head = text[:start]
    comments = _comments_at_end(head) if headers else ""
    head = head[: len(head) - len(comments)]
    if head and not head.endswith("\n"):
        head += "\n"
    return head + line + ("\n" if headers else "") + comments + text[start:]
