"""The physical audit's report: every compartment against the journal, on A4 and on receipt paper."""
