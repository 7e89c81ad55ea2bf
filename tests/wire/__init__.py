"""Tests of the wire: frames, codec and session, without sockets."""
