"""The engines that compare faces, one file each; imported when configured: see `kiosk/identity/matching.py`."""
