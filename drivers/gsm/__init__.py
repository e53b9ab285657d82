"""GSM modem on a serial port: SMS in PDU mode."""
