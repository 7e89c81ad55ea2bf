"""What happens to a talk: consults, parking, leases, clocks, and what it counts for."""
