"""The application: session, presenter, identity, journal, notices, wiring."""
