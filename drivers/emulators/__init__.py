"""Byte-exact twins of the devices. They import nothing of the drivers but the contracts."""
