"""ESC/POS receipt printer: python-escpos builds the bytes, our link sends them and asks for the status."""
