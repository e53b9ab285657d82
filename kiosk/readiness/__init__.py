"""The readiness report: what a technician leaves behind when a kiosk is handed over, on A4 and on receipt paper."""
