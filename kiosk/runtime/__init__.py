"""Runs the machines: effects, devices, the bridge to the screen, the watchdog."""
