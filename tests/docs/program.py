"""The program of docs/client.md, as it runs."""

from __future__ import annotations

from pathlib import Path

from tests.docs.registry import renders

EXCHANGE = Path(__file__).with_name("exchange.py")


@renders("program.exchange")
def exchange() -> str:
    """The whole file."""
    return f"```python\n{EXCHANGE.read_text(encoding='utf-8')}```"
