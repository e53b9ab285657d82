"""Is a living person in front of the camera: passive scores, a challenge, and the rule that combines them."""
