"""QR and bar codes: serial scanners, keyboard wedges, pictures."""
