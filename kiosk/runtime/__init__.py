"""Wiring of the running program: effects, bridge to the screen, supervision of devices, watchdog."""
