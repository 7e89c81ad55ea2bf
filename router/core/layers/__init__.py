"""Layers over the configuration, what they do to agents and queues, and the plans that lay them."""
