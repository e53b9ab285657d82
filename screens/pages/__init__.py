"""One module and one `.kv` file per page; each is built once and bound to view models."""
