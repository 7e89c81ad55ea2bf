"""The files that are rendered from the settings; `python -m tests.config.rendered` writes them.

Kept apart from the tests so that whatever writes the docs can use it too.
"""

from pathlib import Path

from router.config import render

ROOT = Path(__file__).resolve().parents[2]


def rendered() -> dict[str, str]:
    """File -> what it should hold."""
    return {
        render.PAGE: render.page((ROOT / render.PAGE).read_text(encoding="utf-8")),
        render.SCHEMA: render.schema_text(),
    }


def main() -> None:
    """Writes what differs."""
    for name, text in rendered().items():
        (ROOT / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
