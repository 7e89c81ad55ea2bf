"""A recorded day under a whole configuration, and under two of them side by side.

`fit` puts the trace's people and queues into a configuration, `run` drives it through the engine (`callers`, `crew`).
None of it knows who asks.
"""
