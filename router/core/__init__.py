"""The pure core: commands in, effects out, time as an argument. It knows no clock, no socket, no store."""
