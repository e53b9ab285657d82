"""Certificates that anybody can check without asking a server: a signed code on paper or on a phone."""
