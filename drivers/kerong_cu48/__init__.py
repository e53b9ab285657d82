"""KERONG CU48, CU24 and CU48B lock boards in their three dialects."""
