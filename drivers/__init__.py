"""Device drivers. Nothing in here knows the locker, the screens or the kiosk."""
