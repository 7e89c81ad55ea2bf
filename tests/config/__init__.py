"""The configuration: every kind of mistake with its line, the sample, what is rendered, people as a table."""
