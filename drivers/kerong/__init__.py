"""KERONG lock boards on RS-485."""
