"""Custody of what lies in the cabinet: compartments, doors, and what is known about them."""
