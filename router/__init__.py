"""Switchboard: a real-time routing and queue engine for contact centres."""
