"""What commands show in a terminal, one file a command, and the tables that several of them share in `tables.py`."""
