"""Resident ID card reader with a SAM_V module."""
