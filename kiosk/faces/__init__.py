"""The face check measured on files: `nightdesk face compare`, `evaluate`, `liveness`, `report`. Writes no vector."""
