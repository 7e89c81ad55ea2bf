"""One file a command: its arguments, its help, and what it prints.

A file here imports typer and nothing heavy at its top; what does the work is imported inside the function.
"""
