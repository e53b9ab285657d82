"""The parts of pages: phrases, controls, the night, the cabinet, the ring, pictures."""
