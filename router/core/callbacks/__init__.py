"""Call-backs, from the place that is kept to the customer on the line."""
