"""Who is this: the identity process with reader, photo decoder, camera and matcher."""
