"""Passports and other travel documents with a chip, by PC/SC with Basic Access Control."""
