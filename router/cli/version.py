"""The installed version."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """Of the distribution; `unknown` in a tree that is not installed."""
    try:
        return metadata.version("switchboard-acd")
    except metadata.PackageNotFoundError:
        return "unknown"
