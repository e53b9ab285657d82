"""The session machine: what one person at the screen is doing. Pure; no clock, no I/O, no Kivy."""
