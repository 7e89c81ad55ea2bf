"""The store in Redis: `store.py` is what the loop commits to, `script.py` what is sent, `wire.py` the connection.

The Lua scripts beside them run inside Redis: one for each batch, one for a beginning, one for the lease, and one for
writing the whole state anew.
"""
