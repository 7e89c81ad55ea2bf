"""From records back to a live world."""
