"""What stands in the place of a face check: known telephones, codes, the duty desk, and counting."""
