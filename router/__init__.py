"""Switchboard: a real-time routing and queue engine for contact centres."""

from router.compiled import prefer_sources_where_they_differ

prefer_sources_where_they_differ()
