"""Boards with relays and digital inputs that speak Modbus RTU."""
