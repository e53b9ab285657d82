"""Notices: what leaves the kiosk by MQTT and SMS, in which words, and the couriers that carry it."""
