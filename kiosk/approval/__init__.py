"""The approval system of the city: what goes to it, what it says, and the kiosk's own back office in its place."""
