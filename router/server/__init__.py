"""The I/O ring towards clients: listeners, connections and the hub between them and the loop."""
