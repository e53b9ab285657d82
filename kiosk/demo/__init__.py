"""The demo: the whole program on emulated hardware, played by a program or by a person."""
