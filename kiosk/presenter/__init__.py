"""State to view model: what stands on the screen."""
