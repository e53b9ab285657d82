"""The whole kiosk on virtual time: real program, simulated devices, people and disk, one history a seed."""
