"""Winnsen lock boards (`90 .. 03`) on RS-485."""
