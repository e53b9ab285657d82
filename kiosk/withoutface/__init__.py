"""What stands in the place of a face check: telephones that the back office knows, codes, the duty desk, and counting."""
