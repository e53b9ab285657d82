"""The power goes: what a disk may hold afterwards, and devices that come back without their memory."""
