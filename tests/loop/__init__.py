"""The loop with everything around it left out: time, sockets, routing and disk are small fakes."""
