"""What the engine says of itself to Prometheus: a catalogue of rows, and the text made of them in slices.

It reads everybody's plain tallies and changes none; how the text gets to who asks is not its business. A new
figure is one row in `queue_rows` or `site_rows`.
"""

from router.metrics.exposition import Exposition
from router.metrics.sources import Facts, Sources
from router.metrics.text import CONTENT_TYPE

__all__ = ["CONTENT_TYPE", "Exposition", "Facts", "Sources"]
