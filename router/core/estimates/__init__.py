"""Estimated waits inside the engine: what it learns of its own traffic, and what it expects of each line.

What lives here: the tap (a count or a tuple in a lifecycle), the slices in which everything costly is done between
steps, the picture of the centre that `router.ewt` is given, its judge's cases. What it must not know: who asks.
The one idea: the engine keeps its own state exactly, so nothing of it is kept twice; a line is pictured when somebody
waits or asks, and only lives are handed over as they end.
"""
