"""The diagnostics bundle: one archive that tells a distant engineer how a kiosk does, and nothing of any person."""
