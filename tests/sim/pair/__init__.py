"""Two engines and one store in simulation: a leader and a standby, and a Redis that is late, forgets or splits."""
