"""How commands speak: data on standard output, all else on standard error, and errors that say what to do.

It must not know any command. The one idea: whoever reads standard output, a program or a person, gets only what was
asked for.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

import typer

from router.cli import exits

if TYPE_CHECKING:
    from rich.console import RenderableType

PIPE_COLUMNS: Final = 200
"""Wide enough for every column of every table."""

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""What is being done, how much of it is done, and of how much (None: not known)."""


def data(text: str) -> None:
    """One or more lines that were asked for."""
    typer.echo(text)


def as_json(value: Any) -> None:
    """One line of JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def as_json_lines(messages: Iterable[Any]) -> None:
    """One line of JSON for each message, or part of one."""
    for entry in messages:
        as_json(fields(entry))


def fields(message: Any) -> Any:
    """A message as JSON takes it, with those inside it."""
    if isinstance(message, list):
        return [fields(each) for each in message]
    names = getattr(message, "__struct_fields__", None)
    return message if names is None else {name: fields(getattr(message, name)) for name in names}


def table(*shown: RenderableType) -> None:
    """For people. Into a pipe or a file it is as wide as it needs: nobody there could make the window larger."""
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_COLUMNS)
    for each in shown:
        console.print(each, markup=False)


def counted(number: int, thing: str) -> str:
    """`1 day`, `2 days`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def note(text: str) -> None:
    """A line for people, that no program reads."""
    typer.echo(text, err=True)


def fail(what: str, remedy: str = "", code: int = exits.CANNOT) -> NoReturn:
    """End the command: what is wrong, and what to do about it."""
    note(f"switchboard: {what}")
    if remedy:
        note(f"  {remedy}")
    raise typer.Exit(code)


@contextmanager
def progress(doing: str) -> Iterator[Progress]:
    """A bar on standard error while something long is done; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)

        def show(what: str, done: int, of: int | None) -> None:
            bar.update(task, description=f"{doing}: {what}", completed=done, total=of)

        yield show
