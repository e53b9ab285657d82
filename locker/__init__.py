"""Custody of what lies in the cabinet: compartments, doors, allocation, reconciliation."""
