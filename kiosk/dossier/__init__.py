"""A history on A4, to be handed over: each line with its evidence, the signed head, page numbers."""
