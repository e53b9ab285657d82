"""WKLY lock boards (`57 4B 4C 59`) on RS-485."""
