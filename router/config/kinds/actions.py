"""What actions bring that is checked by itself: the address of a webhook."""

from __future__ import annotations

from urllib.parse import urlsplit

from router.config.kinds.fields import Wrong


def url_wrong(text: str) -> Wrong | None:
    """What is wrong with the address of a webhook, if anything is."""
    remedy = 'write it as "https://host.example/path"'
    try:
        parts = urlsplit(text)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return Wrong("is no address of a webhook", remedy)
    if not named:
        return Wrong("is no address of a webhook", remedy)
    if parts.username or parts.password:
        return Wrong("holds a password", "leave it out: notices are signed with the webhook's key")
    return None
