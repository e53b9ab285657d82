"""Readers of staff cards: serial ones that send a line a card, and any with PC/SC."""
