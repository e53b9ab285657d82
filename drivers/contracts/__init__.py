"""Contracts of the device classes: what every driver of a class offers, and the frozen types that cross it."""
