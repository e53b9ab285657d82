"""The staff's flow, one module a part: signing in, the list, doors, orders that need more than one touch, results."""
