"""Commissioning: what hangs on which channel and how its switches speak, learnt from the cabinet itself."""
