"""The voice: words as they are read aloud, prompts rendered ahead, what is played where."""
