"""The daemon's parts that need no process of their own; the whole of it runs in tests/system."""
