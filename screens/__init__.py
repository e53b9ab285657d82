"""Pixels: pages, widgets, theme, fonts, words."""
