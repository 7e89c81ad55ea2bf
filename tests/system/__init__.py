"""Tests that start real processes and sockets."""
