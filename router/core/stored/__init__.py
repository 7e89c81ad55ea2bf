"""The stored form of everything that lives: one record each."""
