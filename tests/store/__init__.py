"""The stores against the one interface, and the embedded one against what may happen to its file."""
