"""UPS by Network UPS Tools: a client of `upsd`."""
