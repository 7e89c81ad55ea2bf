"""Rules at run time: what they watch, and what they do when they turn."""
